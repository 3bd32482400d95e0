--- The LuaLS types against the code: every public name, parameter, option and field is in them, and no other.
local public = require "spec.support.public"
local sandbox = require "tasklist.sandbox"
local sandbox_options = require "tasklist.sandbox.options"
local types = require "spec.support.types"
local verbs = require("tasklist.verbs").options

local set, union = public.set, public.union
local names_of = union -- a set of the keys

local files = { "types/records.lua", "types/tasklist.lua", "types/sandbox.lua" }
local classes, aliases, functions = types.read(files[1], files[2])

local function fields_of(class)
  return names_of(classes[class].fields)
end

-- Without that, no checker complains about a field that is not known.
local function check_closed(class)
  assert.is_true(class.exact)
  assert.same(names_of(class.fields), class.names)
end

local function functions_of(owner)
  local found = {}
  for name in pairs(functions) do
    local method = name:match("^" .. owner .. "[.:]([%w_]+)$")
    if method then found[method] = functions[name] end
  end
  return found
end

-- What LuaLS calls the types of options.
local called = { string = "string", path = "string", boolean = "boolean", table = "table<string, string|integer>",
  seconds = "number",
  bytes = "integer", count = "integer", limit = "integer",
  at_once = "integer", loop = "tasklist.loop", headers = "table<string, string>",
  token = "string|fun(): string?, number|string?", proxy = "string|false", token_cache = "boolean|string" }

local function check_option(name, type_name, kind)
  local words = public.words_of(type_name)
  assert.is_true(kind[2], name .. " is optional")
  if words then
    assert.same(words, public.matches(aliases[kind[1]] or kind[1], '"([^"]+)"'), name)
  elseif type_name == "function" then
    assert.truthy(kind[1]:find("^fun%("), name)
  elseif name == "headers" then
    assert.equal(called.headers, kind[1])
  else
    assert.equal(called[type_name], kind[1], name)
  end
end

describe("the types", function()
  it("are Lua that can be loaded, and say which module they are of", function()
    local modules = { "_", "tasklist", "tasklist.sandbox" }
    for index, file in ipairs(files) do
      assert(loadfile(file))()
      assert.equal(modules[index], public.read(file):match("^%-%-%-@meta ([%w_.]+)\n"))
    end
  end)

  it("name no class or alias that is not there", function()
    local all, words = types.read(table.unpack(files))
    for _, file in ipairs(files) do
      for line in public.read(file):gmatch("%-%-%-@[^\n]+") do
        for name in line:gmatch("%f[%w]tasklist%.[%w_.]+") do
          assert.truthy(all[name] or words[name], name)
        end
      end
    end
  end)

  it("have each name of the module", function()
    assert.same(public.module(), union(fields_of "tasklist", functions_of "tasklist"))
  end)

  it("have each method of the client with its parameters", function()
    local found = functions_of "Client"
    assert.same(names_of(public.methods()), names_of(found))
    for name, parameters in pairs(public.parameters()) do
      assert.equal(parameters, found[name].parameters, name)
    end
  end)

  local takers = {}
  for name, known in pairs(verbs) do takers["Client:" .. name] = known end
  for name, known in pairs(require("tasklist.values").options) do takers["tasklist." .. name] = known end
  for name, known in pairs(takers) do
    it("have each option of " .. name, function()
      local class = classes[functions[name].types.options]
      local fields = class.fields
      check_closed(class)
      assert.same(names_of(known), names_of(fields))
      for option, type_name in pairs(known) do check_option(option, type_name, fields[option]) end
    end)
  end

  it("have each option of tasklist.new", function()
    local class = classes[functions["tasklist.new"].types.arguments]
    local fields, known = class.fields, public.settings()
    check_closed(class)
    assert.same(names_of(known), names_of(fields))
    for name, row in pairs(known) do check_option(name, row.type, fields[name]) end
  end)

  it("have each field that a trace function gets", function()
    assert.same(public.trace_fields(), fields_of "tasklist.trace")
  end)

  it("have each field, kind and code of an error", function()
    assert.same(public.error_fields(), fields_of "tasklist.error")
    assert.same(public.error_kinds(), public.matches(aliases["tasklist.error_kind"], '"([^"]+)"'))
    assert.same(public.error_codes(), public.matches(aliases["tasklist.error_code"], '"([^"]+)"'))
  end)

  it("have each field of what the server gives", function()
    local known = public.records()
    known.task.outcome, known.form.title = true, true
    assert.same(known.task, fields_of "tasklist.task")
    assert.same(known.form, fields_of "tasklist.form")
    assert.same(known.variable, fields_of "tasklist.variable")
    assert.same(known.found, fields_of "tasklist.found_variable")
    assert.same(known.draft, fields_of "tasklist.draft")
  end)
end)

-- A shape against a type: "tasklist.x", "tasklist.x[]" or an alias of words.
local function check_shape(shape, kind, where)
  local name = kind:match("^([%w_.]+)")
  if shape.type == "array" then
    assert.truthy(kind:find("%[%]"), where)
    return check_shape(shape.of, kind:gsub("%[%]$", ""), where)
  elseif shape.type == "filters" then
    return check_shape({ type = "array", of = shape.of }, kind:match("|(.+)$"), where)
  elseif shape.type == "enum" then
    return assert.same(set(shape.values), public.matches(aliases[name] or kind, '"([^"]+)"'), where)
  elseif shape.type == "object" then
    local fields = classes[name].fields
    check_closed(classes[name])
    assert.same(names_of(shape.fields), names_of(fields), where)
    local needed = set(shape.needs)
    for field, inner in pairs(shape.fields) do
      assert.equal(not needed[field], fields[field][2], where .. "." .. field)
      check_shape(inner, fields[field][1], where .. "." .. field)
    end
  end
end

describe("the type of a payload", function()
  for name, shape in pairs(public.payloads()) do
    it("has each field, what it may be and whether it must be there: " .. name, function()
      local method = functions["Client:" .. name]
      local parameter = require("tasklist.api.v1").operations[name].payload.name
      check_shape(shape, method.types[parameter], name)
    end)
  end
end)

describe("the types of the sandbox", function()
  local own, _, declared = types.read("types/sandbox.lua")

  it("have each of its functions, methods and options", function()
    local server = sandbox.new { tasks = {} }
    local known = union(getmetatable(server))
    known.__index = nil
    server:close()
    for name in pairs(sandbox) do known["sandbox." .. name] = true end
    local found = {}
    for name in pairs(declared) do found[name:gsub("^Server:", "")] = true end
    assert.same(known, found)
    check_closed(own["tasklist.sandbox_options"])
    assert.same(names_of(sandbox_options.known), names_of(own["tasklist.sandbox_options"].fields))
  end)
end)
