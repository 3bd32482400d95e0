-- Mistakes that a checker of types must complain about: in each line that ends in `-- wrong`, and in no other. Nothing
-- runs this file; `make check-types` reads it.
local tasklist = require "tasklist"
local sandbox = require "tasklist.sandbox"

local client <close> = assert(tasklist.new { base_ur = "https://h.example" }) -- wrong
local _ = tasklist.new { auth = "jwt" } -- wrong
_ = tasklist.new { http_version = 1.1 } -- wrong
_ = tasklist.new { api = "v3" } -- wrong
_ = sandbox.new { tokens = 5 } -- wrong

-- Fields and values of queries.
_ = client:search_tasks { page_size = 5 } -- wrong
_ = client:search_tasks { pageSize = "5" } -- wrong
_ = client:search_tasks { state = "OPEN" } -- wrong
_ = client:search_tasks { dueDate = { form = 5 } } -- wrong
_ = client:search_tasks { priority = { ge = 5 } } -- wrong
_ = client:search_tasks { sort = { { field = "name", order = "ASC" } } } -- wrong
_ = client:search_tasks { sort = { { field = "dueDate", ordre = "ASC" } } } -- wrong
_ = client:search_tasks { includeVariables = { { name = "a", full = true } } } -- wrong
_ = client:tasks { candidategroup = "sales" } -- wrong
_ = client:watch { state = "CREATED", asignee = "jane" } -- wrong
_ = client:assign_task("1", { asignee = "jane" }) -- wrong
_ = client:search_task_variables("1", { names = { "a" } }) -- wrong
_ = client:get_form("f") -- wrong
_ = client:get_form("f", {}) -- wrong
_ = client:get_form("f", { processDefinitionKey = "1", versoin = 2 }) -- wrong
local query = { state = "CREATED" } ---@type tasklist.task_query
query.assigned = false
query.pagesize = 5 -- wrong
_ = client:search_tasks(query)

-- Options.
_ = client:get_task("1", { limit = 5 }) -- wrong
_ = client:tasks({}, { limt = 5 }) -- wrong
_ = client:watch({}, { interval = "5" }) -- wrong
_ = client:complete_task("1", {}, { verfiy = true }) -- wrong
_ = client:variables("1", { "a" }, { keep_nulls = true }) -- wrong
_ = client:request("GET", "/", nil, { header = {} }) -- wrong
_ = tasklist.decode("1", { keepnull = true }) -- wrong

-- Ids, verbs, fields of what comes.
_ = client:get_task(1.5) -- wrong
_ = client:get_tasks("1") -- wrong
local task = assert(client:get_task("1"))
print(task.nam) -- wrong
print(task.userTaskId) -- wrong
_ = client:get_task_form(1.5) -- wrong
print(assert(client:server()).adress) -- wrong
local _, err = client:get_task("1")
print(err.stauts) -- wrong
local _, page = client:search_tasks()
print(page.next) -- wrong
print(page.totalItem) -- wrong
print(tasklist.time(5)) -- wrong
