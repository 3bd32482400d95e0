--- What a token endpoint's answer holds (RFC 6749 5.1 and 5.2).

local json = require "tasklist.json"

-- A life beyond this (30 years) is a mistake of the server's.
local longest_life = 1e9

-- Microsoft's older endpoints (v1.0) write the number as a string of digits.
local function life_of(expires_in)
  if type(expires_in) == "string" and expires_in:find("^[0-9]+$") then
    expires_in = math.tointeger(tonumber(expires_in))
  end
  if math.type(expires_in) == "integer" and expires_in > 0 and expires_in <= longest_life then
    return expires_in
  end
end

-- RFC 6749 7.1: a token of a type that one does not know must not be used. The case of letters does not count, and
-- the answer that leaves the type out (it must not) means this one.
local function is_bearer(token_type)
  return token_type == nil
    or type(token_type) == "string" and token_type:find("^[Bb][Ee][Aa][Rr][Ee][Rr]$") ~= nil
end

-- What is wrong with a success; nothing of it is quoted, since any part may be the token.
local function problem_of(answer, advise)
  if type(answer) ~= "table" then
    return "is no JSON object; " .. advise():check { "authorization_server_url" }
  elseif type(answer.access_token) ~= "string" or answer.access_token == "" then
    return "has no access_token"
  elseif not is_bearer(answer.token_type) then
    return "has a token_type that is not Bearer, and no other is known here"
  end
end

--- Reads a token answer.
-- @tparam integer status
-- @tparam string body
-- @tparam function advise gives the client's advice
-- @tparam string url of the endpoint
-- @treturn string access_token; or nil, then a message and the server's `error` and
--   `error_description`, or nil
-- @treturn ?number the token's life in seconds; nil when the server does not say it plainly, and then
--   the token serves until a 401
return function(status, body, advise, url)
  if status < 200 or status > 299 then
    local sign_in = require "tasklist.sign_in" -- loaded now, because most sign-ins are not refused
    return sign_in.refused(sign_in.token, status, body, advise(), url)
  end
  local answer = json.decode_secret(body)
  local problem = problem_of(answer, advise)
  if problem then
    return nil, ("the token endpoint %s answered %d, and the answer %s"):format(url, status, problem)
  end
  return answer.access_token, life_of(answer.expires_in)
end
