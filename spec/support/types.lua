--- Reads the LuaLS types: classes, aliases and functions.
local public = require "spec.support.public"

local types = {}

-- "name? type …" of a field or a parameter. A type ends at the first blank outside of brackets.
local function split(text)
  local name, optional, rest = text:match("^(%[?[%w_]+%]?)(%??) +(.*)$") -- brackets: the values of an array
  local depth, stop = 0, #rest
  for at = 1, #rest do
    local character = rest:sub(at, at)
    depth = depth + (character:find("[%({<]") and 1 or character:find("[%)}>]") and -1 or 0)
    if character == " " and depth == 0 and not rest:sub(1, at - 1):find("[|:,]$") then
      stop = at - 1
      break
    end
  end
  return name, optional == "?", rest:sub(1, stop)
end

--- Reads files.
-- @param ... their paths
-- @return classes: name -> { fields = name -> { type, optional }, exact = whether it is (exact), names = the keys of
--   the table that is its base, as a set, or nil }; aliases: name -> text; functions: name with what it is a field
--   of -> { parameters = text such as "id, options?", types = name -> type }
function types.read(...)
  local classes, aliases, functions = {}, {}, {}
  local class, parameters, kinds = nil, {}, {}
  local text = ""
  for _, path in ipairs { ... } do text = text .. public.read(path) end
  for line in text:gmatch("[^\n]*") do
    local attribute, name, base = line:match("^%-%-%-@class (%(?%l*%)?) ?(tasklist[%w_.]*):? ?(.*)$")
    if name then
      assert(not classes[name], name)
      local keys = base:match("^table<(.+), any>$")
      assert(keys or base == "", line)
      class = { fields = {}, exact = attribute == "(exact)",
        names = keys and public.matches(aliases[keys] or keys, '"([^"]+)"') }
      classes[name] = class
    elseif line:find("^%-%-%-@field ") then
      local field, optional, kind = split(line:sub(11))
      assert(not class.fields[field], field)
      class.fields[field] = { kind, optional }
    elseif line:find("^%-%-%-@alias ") then
      local alias, meaning = line:match("^%-%-%-@alias ([%w_.]+) (.*)$")
      aliases[alias] = meaning
    elseif line:find("^%-%-%-@param ") then
      local parameter, optional, kind = split(line:sub(11))
      parameters[#parameters + 1] = parameter .. (optional and "?" or "")
      kinds[parameter] = kind
    elseif not line:find("^%-%-%-") then
      name = line:match("^function ([%w_.:]+)%(")
      if name then
        local given = line:match("%((.-)%)")
        local documented = table.concat(parameters, ", ")
        assert(given == (documented:gsub("%?", "")), line)
        functions[name] = { parameters = documented, types = kinds }
      end
      parameters, kinds = {}, {}
    end
  end
  return classes, aliases, functions
end

return types
