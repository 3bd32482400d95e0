--- What is public, taken from the code itself: names, options, fields.
local errors = require "tasklist.errors"
local refusals = require "tasklist.refusals"
local tasklist = require "tasklist"

local public = {}

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read("a")
end

-- A local variable that a function uses.
local function upvalue(of, wanted)
  for index = 1, math.huge do
    local name, value = debug.getupvalue(of, index)
    if name == wanted then
      return value
    end
    assert(name, wanted)
  end
end

local function set(list)
  local found = {}
  for _, name in ipairs(list) do found[name] = true end
  return found
end

-- Each (first) capture of a pattern, as a set.
local function matches(text, pattern)
  local found = {}
  for name in text:gmatch(pattern) do found[name] = true end
  return found
end

local function union(...)
  local all = {}
  for _, one in ipairs { ... } do
    for name in pairs(one) do all[name] = true end
  end
  return all
end

--- The names of the module, also of what is loaded when first used.
function public.module()
  local lazy = upvalue(getmetatable(tasklist).__index, "files")
  return union(tasklist, lazy)
end

--- The client's methods: name -> function.
function public.methods()
  local client <close> = assert(tasklist.new { base_url = "https://h.example", token = "a", env = false })
  return debug.getmetatable(client).__index
end

--- The options of `tasklist.new`: name -> the row of the first that has it.
function public.settings()
  local found = {}
  for _, row in ipairs(require "tasklist.settings.names") do
    found[row.name] = found[row.name] or row
  end
  return found
end

--- The shapes of what verbs take as payload: verb -> shape.
function public.payloads()
  local found = {}
  for _, part in ipairs { "tasklist.api.v1", "tasklist.api.newer" } do
    for name, operation in pairs(require(part).operations) do
      found[name] = operation.payload and operation.payload.shape
    end
  end
  return found
end

-- Text of a C function.
local function c_function(path, name)
  return assert(read(path):match(name .. "%(.-\n}"), name)
end

--- The fields of a table that a trace function gets.
function public.trace_fields()
  return matches(c_function("src/lua/trace.c", "void push_table"), '"(%l[%w_]+)"')
end

--- The fields of the error object.
function public.error_fields()
  local bytes = {}
  function bytes.text() return '{"title":"TASK_IS_NOT_ACTIVE","detail":"a","instance":"b"}' end
  local answer = { status = 400, attempts = 1, retry_after = 1, outcome = "unknown", bytes = bytes }
  local _, failure = errors.failed({ method = "GET", path = "/" }, refusals.of_answer(answer, { path = "/" }, ""))
  local core = union(matches(c_function("src/lua/request.c", "void tl_push_error"), '"([%w_]+)"'),
    matches(c_function("src/lua/request.c", "int push_failure"), '"([%w_]+)"'))
  core.object = nil -- becomes the message, or is the error itself
  return union(failure, core, errors.of_failure({ kind = "auth" }, {}))
end

--- The kinds of errors: those of the core, and those of the Lua layer.
function public.error_kinds()
  local found = matches(read("src/lua/request.c"):match("kind_names%[%] = {(.-)}"), '"(%l+)"')
  local files <close> = assert(io.popen("cat lua/tasklist/*.lua lua/tasklist/settings/*.lua"))
  return union(found, matches(files:read("a"), '%f[%w]kind = "(%l+)"'))
end

--- The codes of known refusals, and of reasons why no connection served.
function public.error_codes()
  local found = {}
  for _, row in ipairs(upvalue(upvalue(refusals.read, "row_of"), "known")) do
    if row[3] then found[row[3]] = true end
  end
  return union(found, matches(read "lua/tasklist/dry_run.lua", '%f[%w]code = "([%l_]+)"'),
    matches(read("src/lua/request.c"):match("fault_names%[%] = {(.-)}"), '"([%l_]+)"'))
end

--- The values of an option that has only some: the words in what its type says of itself.
-- @return set, or nil
function public.words_of(type_name)
  local _, what = require("tasklist.settings.types")[type_name]("")
  return what and what:find("^one of ") and matches(what, '"([^"]+)"') or nil
end

-- Each verb's doc comment: name -> array of { name, optional }.
local function documented_parameters()
  local found, parameters = {}, {}
  local named
  for line in read("lua/tasklist/client.lua"):gmatch("[^\n]*") do
    local optional, name = line:match("^%-%- @tparam(%[?[opt]*%]?) [%w_|%.]+ ([%w_]+)")
    if name then
      parameters[#parameters + 1] = { name, optional ~= "" }
    elseif line:find("^%-%- @function ") then
      named = line:match("Client:([%w_]+)")
    elseif not line:find("^%-%-") then
      named = named or line:match("^function Client:([%w_]+)")
      if named then found[named] = parameters end
      named, parameters = nil, {}
    end
  end
  return found
end

--- The parameters of the client's methods as the doc comments have them: name -> text such as "id, options?".
function public.parameters()
  local texts = {}
  for name, list in pairs(documented_parameters()) do
    local words = {}
    for index, one in ipairs(list) do words[index] = one[1] .. (one[2] and "?" or "") end
    texts[name] = table.concat(words, ", ")
  end
  return texts
end

-- The API of a sandbox with a task that has a form and a variable.
local function api_of(version)
  return require("spec.support.api").new({ {
    id = "1", formId = "f", formKey = "9", formVersion = 1, isFormEmbedded = false, processDefinitionKey = "7",
    implementation = version and "ZEEBE_USER_TASK", variables = { { name = "a", value = "1" } } } },
    { forms = { { id = "f", key = "9", version = 1, schema = "{}", processDefinitionKey = "7" } }, version = version })
end

-- What the newer API writes. Its fields stay beside those of v1.
local function newer_records()
  local call = api_of "8.10"
  local _, tasks = call("POST", "/v2/user-tasks/search", "{}")
  local _, found = call("POST", "/v2/user-tasks/1/variables/search", "{}")
  local _, variable = call("GET", "/v2/variables/" .. found.items[1].variableKey)
  local _, form = call("GET", "/v2/user-tasks/1/form")
  return { task = tasks.items[1], found = found.items[1], variable = variable, form = form }
end

--- The fields of what the servers give, as the sandbox writes them all.
-- @return tables of sets: task, variable, form, found (a variable that a search gave), draft
function public.records()
  local call = api_of()
  local headers = { ["content-type"] = "application/json" }
  assert(call("POST", "/v1/tasks/1/variables", '{"variables":[{"name":"a","value":"2"}]}', { headers = headers }))
  local _, tasks = call("POST", "/v1/tasks/search", '{"includeVariables":[{"name":"a"}]}')
  local _, found = call("POST", "/v1/tasks/1/variables/search", "{}")
  local _, variable = call("GET", "/v1/variables/" .. found[1].id)
  local _, form = call("GET", "/v1/forms/f?processDefinitionKey=7")
  local newer = newer_records()
  return { task = union(tasks[1], newer.task), found = union(found[1], newer.found), draft = union(found[1].draft),
    variable = union(variable, newer.variable), form = union(form, newer.form) }
end

public.set, public.matches, public.union, public.read = set, matches, union, read

return public
