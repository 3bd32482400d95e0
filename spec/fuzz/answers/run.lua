--- Every verb against answers that are spoiled: run.lua ANSWERS SEED PROGRESS [CASE]. An empty seed is the time.
--
-- Cases follow each other until so many answers have come; or only one is run, and shown. A case is a client and a
-- call. PROGRESS is a file that has the number of the case that is being run, for the case that the process crashes.
-- What must hold: no call raises a text; each error is of a kind that the manual names, fits on a line and holds no
-- secret; a write that reached the server has succeeded, was refused, or has an `outcome`; and no write reached it
-- twice, but behind an answer that says that it was not taken. Ends with "N passed, N failed", which counts calls.

local tasklist = require "tasklist"

local wanted, seed, only = math.tointeger(arg[1]), math.tointeger(arg[2]) or os.time(), math.tointeger(arg[4])
local progress = assert(io.open(arg[3], "w"))

local log_path = os.tmpname()
local server = assert(io.popen(("exec timeout 900 lua5.4 spec/fuzz/answers/server.lua %d %s"):format(seed, log_path)))
local pid, port = assert(server:read("n", "n"))

-- The words in the first column of a table of the manual.
local function words_of(section)
  local page <close> = assert(io.open "doc/errors.md")
  local words = {}
  for word in page:read("a"):match("\n## " .. section .. "\n(.-)\n## "):gmatch "\n| `([%l_]+)`" do
    words[word] = true
  end
  return assert(next(words)) and words
end

local kinds, codes, outcomes = words_of "Kinds", words_of "Codes", { unknown = true, done = true }

