--- How kinds of shapes are written that few searches have: see `tasklist.api.shapes`.

local core = require "tasklist.core"
local json = require "tasklist.json"
local shapes = require "tasklist.api.shapes"

local wrong, is_array = shapes.wrong, json.is_array

local rare_shapes = {}

local text = { type = "string" }
local texts = { type = "array", of = text }

--- The writers, by the type of the shape.
local writers = {}
rare_shapes.writers = writers

function writers.number(_, value, pieces)
  if type(value) ~= "number" or value ~= value or value == math.huge or value == -math.huge then
    return wrong("finite number", value)
  end
  pieces[#pieces + 1] = json.encode_scalar(value)
end

function writers.date(_, value, pieces, write)
  if type(value) == "number" then
    local dates = require "tasklist.dates"
    if not dates.has_date(value) then
      return wrong("seconds in the years 0 to 9999", value)
    end
    value = dates.date(value)
  elseif type(value) ~= "string" then
    return wrong("date or seconds", value)
  end
  return write(text, value, pieces)
end

-- A cursor of v2 is a text, and can be checked but not sent here.
function writers.cursor(shape, value, pieces, write)
  if type(value) == "string" then
    pieces.newer = shape.newer
    return write(text, value, pieces)
  elseif type(value) ~= "table" and not is_array(value) then
    return wrong("a page's cursor", value)
  end
  return write(texts, value, pieces)
end

function writers.json(shape, value, pieces)
  if type(value) ~= "table" or is_array(value) or value[1] ~= nil then
    return wrong("table of names and values", value)
  end
  local written, problem = core.encode_value(value, "_")
  pieces.newer = shape.newer
  pieces[#pieces + 1] = written
  return problem and problem:sub(2) -- from behind the "_" on
end

return rare_shapes
