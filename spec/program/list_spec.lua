--- `tasklist list`, as a process.
local program = require "spec.support.program"
local sandbox = require "spec.support.sandbox"
local tasklist = require "tasklist"

local DAY = 86400
local now = os.time()

-- Ids and what makes each special.
local TASKS = {
  { id = "1", candidateGroups = { "accounting" }, priority = 70 },
  { id = "2", assignee = "frida", dueDate = tasklist.date(now - DAY), priority = 20 },
  { id = "3", dueDate = tasklist.date(now + DAY), followUpDate = tasklist.date(now), candidateGroups = { "sales" } },
  { id = "4", taskState = "COMPLETED", completionDate = tasklist.date(now), candidateGroups = { "accounting" } },
  { id = "5", taskState = "CANCELED", completionDate = tasklist.date(now), tenantId = "other" },
  { id = "6", taskState = "FAILED", variables = { { name = "amount", value = "5" } } },
  { id = "7", variables = { { name = "amount", value = "5" }, { name = "city", value = '"Bonn"' },
    { name = "note", value = "null" }, { name = "total", value = "9007199254740993" },
    { name = "lines", value = "[1,2]" } } },
}
for i, task in ipairs(TASKS) do
  task.creationDate = tasklist.date(now - 10 * DAY + i * DAY + DAY // 2)
  task.implementation = "ZEEBE_USER_TASK"
end
TASKS[6].implementation = "JOB_WORKER" -- the only ones that can be FAILED

-- What `list` gives for words: ids with a space between them.
local ROWS = {
  { "", "7 3 2 1" },
  { "--group accounting", "1" },
  { "--assignee frida", "2" },
  { "--unassigned", "7 3 1" },
  { "--state completed", "4" },
  { "--state Completed --group accounting", "4" },
  { "--state FAILED", "6", v1 = true },
  { "--state canceled", "5" },
  { "--state all --sort creation", "1 2 3 4 6 7", v1 = true },
  { "--overdue", "2" },
  { "--older 3d --state all", "1 2 3 4 6", v1 = true },
  { "--older 72h", "1 2 3" },
  { "--older 8d", "1" },
  { "--older 3d --limit 2", "1 2" },
  { "--older 3d --sort creation:desc", "3 2 1" },
  { "--older 2w", "" },
  { "--var amount=5", "7" },
  { "--var amount=6", "" },
  { "--var city=Bonn", "7" },
  { "--var city=\"Bonn\"", "7" },
  { "--var note=null", "7" },
  { "--var total=9007199254740993", "7" },
  { "--var lines=[1,2]", "7" },
  { "--var amount=5 --var city=Bonn", "7" },
  { "--var amount=5 --var city=Ulm", "" },
  { "--sort due --limit 2", "2 3", v1 = true }, -- v2 has tasks without a date first
  { "--sort due:desc --assignee frida", "2" },
  { "--sort priority:desc --limit 1", "1" },
  { "--sort creation:asc", "1 2 3 7" },
  { "--limit 3", "7 3 2" },
}

local function words_of(text)
  local words = { "list", "-o", "id" }
  for word in text:gmatch "%S+" do words[#words + 1] = word end
  return words
end

describe("tasklist list", function()
  local servers = {}
  lazy_setup(function()
    servers.v1 = sandbox.start { tasks = TASKS }
    servers.v2 = sandbox.start { version = "8.10", tasks = TASKS }
  end)
  lazy_teardown(function()
    for _, server in pairs(servers) do server:stop() end
  end)

  for name in pairs { v1 = true, v2 = true } do
    for _, row in ipairs(ROWS) do
      local words, ids = row[1], row[2]
      if name == "v1" or not row.v1 then
        it(("gives %q for %q by %s"):format(ids, words, name), function()
          local out, err, code = program.run(words_of(words), { server = servers[name] })
          assert.equal("", err)
          assert.equal(ids, (out:gsub("\n", " "):gsub(" $", "")))
          assert.equal(0, code)
        end)
      end
    end
  end

  it("sorts by each date", function()
    for word, field in pairs { due = "dueDate", ["follow-up"] = "followUpDate", creation = "creationTime",
      completion = "completionTime", priority = "priority" } do
      servers.v1:clear()
      program.run(words_of("--sort " .. word), { server = servers.v1 })
      local log = servers.v1:log()
      local body = tasklist.decode(log[#log].body)
      assert.same({ { field = field, order = "ASC" } }, body.sort)
    end
  end)

  it("asks for one tenant", function()
    servers.v1:clear()
    program.run(words_of "--tenant north", { server = servers.v1 })
    local log = servers.v1:log()
    assert.same({ "north" }, tasklist.decode(log[#log].body).tenantIds)
  end)

  it("stops a walk from the oldest on at the first that is too young", function()
    local many = {}
    for i = 1, 1000 do many[i] = { id = tostring(i), creationDate = tasklist.date(now - 1000 + i) } end
    many[1].creationDate = tasklist.date(now - 2 * DAY)
    local server <close> = sandbox.start { tasks = many }
    assert.equal("1\n", (program.run(words_of "--older 1d", { server = server })))
    local searches = 0
    for _, seen in ipairs(server:log()) do
      if seen.path:find "search$" then searches = searches + 1 end
    end
    assert.is_true(searches <= 2, searches)
  end)

  for words, text in pairs {
    ["--state open"] = "--state must be created", ["--older 3"] = "--older must be up to six digits and s",
    ["--older d"] = "--older must be", ["--sort name"] = "--sort must be due", ["--sort due:up"] = "and is 'due:up'",
    ["--limit 0"] = "--limit must be a whole number from 1, and is '0'", ["--limit 1.5"] = "and is '1.5'",
    ["--var amount"] = "'amount' is not name=JSON", ["--var a=1 --var a=2"] = "variable 'a' is given twice",
    ["--var a=[1"] = "variable 'a': ", ["--assignee a --unassigned"] = "exclude each other",
  } do
    it(("takes %q for a usage error"):format(words), function()
      local out, err, code = program.run(words_of(words), { server = servers.v1 })
      assert.equal("", out)
      assert.is_truthy(err:find(text, 1, true), err)
      assert.equal(2, code)
    end)
  end
end)