local function one_of(list)
  return list[math.random(#list)]
end

-- Takes some tasks of a walk or a watch.
local function take(walk, ...)
  local count = 0
  for task in walk(...) do
    count = count + (task.id ~= nil and 1 or 0)
    if count >= 6 then
      break
    end
  end
  return count
end

local query = { pageSize = 2 }
local calls = {
  function(client) return client:search_tasks(one_of { {}, query, { pageSize = 1, state = "CREATED" } }) end,
  function(client) return take(client.tasks, client, query) end,
  function(client)
    return take(client.tasks, client, { pageSize = 1, sort = { { field = "priority", order = "ASC" } } })
  end,
  function(client)
    local rounds = 0
    local function on_error(failure) -- a watch goes on over what may pass
      rounds = rounds + 1
      if rounds > 3 then
        error(failure, 0)
      end
    end
    return take(client.watch, client, query, { interval = 0.001, on_error = on_error })
  end,
  function(client) return client:get_task(1) end,
  function(client) return client:assign_task(1, { assignee = "a" }) end,
  function(client) return client:unassign_task(1) end,
  function(client) return client:complete_task(1, { a = 1.5 }) end,
  function(client) return client:complete_task(1, nil, { verify = true, timeout = 0.2 }) end,
  function(client) return client:save_draft_variables(1, { a = "b" }) end,
  function(client) return client:search_task_variables(1) end,
  function(client) return client:variables(1, nil, one_of { {}, { drafts = true }, { keep_null = true } }) end,
  function(client) return client:get_variable "1-a" end,
  function(client) return client:get_form("f", { processDefinitionKey = 1 }) end,
  function(client) return client:request(one_of { "GET", "HEAD", "POST" }, "/v1/other") end,
}

local ways = {
  function(base)
    return { authorization_server_url = base .. "/oauth/token", client_id = "a", client_secret = "hushhush" }
  end,
  function() return { auth = "cookie", username = "a", password = "hushhush" } end,
  function() return { auth = "bearer", token = "hushhush" } end,
}

local answers, results, shown = 0, {}, {}

local function options_of(case)
  local base = ("http://127.0.0.1:%d/%d"):format(port, case)
  local options = one_of { ways[1], ways[1], ways[2], ways[3] }(base)
  options.base_url, options.env, options.timeout = base, false, 0.5
  options.retries = math.random(20) == 1 and 1 or 0
  options.max_response = math.random(4) == 1 and 50000 or nil
  options.trace = function(attempt)
    answers = answers + (attempt.status and 1 or 0)
    assert(type(attempt.url) == "string" and (attempt.status or attempt.error))
  end
  return options
end

-- What is wrong with an error object, or nil.
local function problem_of(failure)
  local name = (debug.getmetatable(failure) or {}).__name
  if type(failure) ~= "table" or name ~= "tasklist.error" then
    return "raised or gave what is no error object: " .. tostring(failure)
  end
  local text = tostring(failure)
  if not kinds[failure.kind] then
    return "of no kind that the manual names: " .. tostring(failure.kind)
  elseif failure.code and not codes[failure.code] then
    return "with a code that the manual does not name: " .. failure.code
  elseif failure.outcome and not outcomes[failure.outcome] then
    return "with an unknown outcome: " .. tostring(failure.outcome)
  elseif #text > 1200 or text:find "[\0-\31\127]" or not utf8.len(text) then
    return ("which is no line of text: %q"):format(text:sub(1, 2000))
  elseif text:find "hushhush" then
    return "which shows a secret: " .. text
  elseif failure.status and math.type(failure.status) ~= "integer" then
    return "whose status is no integer"
  end
end

-- Runs a case. Gives what is wrong, or nil.
local function run(case)
  progress:seek "set"
  progress:write(("%-8d\n"):format(case))
  progress:flush()
  math.randomseed(seed, case)
  local call = one_of(calls)
  local client <close> = assert(tasklist.new(options_of(case)))
  local fine, given, failure = pcall(call, client)
  if fine and given ~= nil then
    results[case] = "success"
    return nil
  end
  failure = not fine and given or failure
  results[case] = failure
  local problem = problem_of(failure)
  local name = problem and "?" or failure.kind
  shown[name] = (shown[name] or 0) + 1
  return problem
end

local not_taken = { ["401"] = true, ["429"] = true, ["503"] = true }

local function was_refused(statuses, failure)
  local seen = failure.status or 0
  if seen >= 300 and seen <= 499 or failure.title == "INVALID_STATE" then
    return true
  end
  for status in statuses:gmatch "%d+" do
    if not_taken[status] or status >= "300" and status <= "499" then
      return true
    end
  end
  return false
end

-- Holds the server's log against the results: gives case and what is wrong.
local function problems_of_writes()
  local last, problems = {}, {}
  for line in io.lines(log_path) do
    local case, statuses = line:match "^(%d+) %d+ (.*)$"
    if not case then
      problems[#problems + 1] = { 0, line }
    else
      case = math.tointeger(case)
      if last[case] and not last[case]:find "401" and not last[case]:find "429" and not last[case]:find "503" then
        problems[#problems + 1] = { case, "a write reached the server again after " .. last[case] }
      end
      last[case] = statuses
    end
  end
  for case, statuses in pairs(last) do
    local result = results[case]
    if type(result) == "table" and not result.outcome and not was_refused(statuses, result) then
      problems[#problems + 1] = { case, ("a write was answered with [%s], and ended without an outcome: %s")
        :format(statuses, tostring(result)) }
    end
  end
  return problems
end

local passed, failed = 0, 0

local function report(case, problem)
  failed = failed + 1
  print(("case %d: an error %s\n  again: make fuzz-answers FUZZ_SEED=%d FUZZ_CASE=%d"):format(case, problem, seed,
    case))
end

io.stdout:setvbuf "line"
print(("seed %d"):format(seed))
local case = only or 1
repeat
  local problem = run(case)
  if problem then
    report(case, problem)
  else
    passed = passed + 1
  end
  if only then
    print(results[case])
  end
  case = case + 1
until only or answers >= wanted

for _, problem in ipairs(problems_of_writes()) do
  report(problem[1], problem[2])
end
os.execute(("kill %d"):format(pid))
server:close()
os.remove(log_path)
local parts = {}
for kind, count in pairs(shown) do
  parts[#parts + 1] = ("%s %d"):format(kind, count)
end
table.sort(parts)
print(("%d answers to %d calls; errors: %s"):format(answers, case - (only or 1), table.concat(parts, ", ")))
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0, true)
