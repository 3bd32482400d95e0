--- The answers that are measured with: pages of tasks, always the same, written as Tasklist writes them (compact JSON,
-- all fields in the server's order, nulls written out).

local bodies = {}

local first_key = 2251799813685249
local first_time = 1709280000000 -- 2024-03-01T08:00:00Z, in milliseconds

local kinds = {
  { id = "Activity_approve_invoice", name = "Approve invoice", process = "Invoice approval", definition = 101,
    assignee = "null", groups = '["accounting","management"]', users = "null", due = true,
    form_key = '"camunda-forms:bpmn:userTaskForm_approve"', form_id = "null", form_version = "null", embedded = "true",
    implementation = "JOB_WORKER", priority = 50 },
  { id = "Activity_pack", name = "Pack goods", process = "Order handling", definition = 102,
    assignee = '"frida"', groups = '["warehouse"]', users = "null", due = false,
    form_key = '"2251799813685112"', form_id = '"pack-goods"', form_version = "1", embedded = "false",
    implementation = "ZEEBE_USER_TASK", priority = 80 },
  { id = "Activity_assess", name = "Schaden prüfen", process = "Schadensmeldung", definition = 103,
    assignee = "null", groups = "null", users = '["omar","jane"]', due = false,
    form_key = "null", form_id = "null", form_version = "null", embedded = "false",
    implementation = "JOB_WORKER", priority = 50 },
}

-- Values are JSON text in a JSON string, as Tasklist stores them.
local variables = {
  { name = "amount", value = "1249.5" },
  { name = "approved", value = "false" },
  { name = "customer", value = [[{\"name\":\"Zoë Müller\",\"number\":40817,\"address\":{\"street\":\"Lindenstr. 12\",]]
    .. [[\"city\":\"Köln\",\"country\":\"DE\"}}]] },
  { name = "lines", value = [=[[{\"text\":\"Paper, A4\",\"count\":20,\"price\":4.95},{\"text\":\"Toner\",\"count\":1,]=]
    .. [=[\"price\":79.9},{\"text\":\"Folders, blue\",\"count\":25,\"price\":0.89},{\"text\":\"Stapler\",\"count\":2,]=]
    .. [=[\"price\":12.5}]]=] },
}

--- The names of the variables that a page with variables has.
bodies.variable_names = {}
for index, variable in ipairs(variables) do
  bodies.variable_names[index] = variable.name
end

--- The JSON texts that those variables hold.
bodies.values = {}
for index, variable in ipairs(variables) do
  bodies.values[index] = variable.value:gsub([[\"]], '"')
end

local function date(milliseconds)
  return os.date("!%Y-%m-%dT%H:%M:%S", milliseconds // 1000) .. (".%03d+0000"):format(milliseconds % 1000)
end

local function write_variables(key)
  local parts = {}
  for index, variable in ipairs(variables) do
    parts[index] = ('{"id":"%d-%s","name":"%s","value":"%s","isValueTruncated":false,"previewValue":"%s"}'):format(
      key, variable.name, variable.name, variable.value, variable.value)
  end
  return table.concat(parts, ",")
end

local function write_task(index, with_variables)
  local kind = kinds[index % #kinds + 1]
  local key, time = first_key + index * 7, first_time + index * 61001
  local fields = {
    ('"id":"%d","name":"%s","taskDefinitionId":"%s","processName":"%s"'):format(key, kind.name, kind.id, kind.process),
    ('"creationDate":"%s","completionDate":null,"assignee":%s,"taskState":"CREATED"'):format(date(time), kind.assignee),
    ('"sortValues":["%d","%d"],"isFirst":%s'):format(time, key, index == 1),
    ('"formKey":%s,"formId":%s,"formVersion":%s,"isFormEmbedded":%s'):format(kind.form_key, kind.form_id,
      kind.form_version, kind.embedded),
    ('"processDefinitionKey":"%d","processInstanceKey":"%d","tenantId":"<default>"'):format(
      first_key + kind.definition, key - 4),
    ('"dueDate":%s,"followUpDate":null'):format(kind.due and '"' .. date(time + 604800000) .. '"' or "null"),
    ('"candidateGroups":%s,"candidateUsers":%s'):format(kind.groups, kind.users),
    ('"variables":[%s],"context":null'):format(with_variables and write_variables(key) or ""),
    ('"implementation":"%s","priority":%d'):format(kind.implementation, kind.priority),
  }
  return "{" .. table.concat(fields, ",") .. "}"
end

--- The pages that are measured. `count`: searches in one sample. `most`: how much of the floor's time a search may
-- take; `least`: how many times as fast as the loop by hand it has to be.
bodies.pages = {
  { size = 1, count = 3000, most = 1.2, least = 1, name = "one task a page" },
  { size = 50, count = 400, most = 0.8, least = 1.5, name = "50 tasks" },
  { size = 1000, count = 10, most = 0.62, least = 1.8, name = "1,000 tasks with 4 variables each", variables = true },
}

--- The JSON text of one of the pages.
-- @tparam table page
-- @treturn string
function bodies.write(page)
  local tasks = {}
  for index = 1, page.size do
    tasks[index] = write_task(index, page.variables)
  end
  return "[" .. table.concat(tasks, ",") .. "]"
end

--- The query that a page answers.
-- @tparam table page
-- @treturn table for `client:search_tasks`
function bodies.query(page)
  local query = { state = "CREATED", pageSize = page.size }
  if page.variables then
    query.includeVariables = {}
    for index, name in ipairs(bodies.variable_names) do
      query.includeVariables[index] = { name = name }
    end
  end
  return query
end

--- The page of that size.
-- @tparam integer size
-- @treturn table
function bodies.page(size)
  for _, page in ipairs(bodies.pages) do
    if page.size == size then
      return page
    end
  end
  error("no page of " .. tostring(size))
end

--- The query of a walk; the server reads from it what it shall do.
-- @tparam integer total how many tasks there are
-- @tparam integer size of a page
-- @tparam integer delay milliseconds that a page takes
-- @treturn table for `client:tasks`
function bodies.walk_query(total, size, delay)
  return { assignee = ("walk-%d-%d"):format(total, delay), pageSize = size }
end

--- The two kinds of pages that a walk meets in turn: no task comes twice within two pages.
-- @tparam integer size
-- @treturn table of two: JSON text up to the sortValues of the last task, and what comes after them
function bodies.walk_pages(size)
  local made = {}
  for turn = 0, 1 do
    local tasks = {}
    for index = 1, size do
      tasks[index] = write_task(turn * size + index, false)
    end
    local before, after = ("[" .. table.concat(tasks, ",") .. "]"):match('^(.*"sortValues":%[)[^%]]*(.*)$')
    made[turn + 1] = { before, after }
  end
  return made
end

return bodies
