--- How far the work on many tasks is: a line on stderr while it lasts, and the counts at the end.

local terminal = require "tasklist.terminal"

local Progress = {}
Progress.__index = Progress

local progress = {}

-- Seconds before the line is there, and between two of it.
local PATIENCE, PAUSE = 1, 1 / 10

--- @tparam string done what is done to a task, such as "claimed"
-- @tparam boolean quiet no line meanwhile
function progress.new(done, quiet)
  local start = terminal.clock()
  return setmetatable({ word = done, start = start, due = start + PATIENCE, done = 0, failed = 0, shown = 0,
    width = not quiet and terminal.width(2) or nil }, Progress)
end

-- The counts as words.
local function counts(self)
  return ("%d %s, %d failed"):format(self.done, self.word, self.failed)
end

local function time_of(seconds)
  seconds = math.ceil(seconds)
  if seconds < 60 then return ("%d s"):format(seconds) end
  if seconds < 3600 then return ("%d min %d s"):format(seconds // 60, seconds % 60) end
  return ("%d h %d min"):format(seconds // 3600, seconds % 3600 // 60)
end

--- Says on a terminal, now and then, how far it is.
-- @tparam ?integer left how many tasks are still to come, where that is known
function Progress:show(left)
  local now = self.width and terminal.clock()
  if not now or now < self.due then return end
  self.due = now + PAUSE
  local rate = (self.done + self.failed) / (now - self.start)
  local text = ("%s, %.0f/s"):format(counts(self), rate)
  if left and rate > 0 then text = text .. ", " .. time_of(left / rate) .. " left" end
  text = text:sub(1, self.width - 1)
  io.stderr:write("\r", text, (" "):rep(self.shown - #text))
  self.shown = math.max(self.shown, #text)
end

--- Takes the line away, before something else is written.
function Progress:hide()
  if self.shown > 0 then
    io.stderr:write("\r", (" "):rep(self.shown), "\r")
    self.shown = 0
  end
end

--- What is said at the end.
-- @tparam ?string untried how many were not tried, in words
function Progress:counts(untried)
  local text = counts(self)
  return untried and text .. ", " .. untried .. " not tried" or text
end

return progress
