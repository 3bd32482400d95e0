--- Pages of a search: the walk over all of them.

local errors = require "tasklist.errors"
local v1 = require "tasklist.api.v1"

local pages = {}

local Walk = {} -- the methods
local metatable = { __index = Walk, __name = "tasklist.walk" }

--- Makes a walk over all tasks that a query matches. The next page is under way while the caller works
-- on one; no more than these two are kept.
-- @tparam table search of `tasklist.api.search`
-- @tparam table query the walk's own; `searchBefore` and `searchBeforeOrEqual` must not be in it
-- @tparam ?integer limit how many tasks at most
-- @tparam ?function arrange gets the tasks of each page as an array, and brings them into the order in which they are
--   given
-- @treturn table `take` gives the tasks; `close` ends it early. `stuck` is true once it failed for a cursor
--   that leads nowhere: the same walk would fail there again
function pages.walk(search, query, limit, arrange)
  query.pageSize = query.pageSize or v1.walk_size
  return setmetatable({
    search = search, connection = search.connection, query = query, size = query.pageSize,
    left = limit or math.huge, -- tasks that may still be given
    arrange = arrange,
    tasks = {}, at = 0, -- the page, and how far it has been given
    after = nil, -- the cursor behind the page, while another follows
    before = nil, -- what the fields were before a turn to the next page that has not come to its end
    ids = {}, -- of the page
    -- Pages on their way (see `send_after`): the next one, and before this one is read, what may be the next.
    ahead = nil, guess = nil,
    awaited = nil, -- the request of the page that is waited for, or was last
    mark = query.searchAfter, marked_after = 0, until_mark = 1, -- see `moves_on`
  }, metatable)
end

-- A cursor is an array of texts in v1, and a text in v2.
local function same(one, other)
  if type(one) == "table" and type(other) == "table" then
    return table.concat(one, "\0") == table.concat(other, "\0")
  end
  return one ~= nil and one == other
end

-- Whether a cursor has not been there before. One that repeats would do so forever: Brent's algorithm
-- finds a circle of any length by one old cursor, which it renews after 1, 2, 4, 8 … pages.
local function moves_on(self, cursor)
  if same(cursor, self.mark) then
    return false
  end
  self.marked_after = self.marked_after + 1
  if self.marked_after == self.until_mark then
    self.mark, self.marked_after, self.until_mark = cursor, 0, self.until_mark * 2
  end
  return true
end

local function problem_of_cursor(self, cursor)
  if not self.search:is_cursor(cursor) then
    return "the last task of a full page has no sortValues, so that the next page cannot be asked for"
  elseif not moves_on(self, cursor) then
    return "a cursor came again, so that the pages would never end; another sort may mend that"
  end
end

local function query_after(self, cursor, size)
  local query = {}
  for name, value in pairs(self.query) do
    query[name] = value
  end
  query.searchAfter, query.searchAfterOrEqual, query.pageSize = cursor, nil, size
  return query
end

-- Sends for the page after a cursor. The walk has the request before `step`, since a user's function that raises in
-- there (`trace`, `token`) would leave it on the wire otherwise, with nobody to cancel it.
local function send_after(self, which, cursor, size)
  self[which] = self.search:start(query_after(self, cursor, size), true)
  self.connection:step() -- puts it on the wire
end

local function next_size(self)
  return math.tointeger(math.min(self.size, self.left))
end

-- Cancels one of the pages on their way.
local function drop(self, which)
  if self[which] then
    self[which].request:close()
    self[which] = nil
  end
end

-- Sends for the next page before this one is decoded, which takes longest of all that we do. What the text
-- seems to say is checked afterwards (in `go_on`).
local function look_ahead(self, bytes)
  if self.left < 2 * self.size then
    return -- what is left fits the next page, which has to be smaller then, or is not needed
  elseif self.over then
    return -- closed, while this page was on its way
  end
  local cursor = self.search:cursor_in(bytes, self.size)
  if cursor then
    send_after(self, "guess", cursor, self.size)
  end
end

-- Has the page after a cursor under way.
local function go_on(self, cursor)
  local guess = self.guess
  if guess and same(guess.query.searchAfter, cursor) then
    self.ahead, self.guess = guess, nil
  else
    drop(self, "guess")
    send_after(self, "ahead", cursor, next_size(self))
  end
