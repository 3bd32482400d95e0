--- What reads see of a task that was written to a moment ago: the task as it was before the write, as long as the
-- search engine has not heard of it.
local cqueues = require "cqueues"

local Lag = {}
Lag.__index = Lag

local function copy_of(task)
  local copy = {}
  for name, value in pairs(task) do copy[name] = value end
  copy.times = {}
  for name, value in pairs(task.times) do copy.times[name] = value end
  return copy
end

--- Keeps a task as it is for the reads to come, because it is about to be written to.
-- @param task
function Lag:keep(task)
  if self.seconds <= 0 then return end
  self.settled_at = cqueues.monotime() + self.seconds
  self.copies[task] = self.copies[task] or {}
  table.insert(self.copies[task], { task = copy_of(task), until_time = self.settled_at })
end

--- A task as reads see it.
-- @param task
-- @return the task, or a copy of what it was
function Lag:seen(task)
  local copies = self.copies[task]
  while copies and copies[1] do
    if copies[1].until_time > cqueues.monotime() then return copies[1].task end
    table.remove(copies, 1)
  end
  self.copies[task] = nil
  return task
end

--- Whether reads see all tasks as they are.
-- @return boolean
function Lag:is_settled()
  return self.settled_at <= cqueues.monotime()
end

local lag = {}

--- Makes a lag.
-- @param seconds number
-- @return object with `keep`, `seen`, `is_settled`
function lag.new(seconds)
  return setmetatable({ seconds = seconds, copies = setmetatable({}, { __mode = "k" }), settled_at = -math.huge }, Lag)
end

return lag
