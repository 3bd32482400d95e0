--- The pages of v2's searches: what a request says of the page it wants, and the page that it gets.
local base64 = require "tasklist.sandbox.base64"
local closed = require "tasklist.sandbox.v2.closed"
local json = require "tasklist.sandbox.json"
local rows = require "tasklist.sandbox.rows"

local pages = {}

-- How many rows a search looks at: as many are counted, and further none can be skipped.
local WINDOW = 10000

local NO_CURSOR = "Cannot decode the data store search cursor."

local whole_page = json.shape{ "totalItems", "hasMoreTotalItems", "startCursor", "endCursor" }

local function check_limit(name, value, least)
  if value < least or value > WINDOW then
    closed.bad_argument("The value for %s is '%d' but must be within the interval [%d,%d].", name, value, least, WINDOW)
  end
end

-- A row's values as an opaque text. The least number stands for no value.
local function cursor_of(row)
  local values = json.array{}
  for i, value in ipairs(row) do values[i] = value == -math.huge and json.null or value end
  return base64.encode(json.encode(values))
end

local function read_cursor(text)
  local values = json.decode(base64.decode(text) or "")
  if not json.is_array(values) or math.type(values[#values]) ~= "integer" then
    closed.bad_argument(NO_CURSOR)
  end
  local row = {}
  for i, value in ipairs(values) do row[i] = value == json.null and -math.huge or value end
  return row
end

-- Makes a type that reads these members of a page.
local function page_type(members)
  local read = closed.object(members)
  return function(value, path, facts)
    local page = read(value, path, facts)
    if page.after and page.before then
      closed.bad_argument("Both after and before cannot be set at the same time.")
    end
    check_limit("limit", page.limit or 100, 1)
    check_limit("from", page.from or 0, 0)
    check_limit("from + limit", (page.from or 0) + (page.limit or 100), 1)
    page.after, page.before = page.after and read_cursor(page.after), page.before and read_cursor(page.before)
    return page
  end
end

--- The type of the member `page` of a search: with cursors or offsets, or with offsets only.
pages.kind = page_type{ from = closed.int, limit = closed.int, after = closed.text, before = closed.text }
pages.offsets = page_type{ from = closed.int, limit = closed.int }

-- Whether a cursor is one of rows such as these.
local function fits(cursor, row)
  for i = 1, math.max(#cursor, #row) do
    if type(cursor[i]) ~= type(row[i]) then return false end
  end
  return true
end

local function count(list, accepts)
  local total = 0
  for _, row in ipairs(list) do
    if accepts(row) then total = total + 1 end
    if total > WINDOW then return WINDOW, true end
  end
  return total, false
end

--- The page of a search.
-- @param list of rows in their order (rows.lua)
-- @param less their order
-- @param page as one of the types above has read it, or nil
-- @param accepts function(row) -> boolean: which rows are found
-- @param facts of the version
-- @return array of rows, and the `page` of the answer; or nil and what is wrong with the cursor
function pages.cut(list, less, page, accepts, facts)
  page = page or {}
  local limit, from, cursor = page.limit or 100, page.from or 0, page.after or page.before
  if cursor and list[1] and not fits(cursor, list[1]) then return nil, NO_CURSOR end
  local found
  if page.before then
    found = rows.before(list, less, cursor, limit, accepts)
  elseif page.after then
    found = rows.after(list, less, cursor, limit, accepts)
  else
    found = rows.after(list, less, nil, from + limit, accepts)
    found = table.move(found, from + 1, #found, 1, {})
  end
  local total, more = count(list, accepts)
  local said = { totalItems = total, hasMoreTotalItems = more, startCursor = found[1] and cursor_of(found[1]),
    endCursor = found[1] and cursor_of(found[#found]) }
  return found, facts.nulls and whole_page(said) or said
end

return pages
