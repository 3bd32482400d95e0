--- What the server says when it refuses, as stable words: the `code` of an error; and what to do about it.
--
-- The texts are Tasklist 8.6's, and those of the newer API (v2). From 8.7 on some messages of Tasklist are JSON text
-- themselves, with a title.

local core = require "tasklist.core"
local json = require "tasklist.json"
local way_hints = require "tasklist.way_hints"

local refusals = {}

local of_v1 = "the task's implementation is ZEEBE_USER_TASK, which v1 cannot change for a client that signs in with a "
  .. "token: with rest_url (CAMUNDA_REST_ADDRESS) that goes to Camunda's newer API; without, search with "
  .. 'implementation = "JOB_WORKER"'
local of_version = "this server does not know the field or operator, which other versions of Camunda may"
local no_searches = "on this cluster nothing can be searched or read, since it runs without a database for that"
local no_endpoint = "this server's version of Camunda has nothing there, or the address leads elsewhere: "
  .. "check %s"
local of_tenant = "check tenant_id, and the tenantIds of the query: the client must be of these tenants"
local listener = "usually a task listener of the process that no worker serves"

-- Status or title, a pattern for the text, the code (or false), what to do about it (`%s` is the setting with
-- the address). The first that fits counts.
local known = {
  { "TASK_IS_NOT_ACTIVE", "", "not_active" },
  { "TASK_ALREADY_ASSIGNED", "", "already_assigned" },
  { "TASK_NOT_ASSIGNED", "", "not_assigned" },
  { "TASK_NOT_ASSIGNED_TO_CURRENT_USER", "", "not_assignee" },
  { "INVALID_STATE", "but it has already been assigned", "already_assigned" },
  { "INVALID_STATE", "but it is in state '", "not_active" },
  { "INVALID_STATE", "was denied by Task Listener", "denied" },
  { 400, "^Task is not active", "not_active" },
  { 400, "^Task is already assigned", "already_assigned" },
  { 400, "^Task is not assigned to ", "not_assignee" },
  { 400, "^Task is not assigned", "not_assigned" },
  { 400, "^This operation is not supported using Tasklist V1 API", "unsupported", of_v1 },
  { 400, "^Request property %[[^%]]*%] cannot be parsed", "unsupported", of_version },
  { 401, " with tenant identifiers? ", false, of_tenant },
  { 403, "CSRF", "csrf" },
  { 403, "requires a secondary storage", "unsupported", no_searches },
  { 403, "", "forbidden" },
  { 404, "^No static resource %S*v2/", "no_endpoint", no_endpoint },
  { 404, " found%.?$", "not_found" },
  { "NOT_FOUND", "", "not_found" },
  { 405, "", "no_endpoint", no_endpoint },
  { "DEADLINE_EXCEEDED", "", false, listener },
}

-- Titles that come with a 500 though nothing was executed: the engine has rejected the command. TASK_PROCESSING_TIMEOUT
-- is not one of them, since the engine may still execute the command.
local certain = { INVALID_STATE = true }

local function text_of(value)
  return type(value) == "string" and value ~= "" and value or nil
end

-- Where the message is JSON text, what that holds: the title and the words stand there. Otherwise the answer itself.
local function unpacked(said)
  local inner = text_of(said.message) and said.message:find("^[ \t\r\n]*{") and json.decode(said.message)
  return type(inner) == "table" and inner or said
end

-- The first row that fits.
local function row_of(status, title, text)
  for _, row in ipairs(known) do
    if (row[1] == status or row[1] == title) and text:find(row[2]) then
      return row
    end
  end
end

--- Reads an answer that is no success, in any of the server's forms: `{status, message, instance}`,
-- `{message}`, `{error}`, RFC 7807 (`{title, detail, …}`), or a body that is none of them.
-- @tparam integer status
-- @tparam string body
-- @treturn table `text`, `title`, `instance`, `code`, `hint`: strings, each one line, or absent; `refused`: true
--   when the server has surely executed nothing, whatever the status says
function refusals.read(status, body)
  local said = json.decode(body)
  said = type(said) == "table" and said or {}
  local inner = unpacked(said)
  local found = {
    text = text_of(inner.detail) or text_of(inner.message) or text_of(inner.error),
    title = text_of(inner.title),
    instance = text_of(said.instance),
  }
  local row = row_of(status, found.title, found.text or "")
  local refused = certain[found.title]
  for name, text in pairs(found) do -- only now, since the words may come at the end of a long text
    found[name] = core.line(text)
  end
  found.refused = refused
  if row then
    found.code, found.hint = row[3] or nil, row[4]
  end
  return found
end

local redirected = "redirects are not followed; check %s"

-- What to do about a status that comes without a known refusal. `%s`: the setting with the address, and what else to
-- say.
local status_hints = {
  [301] = redirected, [302] = redirected, [303] = redirected, [307] = redirected, [308] = redirected,
  [404] = "check %s%s",
}

-- What Tasklist answers to a write that the client has no permission for; it says the same of its own faults.
local unexpected = "Unexpected server error occurred."
local refused_byte = "the server takes no id that holds a slash, a backslash, a semicolon or a percent sign; "
  .. "read such variables by client:variables"
local no_permission = "a client without the permission to write gets this as well"

-- What the server's firewall refuses in a path, however encoded.
local function has_refused_byte(path)
  for _, encoded in ipairs { "%2F", "%5C", "%3B", "%25" } do
    if path:find(encoded, 1, true) then
      return true
    end
  end
  return false
end

-- What to do where the refusal comes from what was asked.
local function hint_at_request(answer, said, message, site)
  if said.text == unexpected and not message.read then
    return no_permission
  elseif answer.status == 400 and not said.text and has_refused_byte(message.path) then
    return refused_byte
  elseif said.code == "csrf" then
    return way_hints[site.way].csrf
  end
  return said.hint and said.hint:format(site.address)
end

-- What to do where it may come from a setting: then the oddly written ones are named as well.
local function hint_at_settings(answer, said, site)
  local hint
  if answer.status == 401 then
    hint = way_hints[site.way].unauthorized:format(site.audience)
  elseif not said.code and status_hints[answer.status] then
    hint = status_hints[answer.status]:format(site.address, site.beside)
  end
  local odd = hint and site.advise().odd
  return odd and hint .. "; " .. odd or hint
end

--- An answer that is no success.
-- @tparam table answer `status`, `bytes`, `attempts`, `retry_after`, `outcome` of an exchange
-- @tparam table message what was sent
-- @tparam table site of `tasklist.sites` that it went to: what to do about a refusal depends on it
-- @treturn table fields for `errors.new`
function refusals.of_answer(answer, message, site)
  local body = answer.bytes:text()
  local said = refusals.read(answer.status, body)
  local text = ("the server answered %d"):format(answer.status)
  if said.text then
    text = text .. ": " .. said.text
  end
  local hint = hint_at_request(answer, said, message, site) or hint_at_settings(answer, said, site)
  if hint then
    text = text .. "; " .. hint
  end
  return {
    kind = (answer.status == 401 or said.code == "csrf") and "auth" or "http",
    message = text,
    status = answer.status,
    code = said.code,
    title = said.title,
    instance = said.instance,
    attempts = answer.attempts,
    retry_after = answer.retry_after,
    outcome = not said.refused and answer.outcome or nil,
    body = body,
  }
end

return refusals
