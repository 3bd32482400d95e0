--- The ids that a command works on: those on the command line, or the lines of stdin for `-`.

local terminal = require "tasklist.terminal"

local Ids = {}
Ids.__index = Ids

local ids = {}

-- Of a word of the command line; nil for what would lead elsewhere in a path.
local function id_of(word)
  return word ~= "" and word ~= "." and word ~= ".." and word or nil
end

--- The argument of a command that works on one task.
ids.single = { name = "ID", description = "of a task",
  convert = function(word) return word ~= "-" and id_of(word) or nil end }

--- The argument of a command that works on any number of them.
ids.argument = { name = "ID", many = true, convert = id_of, written = "ID…|-",
  description = "of a task; - reads them from stdin, a line each" }

-- So many are read ahead when they are there, so that the end of a list is known early.
local AHEAD = 10000

-- Bytes of a line that has no end yet; no id is so long.
local LONGEST = 65536

--- Takes them from the command line, or from stdin.
-- @tparam table words of the command line; `-` alone is stdin, which must be no terminal then
-- @return object with the methods below
function ids.new(words)
  local piped = words[1] == "-" and #words == 1
  if piped and terminal.width(0) then
    error({ usage = "- reads ids from stdin, and stdin is a terminal: write the ids, or let another program write "
      .. "them, as in `tasklist list -o id | tasklist claim - --as me`" }, 0)
  end
  for _, word in ipairs(piped and {} or words) do
    if word == "-" then error({ usage = "'-' is no id: - stands alone" }, 0) end
  end
  local queue = piped and {} or table.move(words, 1, #words, 1, {})
  return setmetatable({ queue = queue, first = 1, last = #queue, piped = piped, open = piped, rest = "" }, Ids)
end

-- Reads once; with `wait` until there is something. The last line may have no end. Gives whether more may be there.
local function fill(self, wait)
  local text = terminal.read(0, wait)
  self.open = text ~= nil
  local whole = self.rest .. (text or "\n")
  local lines = whole:match "^.*\n" or ""
  self.rest = whole:sub(#lines + 1)
  if #self.rest > LONGEST then error({ usage = "a line of stdin is too long for an id" }, 0) end
  for id in lines:gmatch "%S+" do
    self.last = self.last + 1
    self.queue[self.last] = id
  end
  return text ~= nil and text ~= ""
end

--- How many are there, and not taken yet.
function Ids:count()
  return self.last - self.first + 1
end

--- How many are left; nil as long as more may come.
function Ids:left()
  return not self.open and self:count() or nil
end

--- Takes an id that is there already.
-- @treturn ?string nil when none is there now
function Ids:next()
  while self.open and self:count() < AHEAD and fill(self, false) do end
  if self:count() == 0 then return nil end
  local id = self.queue[self.first]
  self.queue[self.first] = nil
  self.first = self.first + 1
  return id
end

--- Waits until so many ids are there.
-- @tparam integer count
-- @treturn boolean false where the end comes before
function Ids:wait(count)
  while self.open and self:count() < count do fill(self, true) end
  return self:count() >= count
end

return ids
