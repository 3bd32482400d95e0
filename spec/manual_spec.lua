--- The manual against the code: every public name and option is in it, and nothing else.
local pages = require "spec.support.pages"
local public = require "spec.support.public"
local settings_types = require "tasklist.settings.types"
local module_options = require("tasklist.values").options
local verbs = require("tasklist.verbs").options

local set, union = public.set, public.union

local function names_of(t)
  return union(t) -- without the values
end

local function literal(value)
  return type(value) == "string" and ("%q"):format(value) or tostring(value)
end

-- What the manual calls the types of options.
local called = { string = "string", path = "string", boolean = "boolean", ["function"] = "function", table = "table",
  seconds = "seconds", bytes = "bytes", count = "integer", limit = "integer",
  at_once = "integer", loop = "table", headers = "table",
  token = "string or function", token_cache = "boolean or string", proxy = "string or `false`" }

local function type_of(type_name)
  local words = public.words_of(type_name)
  return words or assert(called[type_name], type_name)
end

-- A cell's type: the set of its quoted words, or its text.
local function type_in(cell)
  return cell:find('`"') and public.matches(cell, '`"([^"`]+)"`') or cell
end

describe("the page on the module", function()
  local page = pages.read "tasklist"

  it("has each of its names", function()
    local found = names_of(pages.rows(page, "constant"))
    for heading in pairs(pages.sections(page)) do
      found[heading:match("^tasklist%.([%w_]+)%(") or heading] = true
    end
    assert.same(public.module(), found)
  end)

  it("has each option of its functions", function()
    for heading, body in pairs(pages.sections(page)) do
      local name = heading:match("^tasklist%.([%w_]+)%(")
      local rows = pages.rows(body, "option")
      assert.same(names_of(module_options[name] or {}), names_of(rows), name)
      for option, type_name in pairs(module_options[name] or {}) do
        assert.same(type_of(type_name), type_in(rows[option][1]), option)
      end
    end
  end)
end)

describe("the page on the client", function()
  local page = pages.read "client"
  local methods, common = {}, pages.rows(page:match("^.-\n## "), "option")
  for heading, body in pairs(pages.sections(page)) do
    methods[heading:match("^client:([%w_]+)%(") or heading] = { heading:match("%((.*)%)$"), body }
  end

  it("has each method with its parameters", function()
    assert.same(names_of(public.methods()), names_of(methods))
    for name, parameters in pairs(public.parameters()) do
      assert.equal(parameters, methods[name][1], name)
    end
  end)

  for name, known in pairs(verbs) do
    it("has each option of " .. name, function()
      local rows = pages.rows(methods[name][2], "option")
      assert.same(names_of(known), known.timeout and union(common, rows) or names_of(rows))
      for option, type_name in pairs(known) do
        local cell = (rows[option] or common[option])[1]
        assert.same(type_of(type_name), type_in(cell), option)
      end
    end)
  end

  it("has options for those methods that take some", function()
    for name, method in pairs(methods) do
      assert.equal(verbs[name] ~= nil, method[1]:find("options") ~= nil, name)
    end
  end)
end)

describe("the page on settings", function()
  local rows = pages.rows(pages.read "settings", "option")

  it("has each option of tasklist.new with its type and its default", function()
    local known = public.settings()
    assert.same(names_of(known), names_of(rows))
    for name, row in pairs(known) do
      assert.same(type_of(row.type), type_in(rows[name][1]), name)
      if type(row.default) ~= "function" then
        assert.equal(row.default == nil and "" or "`" .. literal(row.default) .. "`", rows[name][2], name)
      end
    end
  end)

  it("has each type that an option can have", function()
    for name in pairs(settings_types) do type_of(name) end
  end)

  it("has each field that a trace function gets", function()
    assert.same(public.trace_fields(), names_of(pages.rows(pages.read "settings", "field")))
  end)
end)

-- The fields of a shape's table: in braces where they are not rows of their own.
local function inner_fields(shape)
  local object = shape.of or shape
  return object.fields and names_of(object.fields)
end

-- What a field may be, and the fields it has, are in its row.
local function check_field(name, shape, cells)
  local row = table.concat(cells, " ")
  if shape.type == "enum" then
    assert.same(set(shape.values), public.matches(row, '"([^"]+)"'), name)
  end
  local inner = inner_fields(shape)
  if inner then
    assert.same(inner, public.matches(row:match("{(.-)}"), "%f[%w]([%w]+)[?,]?"), name)
    for field, kind in pairs((shape.of or shape).fields) do
      for _, value in ipairs(kind.values or {}) do
        assert.truthy(row:find('"' .. value .. '"', 1, true), field)
      end
    end
  end
end

