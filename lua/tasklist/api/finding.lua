--- Finds out which generation of the API a server has: once per client, under the deadline of the call that asks first.
--
-- `/v2/topology` tells the version. From 8.8 on the newer API does all that this module needs; before that it could not
-- read tasks. Two kinds of answers say nothing about the server: those of a proxy (3xx, 502), and a refusal, because
-- credentials may be good for Tasklist only.

local core = require "tasklist.core"
local errors = require "tasklist.errors"

local finding = {}

local topology = { method = "GET", path = "/v2/topology", read = true, answer = "object", site = "v2", finds = true }

local oldest_path = "/v1/topology" -- in 8.5, whose newer API calls itself v1

local first_whole = { 8, 8 } -- the first version whose newer API reads tasks

-- A version's first two numbers; nil for what is none.
local function parse(text)
  local major, minor = tostring(text):match "^(%d+)%.(%d+)"
  return major and { math.tointeger(tonumber(major)), math.tointeger(tonumber(minor)) } or nil
end

--- Whether a version is another one or later.
-- @tparam table version such as { 8, 10 }
-- @tparam table least likewise
-- @treturn boolean
function finding.at_least(version, least)
  return version[1] > least[1] or version[1] == least[1] and version[2] >= least[2]
end

-- Asks for the version, and keeps it. Gives it as numbers; or nil and the failure.
local function ask(server, deadline, path)
  local made = { timeout = server:left(deadline) }
  for name, value in pairs(topology) do
    made[name] = value
  end
  made.path = path or made.path
  local answer, failure = server.connection:call(made)
  if not answer then
    return nil, failure
  end
  local version = parse(answer.gatewayVersion)
  if not version then
    return errors.failed(made, { kind = "decode", message = "the answer has no gatewayVersion", status = 200 })
  end
  server.version, server.version_text = version, answer.gatewayVersion
  return version
end

-- Whoever asks. When that is over, however it ends, those who waited go on: one of them asks anew when there is no
-- answer, as when the first one's coroutine was closed.
local Look = {}

function Look:__close()
  self.server.look = nil
  for _, pause in ipairs(self.waiting) do
    pause:finish()
  end
end

Look.__index = Look

-- Waits until somebody else's look is over.
local function wait(server, deadline)
  local pause <close> = server.connection.engine:pause(math.max(deadline - core.now(), 0))
  table.insert(server.look.waiting, pause)
  local problem = server.connection:wait(pause)
  if problem or core.now() < deadline then
    return problem
  end
  return errors.new { kind = "timeout", message = "timed out while waiting to know which API the server has" }
end

local function take_turn(server, deadline, look)
  local turn <close> = setmetatable({ server = server, by = coroutine.running(), waiting = {} }, Look)
  server.look = turn
  return look(server, deadline)
end

-- Looks. An error, such as one of a trace function, is caught on its way: where it ends a coroutine, nothing closes the
-- variables of that, and the others would wait for a turn that is never over.
local function look_in_turn(...)
  local fine, problem = pcall(take_turn, ...)
  if not fine then
    error(problem, 0)
  end
  return problem
end

-- Has one coroutine at a time look, until it is known what `is_known` asks for. Gives why it cannot be known.
local function share(server, deadline, is_known, look)
  while not is_known(server) do
    local problem = server.connection:closing()
    if problem then
      return problem
    -- A trace function may call the client while this coroutine looks, which must not wait for itself.
    elseif server.look and server.look.by ~= coroutine.running() then
      problem = wait(server, deadline)
    else
      problem = look_in_turn(server, deadline, look)
    end
    if problem then
      return problem
    end
  end
end

-- Failures that say nothing about the server, but that the call is over.
local ending_kinds = { timeout = true, closed = true, cancelled = true, limit = true }

local function ends_call(failure)
  return type(failure) == "string" or ending_kinds[failure.kind]
end

-- On SaaS the host of the newer API depends on the version. Whether there is another one to ask.
local function turn_to_other_host(connection, failure)
  local values = connection.values
  local url = (failure.status == 404 or failure.kind == "network") and values.rest_fallback
  if url then
    connection.sites.v2.url, values.rest_url, values.rest_fallback = url, url, nil
  end
  return url
end

-- Has everything that names no site go to the API that was found.
local function settle(server, api)
  server.api, server.settled, server.connection.main = api, true, api
end

-- Asks where a topology may be, until there is one.
local function ask_around(server, deadline)
  local version, failure = ask(server, deadline)
  if not version and not ends_call(failure) and turn_to_other_host(server.connection, failure) then
    version, failure = ask(server, deadline)
  end
  if version or ends_call(failure) or failure.status ~= 404 then
    return version, failure
  end
  local oldest, other = ask(server, deadline, oldest_path)
  return oldest, not oldest and ends_call(other) and other or failure
