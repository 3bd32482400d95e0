--- What the server saw: a log of the latest requests, and counts of all.
local cqueues = require "cqueues"
local json = require "tasklist.sandbox.json"

-- The log of a server that runs for weeks must not grow for ever.
local KEEP = 10000

local entry_shape = json.shape{ "method", "path", "query", "headers", "body", "status", "token", "audience",
  "scope", "resource", "connection", "at" }

local Recorder = {}
Recorder.__index = Recorder

--- Notes a request as it comes in.
-- @param request as the HTTP server hands it over
-- @return its entry in the log; whoever answers puts `status` (integer) and, at the token
--   endpoint, `token` (if issued), `audience`, `scope`, `resource` (if sent) into it
function Recorder:note(request)
  local entry = entry_shape{ method = request.method, path = request.path, query = request.query,
    headers = request.headers, body = request.body, connection = request.connection, at = cqueues.monotime() }
  self.last = self.last + 1
  self.entries[self.last] = entry
  if self.last - self.first >= KEEP then
    self.entries[self.first] = nil
    self.first = self.first + 1
  end
  self.counts[request.path] = (self.counts[request.path] or 0) + 1
  return entry
end

--- Notes that a request came through the side door: its connection is none of the client's under test.
-- @param request as the HTTP server hands it over
function Recorder:note_side_door(request)
  if self.side[request.connection] then return end
  self.side[request.connection] = true
  self.side_doors = self.side_doors + 1
end

--- The log, oldest entry first.
-- @return array
function Recorder:log()
  return json.array(table.move(self.entries, self.first, self.last, 1, {}))
end

--- Empties the log; the counts go on.
function Recorder:clear()
  self.entries, self.first, self.last = {}, 1, 0
end

local recorder = {}

--- Makes a recorder.
-- @return object with `note`, `log`, `clear`, `counts` (path -> number of requests), `side_doors` (number of
--   connections that used the side door)
function recorder.new()
  local self = setmetatable({ counts = {}, side = {}, side_doors = 0 }, Recorder)
  self:clear()
  return self
end

return recorder