end

local function fresh(self, task, before)
  local id = task.id
  local is_fresh = id == nil or not before[id]
  self.ids[id or task] = true
  return is_fresh
end

-- What a turn to the next page changes.
local turned = { "tasks", "at", "after", "ids", "left", "over", "failure", "stuck", "mark", "marked_after",
  "until_mark" }

-- An error in the middle of a turn, such as a debug hook's, would lose tasks or find the cursor a second time. So the
-- next call undoes the turn, and asks for the page again.
local function begin_turn(self)
  local before = {}
  for _, name in ipairs(turned) do
    before[name] = self[name]
  end
  self.before = before
end

local function undo_turn(self)
  for _, name in ipairs(turned) do
    self[name] = self.before[name]
  end
  self.before = nil
end

-- Makes `tasks` the page. A task that has moved from the end of the last page to the start of this one is left out.
local function turn(self, tasks, cursor)
  local before, asked = self.ids, self.query.pageSize
  local kept = {}
  self.ids = {}
  for _, task in ipairs(tasks) do
    if fresh(self, task, before) and self.left > 0 then
      kept[#kept + 1] = task
      self.left = self.left - 1
    end
  end
  if self.arrange then
    self.arrange(kept)
  end
  self.tasks, self.at, self.after = kept, 0, nil
  if #tasks < asked or self.left == 0 then
    self.over = true
    return
  end
  local problem = problem_of_cursor(self, cursor)
  if problem then
    self.stuck = true
    local _, failure = errors.failed(self.message, { kind = "decode", message = problem })
    self.failure = failure
  else
    self.after = cursor
  end
end

-- Turns to a page, and has the one after it under way.
local function turn_to(self, tasks, cursor)
  begin_turn(self)
  turn(self, tasks, cursor)
  self.before = nil
  if self.after then
    go_on(self, cursor)
  end
end

-- Waits for the page that is on its way, or else asks for it. An error in the wait, such as Ctrl-C, cancels it.
local function fetch(self)
  local function peek(bytes)
    look_ahead(self, bytes)
  end
  local sent = self.ahead
  self.ahead = nil
  if not sent then
    local size = next_size(self)
    self.query.pageSize = size
    local failure
    sent, failure = self.search:start(self.after and query_after(self, self.after, size) or self.query)
    if not sent then
      return nil, failure
    end
  end
  self.query, self.message, self.awaited = sent.query, sent.message, sent.request
  local _ <close> = sent.request
  return self.search:collect(sent, peek)
end

local function next_page(self)
  drop(self, "guess") -- left over when an error (such as Ctrl-C) came before its page was read
  local failure = self.search:prepare()
  local tasks, other
  if not failure and not self.over then -- `close` may have been called while this waited, also below
    tasks, other = fetch(self)
    if not tasks and not self.over then
      local moved
      moved, other = self.search:moved(other)
      if moved and not self.over then
        tasks, other = fetch(self)
      end
    end
  end
  if tasks and not self.over then
    turn_to(self, tasks, other)
  elseif not self.over then
    self.failure = failure or other
  end
  drop(self, "guess")
end

--- The next task.
-- @treturn table; or nil at the end, and an error object when it is not a good one
-- @return with the last task of a page that another follows: the cursor of that
function Walk:take()
  if self.ahead then
    self.connection:step()
  end
  if self.left == 0 and not self.message then
    return nil -- nothing was asked for
  end
  if self.before then
    undo_turn(self)
  end
  while self.at == #self.tasks do
    if self.over or self.failure then
      return nil, self.failure
    end
    next_page(self)
  end
  self.at = self.at + 1
  local task = self.tasks[self.at]
  self.tasks[self.at] = false -- so that the walk does not keep from the garbage collector what the caller lets go
  return task, self.at == #self.tasks and self.after or nil
end

--- Ends the walk and cancels what is under way: another coroutine that waits for a page goes on at once. Ending it
-- twice is fine.
function Walk:close()
  self.before, self.over, self.failure = nil, true, nil
  if self.awaited then
    self.awaited:finish()
  end
  self.tasks, self.at = {}, 0
  drop(self, "ahead")
  drop(self, "guess")
end

metatable.__close = Walk.close

return pages