end

local function choose(server, deadline)
  local version, failure = ask_around(server, deadline)
  if version then
    settle(server, finding.at_least(version, first_whole) and "v2" or "v1")
  elseif ends_call(failure) then
    return failure
  else
    server.api, server.doubt = "v1", failure
  end
end

-- Whether a failure makes it likely that the server has the newer API: a 404 that Tasklist itself does not give, or
-- that of a login which is elsewhere on newer servers; and a call that only the newer API can do.
local function hints_at_v2(server, failure)
  if failure.status ~= 404 then
    return failure.code == "unsupported" and not failure.status
  elseif failure.sign_in then
    local sites = server.connection.sites
    return server.connection.values.auth == "cookie" and sites.v1.identity ~= sites.v2.identity
  end
  return failure.code ~= "not_found"
end

-- `gone`: whether v1 is not there. Otherwise v2 may be beside it, as on 8.8 in V1 mode.
local function look(server, deadline, gone)
  local version, failure = ask(server, deadline)
  if version and finding.at_least(version, first_whole) then
    server.beside = true
    if gone then
      settle(server, "v2")
    end
  elseif not version and ends_call(failure) then
    return failure
  elseif version or failure.status == 404 and not server.connection.values.rest_url then
    server.settled = true
  else
    server.doubt = failure
  end
end

local smallest_query = { pageSize = 1 }

-- The message of a search that shows whether v1 is there.
local function trial_of_v1(server)
  local made = server:message("search_tasks", nil, smallest_query, "v1")
  made.finds = true
  return made
end

-- Does what the first call of a client with `base_url` alone does, where that is not sent.
local function try_v1(server, deadline)
  local made = trial_of_v1(server)
  made.timeout = server:left(deadline)
  local tasks, failure = server.connection:call(made)
  local problem = nil
  if not tasks and ends_call(failure) then
    problem = failure
  elseif not tasks and hints_at_v2(server, failure) then
    problem = look(server, deadline, true)
  end
  server.api = server.api or not problem and "v1" or nil
  return problem
end

--- Finds out which of two addresses serves, or with `dry_run` which API there is at one, and keeps it in the server's
-- `api`. Where the newer API gives no answer, that is v1, and why is kept.
-- @tparam table server
-- @tparam number deadline
-- @return nil; or why the call that asks cannot go on: an error object, or misuse as a text
function finding.find(server, deadline)
  return share(server, deadline, function() return server.api end,
    server.connection.values.rest_url and choose or try_v1)
end

--- Whether a call to v1 failed that the newer API does: instead of v1, which is kept, or beside it. Otherwise what is
-- known of that goes into the message of the failure.
-- @tparam table server
-- @tparam table failure an error object
-- @tparam number deadline
-- @treturn boolean
-- @return what the call fails with: the failure; or why it could not go on: an error object, or misuse as a text
function finding.moved(server, failure, deadline)
  if failure.code == "dry_run" then
    return false, failure
  end
  local hints = hints_at_v2(server, failure)
  if hints then
    server.doubt = nil
    local gone = failure.status == 404
    local problem = share(server, deadline, function()
      return server.settled or server.doubt or server.beside and not gone
    end, function()
      return look(server, deadline, gone)
    end)
    if problem then
      return false, problem
    end
  end
  if server.doubt and (hints or failure.kind ~= "http") then -- else v1 is there, and has its reasons
    failure.message = failure.message .. "; the newer API gives no answer either: " .. tostring(server.doubt)
  end
  return hints and (server.api == "v2" or server.beside), failure
end

--- Has the server's version known.
-- @tparam table server
-- @tparam number deadline
-- @return nil; or why it cannot be known: an error object, or misuse as a text
function finding.version(server, deadline)
  return share(server, deadline, function() return server.version end, function()
    local version, failure = ask_around(server, deadline)
    return not version and failure or nil
  end)
end

--- What was found out about the server; asks it where that is not known yet.
-- @tparam table server
-- @treturn table `api`: "v1" or "v2"; `version`: a text such as "8.10.0", or nil where the server does not tell;
--   `address`: the URL below which the API lies; or nil and an error object, or misuse as a text
function finding.describe(server)
  local deadline = server:deadline()
  local connection = server.connection
  local problem = server:prepare(deadline)
  if problem then
    return nil, problem
  end
  if server.api == "v1" then -- which may be taken for granted only: a search shows whether it is there
    local made = trial_of_v1(server)
    local tasks, failure = server:call("search_tasks", made, nil, smallest_query)
    if not tasks then
      return nil, failure
    end
  end
  local failure = finding.version(server, deadline)
  if failure and (ends_call(failure) or server.api == "v2") then
    return nil, failure
  end
  return { api = server.api, version = server.version_text, address = connection.sites[server.api].url }
end

return finding
