--- The ways of signing in, as what the core is told about each. What to do when one is refused, `tasklist.sign_in` and
-- `tasklist.way_hints` say.

local decode_token = require "tasklist.token"
local headers = require "tasklist.headers"

local form_type = { Accept = "application/json", ["Content-Type"] = "application/x-www-form-urlencoded" }

-- The fields of a form, in their order; what is empty is left out.
local function form_of(...)
  local form, fields = {}, { ... }
  for i = 1, select("#", ...), 2 do
    if fields[i + 1] and fields[i + 1] ~= "" then
      form[#form + 1], form[#form + 2] = fields[i], fields[i + 1]
    end
  end
  return form
end

-- The identity that signs in as `how` says. `read` gets an answer's status and body, the function that gives the
-- client's `advice`, and the URL.
local function signing_in(engine, values, advise, how, read)
  how.timeout = values.timeout
  how.headers = headers.write(form_type, values.headers)
  how.read = function(status, body)
    return read(status, body, advise, how.url)
  end
  return engine:sign_in(how)
end

local function read_login(status, body, advise, url)
  if status >= 200 and status <= 299 then
    return true
  end
  local sign_in = require "tasklist.sign_in" -- loaded now, because most logins are not refused
  return sign_in.refused(sign_in.login, status, body, advise(), url)
end

-- Each makes the engine's identity, nil for nobody, and where a function of the user's gives its tokens, gives that as
-- well.
local ways = {}

function ways.none()
  return nil
end

function ways.basic(engine, values)
  return engine:basic(values.username, values.password)
end

function ways.bearer(engine, values)
  local token = values.token
  if type(token) == "function" then
    return engine:bearer(), token
  end
  return engine:bearer(token)
end

function ways.oauth(engine, values, advise)
  local in_form = values.client_auth == "form"
  return signing_in(engine, values, advise, {
    url = values.authorization_server_url,
    form = form_of("grant_type", "client_credentials", "audience", values.audience, "scope", values.scope,
      "resource", values.resource, "client_id", in_form and values.client_id,
      "client_secret", in_form and values.client_secret),
    client_id = not in_form and values.client_id or nil,
    client_secret = not in_form and values.client_secret or nil,
    token_folder = values.token_cache or nil,
  }, decode_token)
end

function ways.cookie(engine, values, advise)
  return signing_in(engine, values, advise, {
    url = values.login_url,
    form = form_of("username", values.username, "password", values.password),
    session = true,
  }, read_login)
end

return ways
