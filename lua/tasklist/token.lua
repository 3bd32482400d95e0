--- What a token endpoint's answer holds (RFC 6749 5.1 and 5.2).

local json = require "tasklist.json"
local one_line = require "tasklist.one_line"

-- A life beyond this (30 years) is a mistake of the server's.
local longest_life = 1e9

local hints = {
  [400] = "check client_id (ZEEBE_CLIENT_ID) and audience",
  [401] = "check client_id and client_secret (ZEEBE_CLIENT_ID, ZEEBE_CLIENT_SECRET)",
}

local function text_of(value, most)
  return type(value) == "string" and one_line(value, most) or nil
end

-- Only `error` and `error_description` may be quoted: the rest could hold a secret.
local function refusal(status, answer)
  local code, description = text_of(answer.error, 100), text_of(answer.error_description)
  local message = ("the token endpoint answered %d"):format(status)
  if code then
    message = message .. " " .. code
  end
  if description then
    message = ("%s (%s)"):format(message, description)
  end
  if hints[status] then
    message = message .. "; " .. hints[status]
  end
  return nil, message, code, description
end

local function life_of(expires_in)
  if math.type(expires_in) == "integer" and expires_in > 0 and expires_in <= longest_life then
    return expires_in
  end
end

--- Reads a token answer.
-- @tparam integer status
-- @tparam string body
-- @treturn string access_token; or nil, then a message and the server's `error` and
--   `error_description`, or nil
-- @treturn ?number the token's life in seconds; nil when the server does not say it plainly, and then
--   the token serves until a 401
local function decode(status, body)
  local answer = json.decode(body)
  if status < 200 or status > 299 then
    return refusal(status, type(answer) == "table" and answer or {})
  elseif type(answer) ~= "table" then
    return nil, ("the token endpoint's answer (%d) is no JSON object; check authorization_server_url "
      .. "(ZEEBE_AUTHORIZATION_SERVER_URL)"):format(status)
  elseif type(answer.access_token) ~= "string" or answer.access_token == "" then
    return nil, ("the token endpoint's answer (%d) has no access_token"):format(status)
  end
  return answer.access_token, life_of(answer.expires_in)
end

return decode
