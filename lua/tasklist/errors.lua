--- The one error object: what the world did that a call could not do without.
--
-- Fields: `kind` ("config", "auth", "network", "timeout", "http", "decode", "limit", "closed"), `message`, and where
-- they apply `status`, `code` (a stable word for a known refusal: "not_found", "not_active",
-- "already_assigned", "not_assigned", "not_assignee", "denied", "unsupported", "no_endpoint", "forbidden", "csrf",
-- "dry_run"; or why no connection served: "unknown_host", "unreachable", "proxy", "no_tls", "untrusted_certificate",
-- "wrong_host", "expired_certificate", "no_client_certificate", "bad_client_certificate"),
-- `title`, `instance`, `method`, `path`, `attempts`, `retry_after` (seconds), `outcome` (of a write: "unknown" when it
-- may have happened, "done" when it has), `body`, and for a refused sign-in `sign_in` (true) and the token endpoint's
-- `error` and `error_description` (RFC 6749 5.2). `tostring` is one line that says what was tried, what came back and
-- what to do.

local core = require "tasklist.core"

local errors = {}

local metatable = { __name = "tasklist.error" }

local longest_message = 1000 -- bytes

-- In the text, because a caller who reads only that and sends the write again may have it executed twice.
local outcomes = { unknown = "; it may have been executed", done = "; it was executed" }

function metatable:__tostring()
  local what = self.method and ("%s %s: "):format(self.method, self.path) or ""
  return ("tasklist: %s%s%s (%s)"):format(what, self.message, outcomes[self.outcome] or "", self.kind)
end

function metatable.__concat(left, right)
  return tostring(left) .. tostring(right)
end

--- Makes an error object of a table with at least `kind` and `message`.
-- @tparam table fields becomes the object
-- @treturn table
function errors.new(fields)
  fields.message = core.line(fields.message, longest_message)
  return setmetatable(fields, metatable)
end

--- Whether a value is an error object of this module.
-- @param value
-- @treturn boolean
function errors.is(value)
  return getmetatable(value) == metatable
end

--- The failure of a message.
-- @tparam table message its `method` and `path` become the error's
-- @tparam table fields for `new`
-- @return nil, and the error object
function errors.failed(message, fields)
  fields.method, fields.path = message.method, message.path
  return nil, errors.new(fields)
end

--- What this server cannot do. The caller is not at fault: with another server the same call is right.
-- @tparam string why, and what can do it
-- @return nil, and the error object
function errors.unsupported(why)
  return nil, errors.new { kind = "config", code = "unsupported", message = why }
end

--- A success whose body is not what it should be.
-- @tparam table answer `status`, `bytes`, `attempts`, `outcome` of an exchange
-- @tparam string problem what is wrong with the body
-- @treturn table fields for `new`
function errors.of_body(answer, problem)
  return {
    kind = "decode",
    message = ("the answer (%d) is no JSON as documented: %s"):format(answer.status, problem),
    status = answer.status,
    attempts = answer.attempts,
    outcome = answer.outcome,
    body = answer.bytes:text(),
  }
end

-- What to do, by the code.
local hints = {
  wrong_host = "the certificate is for another host: check the host in the URL, or the server's certificate",
  expired_certificate = "the certificate has expired or is not yet valid: renew it at the server, or set this "
    .. "machine's clock",
  untrusted_certificate = "set ca_file (CAMUNDA_CUSTOM_ROOT_CERT_PATH) to the certificate of the authority that signed "
    .. "it",
  bad_client_certificate = "check that client_cert (%s), client_key (%s) and client_key_password fit together",
  no_client_certificate = "the server asked for a client certificate: set client_cert (CAMUNDA_CUSTOM_CERT_CHAIN_PATH) "
    .. "and client_key",
}

--- An exchange without an answer.
-- @tparam table failure from the core: `kind`, `message`, `code` and others
-- @tparam table values the settings
-- @treturn table fields for `new`
function errors.of_failure(failure, values)
  local hint = hints[failure.code]
  if hint then
    local certificate = values.client_cert
    failure.message = failure.message .. "; " .. hint:format(certificate, values.client_key or certificate)
  end
  failure.object = nil
  failure.sign_in = failure.kind == "auth" or nil -- only who signs in is refused without an answer of the API
  return failure
end

-- What the closing of the client means for a call that waited.
local function closing_of(read, failure)
  if failure.attempts == 0 then
    return "the client was closed before this was sent"
  elseif read or failure.outcome then
    return "the client was closed before the answer came"
  end
  return "the client was closed; the server has executed nothing of this"
end

--- The client was closed while a call waited.
-- @tparam table failure `outcome`; `attempts`: how often it went out, nil for a pause
-- @tparam ?boolean read whether the call changes nothing
-- @treturn table fields for `new`
function errors.of_closing(failure, read)
  return { kind = "closed", message = closing_of(read, failure), outcome = failure.outcome,
    attempts = failure.attempts ~= 0 and failure.attempts or nil }
end

return errors
