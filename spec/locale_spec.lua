--- A day's work in locales that write numbers, sort and tell letters otherwise than C does.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"

-- What localedef makes them of, and what is odd in them. Each is the host's for all categories.
local locales = {
  { "C", nil, "true" },
  { "de_DE", "UTF-8", [[tostring(3 / 2) == "1,5"]] },
  { "ps_AF", "UTF-8", [[#tostring(3 / 2) == 4]] }, -- a decimal point of two bytes, which ends lua-cjson
  { "tr_TR", "UTF-8", [[("I"):lower() == "I" and ("i"):upper() == "i"]] }, -- ı and İ are no single bytes
  { "tr_TR", "ISO-8859-9", [[("I"):lower() == "\xfd"]] },
  { "de_DE", "ISO-8859-1", [[("\x9c"):find "%c" and ("\xc4"):lower() == "\xe4" and "a" < "B"]] },
}

local function name_of(locale)
  return locale[2] and locale[1] .. "." .. locale[2] or locale[1]
end

local work = [==[
  local order, name, odd = ...
  local function set() assert(os.setlocale(name)) end
  if order == "before" then set() end
  local tasklist = require "tasklist"
  if order == "after" then set() end
  assert(odd(), "no such locale")

  for path in io.popen("find lua/tasklist -name '*.lua' -not -path '*/sandbox/*'"):lines() do
    assert(loadfile(path)) -- Lua reads 0.5 in a source by the locale as well
  end

  local function has(text, part) assert(text:find(part, 1, true), text) end

  local client <close> = assert(tasklist.new { timeout = 10, headers = { ["X-ID"] = "1" } })

  -- Searching and walking.
  assert(client:search_tasks { priority = { gte = 1.5 } })
  local found = assert(client:search_tasks { dueDate = { from = 1709280000.5 } })
  assert(#found == 1 and found[1].priority == 50 and math.type(found[1].priority) == "integer")
  assert(tasklist.time(found[1].dueDate) == 4102444799.25)
  local ids = {}
  for task in client:tasks { pageSize = 2 } do ids[#ids + 1] = task.id end
  assert(#ids == 5)
  for task in client:watch({}, { interval = 0.01 }) do assert(task.id) break end

  -- Claiming, completing, variables.
  local id = found[1].id
  assert(client:assign_task(id, { assignee = "IRMIK" }).assignee == "IRMIK")
  local nothing, refused = client:assign_task(id, { assignee = "x", allowOverrideAssignment = false })
  assert(nothing == nil and refused.code == "already_assigned" and refused.status == 400)
  local values = { b = 0.1, A = -2.5e-300, a = 1e300, B = 123456789.125, ["\u{c4}"] = "\u{dc}\u{131}", I = 0.5 }
  assert(client:save_draft_variables(id, values))
  local drafts = assert(client:variables(id, { "b", "A", "a", "B", "\u{c4}", "I" }, { drafts = true }))
  for key, value in pairs(values) do assert(drafts[key] == value, key) end
  assert(#client:search_tasks { taskVariables = { rate = 0.25 } } == 1)
  assert(client:complete_task(id, values).taskState == "COMPLETED")
  local _, ended = client:complete_task(id)
  assert(ended.code == "not_active" and ended.outcome == nil)
  assert(client:get_variable(id .. "-A").value == "-2.5e-300")

  -- Settings: letters of UTF-8 whose bytes are blanks, control characters or letters in some locale.
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write("export CAMUNDA_BASIC_AUTH_USERNAME=\u{e0}\nCAMUNDA_BASIC_AUTH_PASSWORD=\u{dc}\u{85}\n")
  file:close()
  local other <close> = assert(tasklist.new { env_file = path, base_url = "http://LOCALHOST/\u{e0}\u{dc}",
    user_agent = "\u{dc}", proxy = "HTTP://me:\u{e0}@LOCALHOST:1" })
  os.remove(path)
  assert(other:settings().username.value == "\u{e0}" and other:settings().proxy.value == "http://LOCALHOST:1")
  local none, wrong = tasklist.new { region = "\xe4", cluster_id = "a" }
  assert(none == nil and wrong.kind == "config")

  -- Errors, headers, times.
  local _, unknown = client:get_task "4"
  assert(unknown.code == "not_found")
  local status, _, fields = client:request("GET", "/v1/faulty", nil, { headers = { ["X-OTHER-I"] = "1" } })
  assert(status == 418 and fields["x-timing-info"] == "1", status)
  local _, limited = client:get_task "1"
  assert(limited.status == 429 and limited.retry_after == 9999)
  local _, odd_text = client:get_task "1"
  has(odd_text.message, "500: \u{dc}ber\\x07\\n: \u{131}\\xc2\\x85")
  local _, late = client:get_task("1", { timeout = 0.25 })
  has(tostring(late), "no answer within 0.25 s")
  assert(tasklist.new { base_url = "HTTPS://TASKLIST.EXAMPLE", auth = "basic", username = "I", password = "i" }):close()
  for header in pairs { ["AUTHORIZATION"] = 1, ["TRANSFER-ENCODING"] = 1, ["X-CSRF-TOKEN"] = 1, ["\xe4"] = 1 } do
    assert(not pcall(tasklist.new, { headers = { [header] = "x" } }), header)
  end
  for _, given in ipairs { { { pageSize = 1.5 }, "1.5" }, { { assignee = 2.5 }, "2.5" },
    { { dueDate = { from = -1e300 } }, "-1e+300" }, { { pagesize = 1 }, "pageSize" } } do
    local fine, problem = pcall(client.search_tasks, client, given[1])
    assert(not fine)
    has(problem, given[2])
  end
  local _, no_time = pcall(tasklist.date, 1e12 + 0.5)
  has(no_time, "1000000000000.5")
  assert(not pcall(client.request, client, "G\xc4T", "/v1"))
  assert(tasklist.date(1709280000.125) == "2024-03-01T08:00:00.125+0000")
  assert(tasklist.time "2024-03-01T23:59:59.125+01:30" == 1709332199.125)
  assert(tasklist.time "2024-03-01T24:00:00.000Z" == nil)
  assert(tasklist.encode { 1.5, -0.0 } == "[1.5,-0.0]" and tasklist.decode "1e-1" == 1 / 10)
  for _, write in ipairs { tasklist.array, tasklist.encode } do
    local _, odd_key = pcall(write, { 1, [1.5] = 2 })
    has(odd_key, "key 1.5")
  end
  assert(tasklist.decode "1,5" == nil and tasklist.decode "\xa01" == nil)
  print "fine"
]==]

describe("core.lower", function()
  it("changes the capital letters of ASCII and no other byte", function()
    local core = require "tasklist.core"
    for code = 0, 255 do
      local is_capital = code >= 65 and code <= 90
      assert.equal(string.char(is_capital and code + 32 or code), core.lower(string.char(code)))
    end
    assert.equal("", core.lower "")
  end)
end)

describe("the module's files", function()
  -- The sandbox and the program have a process of their own, and nothing in it sets a locale.
  local function paths()
    local pipe <close> = assert(
      io.popen "find lua/tasklist -name '*.lua' -not -path '*/tasklist/sandbox/*' -not -path '*/tasklist/cli/*'")
    return pipe:read "a"
  end

  -- Patterns for what depends on the locale, and what stands in for it.
  local banned = {
    { "%%[aAcCgGlLpPuUwW]", "a set of letters, as in [A-Za-z]" },
    { ":lower%(", "core.lower" }, { "string%.lower", "core.lower" },
    { ":upper%(", "a set of letters" }, { "string%.upper", "a set of letters" },
    { "table%.sort%(%w+%)", "core.before as the order" },
  }
  for path in paths():gmatch "[^\n]+" do
    it(path .. " asks no locale about letters and order", function()
      local number = 0
      for line in io.lines(path) do
        number = number + 1
        local code = line:gsub("%-%-.*", "")
        for _, row in ipairs(banned) do
          assert.is_nil(code:find(row[1]), ("line %d: take %s"):format(number, row[2]))
        end
      end
    end)
  end
end)

describe("a day's work", function()
  local folder, server
  setup(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir " .. folder))
    for _, locale in ipairs(locales) do
      if locale[2] then
        os.execute(("localedef -i %s -f %s %s/%s 2>%s/problems"):format(locale[1], locale[2], folder, name_of(locale),
          folder))
      end
    end
  end)
  teardown(function() os.execute("rm -rf " .. folder) end)
  before_each(function()
    local due = "2099-12-31T23:59:59.250+0000"
    server = sandbox.start { tasks = {
      { id = "1" }, { id = "2" }, { id = "3" }, { id = "5" },
      { id = "7", dueDate = due, variables = { { name = "rate", value = "0.25" } } },
    } }
    server:fault {
      { path = "/v1/faulty", action = "status", status = 418, headers = { ["X-TIMING-INFO"] = "1" } },
      { path = "/v1/tasks/1", method = "GET", action = "status", status = 429, headers = { ["Retry-After"] = "9999" } },
      { path = "/v1/tasks/1", method = "GET", action = "status", status = 500,
        body = '{"message":"\u{dc}ber\\u0007\\n: \u{131}\\u0085"}' },
      { path = "/v1/tasks/1", method = "GET", action = "silent" },
    }
  end)
  after_each(function() server:stop() end)

  for _, locale in ipairs(locales) do
    for _, order in ipairs { "before", "after" } do
      it(("is the same in %s, set %s require"):format(name_of(locale), order), function()
        local output, fine = connect.run_script(
          ("local work = ...\nwork = assert(load(%q))\nwork(%q, %q, function() return %s end)"):format(work, order,
            name_of(locale), locale[3]),
          connect.environment(server) .. " ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 LOCPATH=" .. folder)
          -- setlocale itself loses what it makes of LOCPATH
        assert.equal("fine\n", output)
        assert.is_true(fine)
        local bodies = {}
        for _, entry in ipairs(server:log()) do bodies[#bodies + 1] = entry.body end
        bodies = table.concat(bodies, "\n")
        find(bodies, '{"priority":{"gte":1.5}}')
        find(bodies, '"from":"2024-03-01T08:00:00.500+0000"')
        assert.truthy(bodies:find '"A"[^\n]*"B"[^\n]*"I"[^\n]*"a"[^\n]*"b"[^\n]*"\u{c4}"', bodies) -- as bytes
      end)
    end
  end
end)