describe("the page on searching", function()
  local rows = pages.rows(pages.read "searching", "field")

  it("has each field of a query, what it may be and what is in it", function()
    local shape = public.payloads().search_tasks
    assert.same(names_of(shape.fields), names_of(rows))
    for name, field in pairs(shape.fields) do check_field(name, field, rows[name]) end
  end)
end)

describe("the fields of what other verbs take", function()
  local page = pages.read "client"

  for name, shape in pairs(public.payloads()) do
    if shape.fields and name ~= "search_tasks" then
      it("are on the page on the client: " .. name, function()
        for heading, body in pairs(pages.sections(page)) do
          if heading:find("client:" .. name .. "(", 1, true) then
            local rows = pages.rows(body, "field")
            assert.same(names_of(shape.fields), names_of(rows))
            for field, kind in pairs(shape.fields) do check_field(field, kind, rows[field]) end
          end
        end
      end)
    end
  end
end)

describe("the page on records", function()
  local sections = pages.sections(pages.read "records")
  local known = public.records()
  local heads = { Task = known.task, Form = known.form, Variable = union(known.found, known.variable) }
  known.task.outcome = true -- ours: see complete_task
  known.form.title = true -- the server leaves it out where there is none

  it("has each field that the server writes", function()
    assert.same(names_of(heads), names_of(sections))
    for head, fields in pairs(heads) do
      assert.same(fields, names_of(pages.rows(sections[head], "field")), head)
    end
  end)

  it("has each field of a draft", function()
    assert.same(known.draft, public.matches(pages.rows(sections.Variable, "field").draft[1]:match("{(.-)}"), "%a+"))
  end)
end)

describe("the page on errors", function()
  local page = pages.read "errors"

  it("has each kind, field and code, and no other", function()
    assert.same(public.error_kinds(), names_of(pages.rows(page, "kind")))
    assert.same(public.error_fields(), names_of(pages.rows(page, "field")))
    assert.same(public.error_codes(), names_of(pages.rows(page, "code")))
  end)
end)

describe("a doc comment", function()
  it("has each kind and code of an error, too", function()
    local comment = public.read("lua/tasklist/errors.lua"):match("^(.-)\n\n")
    assert.same(union(public.error_kinds(), public.error_codes(), set { "unknown", "done" }),
      public.matches(comment, '"([^"]+)"'))
    for name in pairs(public.error_fields()) do assert.truthy(comment:find("`" .. name .. "`", 1, true), name) end
  end)

  for name, known in pairs(verbs) do
    it("has each option of " .. name, function()
      local comment = public.read("lua/tasklist/client.lua")
      comment = comment:match("\n\n(%-%-%- [^\n]*\n[%-%g %s]-)\nClient%." .. name .. " = ")
        or comment:match("\n\n(%-%-%- [^\n]*\n[%-%g %s]-)\nfunction Client:" .. name .. "%(")
      comment = comment:match("^.*\n\n(%-%-%- .*)$") or comment
      for option in pairs(known) do
        assert.truthy(option == "timeout" or comment:find("`" .. option .. "`", 1, true), option)
      end
    end)
  end
end)

describe("the pages", function()
  local index = pages.read "README"

  it("link to what is there", function()
    for _, path in ipairs(pages.all()) do
      for target in public.read(path):gmatch("%]%(([^)#]+)[^)]*%)") do
        assert.truthy(target:find("^https?:") or io.open("doc/" .. target), path .. ": " .. target)
      end
    end
  end)

  it("link to headings that are there", function()
    for _, path in ipairs(pages.all()) do
      for target, anchor in public.read(path):gmatch("%]%(([%w_.]*)#([^)]+)%)") do
        local text = public.read(target == "" and path or "doc/" .. target)
        local anchors = {}
        for heading in text:gmatch("\n##+ ([^\n]+)") do
          anchors[heading:lower():gsub("[^%w%- _]", ""):gsub(" ", "-")] = true
        end
        assert.truthy(anchors[anchor], path .. ": " .. anchor)
      end
    end
  end)

  it("name files that are there", function()
    local folders = set { "bench", "doc", "examples", "lua", "spec", "src", "tools", "types" }
    for _, path in ipairs(pages.all()) do
      for name in public.read(path):gmatch("`(%l+/[%w_/.-]+%.%l+)`") do
        assert.truthy(io.open(name) or not folders[name:match("^%l+")], path .. ": " .. name)
      end
    end
  end)

  it("are each linked from the first, once", function()
    for _, path in ipairs(pages.all()) do
      local name = path:match("[^/]+$")
      local _, count = index:gsub("%]%(" .. name:gsub("%p", "%%%0") .. "%)", "")
      assert.equal(name == "README.md" and 0 or 1, count, path)
    end
  end)
end)
