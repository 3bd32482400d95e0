--- Drives an engine through an adapter, by hand: what a client does in an event loop, in its simplest form.
local HandDriver = {}
HandDriver.__index = HandDriver

local hand_driver = {}

--- Makes one.
-- @param engine of the core
-- @param adapter see `tasklist.loop`
-- @return object with `watches`, how often a watch began; `stop`, the last one's stop; and the methods below
function hand_driver.new(engine, adapter)
  return setmetatable({ engine = engine, adapter = adapter, owners = {}, watches = 0, watching = false }, HandDriver)
end

--- Moves on what is under way, and wakes the owner of each that is finished.
function HandDriver:ready()
  self.engine:step()
  for done in self.engine.take, self.engine do
    local owner = self.owners[done]
    self.owners[done] = nil
    if owner then self.adapter.wake(owner) end
  end
end

function HandDriver:begin()
  self.watching, self.watches = true, self.watches + 1
  self.stop = self.adapter.watch(assert(self.engine:fd()), function() self:ready() end, function()
    self.watching = self.engine:in_flight() > 0
    return not self.watching
  end)
end

--- Suspends the running coroutine until a request or a pause is finished.
-- @param awaited
-- @return what it was given
function HandDriver:wait(awaited)
  assert(self.adapter.may_park())
  self.owners[awaited] = coroutine.running()
  if not self.watching then self:begin() end
  self.adapter.park()
  assert(not self.owners[awaited], "resumed by somebody else")
  return awaited
end

--- Ends the watch and the engine.
function HandDriver:close()
  if self.stop then self.stop() end
  self.engine:close()
end

return hand_driver
