--- What an endpoint means that refuses a sign-in, and what to do about it.

local json = require "tasklist.json"
local core = require "tasklist.core"
local words = require "tasklist.words"

local sign_in = {}

-- Each endpoint: what it is called; the setting that names it; which settings to check, by the code of a refusal
-- (RFC 6749 5.2, RFC 8707 2, and what Keycloak and Microsoft Entra say instead), or else by its status.
sign_in.token = {
  name = "the token endpoint",
  answer = "OAuth answer",
  setting = "authorization_server_url",
  by_code = {
    invalid_client = { "client_id", "client_secret" },
    unauthorized_client = { "client_id", "client_secret" },
    unsupported_grant_type = { "authorization_server_url" },
    invalid_scope = { "scope" },
    invalid_target = { "resource" },
    invalid_resource = { "resource", "scope" },
    access_denied = { "audience" },
  },
  by_status = { [400] = { "client_id", "audience" }, [401] = { "client_id", "client_secret" } },
}

sign_in.login = {
  name = "the login",
  answer = "answer of a login",
  setting = "login_url",
  by_code = {},
  by_status = { [401] = { "username", "password" } },
}

-- An HTML page is read no further than this.
local most_read = 8192

local entities = { amp = "&", lt = "<", gt = ">", quot = '"', apos = "'", nbsp = " " }

-- A secret that a page sends back is recognized only when what HTML has escaped in it is undone.
local function unescape(html)
  html = html:gsub("&([a-z]+);", entities)
  return (html:gsub("&#([xX]?)([0-9a-fA-F]+);", function(hex, digits)
    local code = tonumber(digits, hex == "" and 10 or 16)
    return code and code <= 0x10FFFF and utf8.char(code) or nil
  end))
end

local function without_markup(html)
  html = html:gsub("<!%-%-.-%-%->", " "):gsub("<[Ss][Tt][Yy][Ll][Ee].-</[Ss][Tt][Yy][Ll][Ee]>", " ")
  html = html:gsub("<[Ss][Cc][Rr][Ii][Pp][Tt].-</[Ss][Cc][Rr][Ii][Pp][Tt]>", " "):gsub("<[^>]*>", " ")
  return (unescape(html):gsub("[ \t\r\n]+", " "):gsub("^ ", ""):gsub(" $", ""))
end

-- The title of a page, or the words that it begins with; nil when there are none.
local function said_by_page(body)
  body = body:sub(1, most_read)
  local title = without_markup(body:match("<[Tt][Ii][Tt][Ll][Ee][^>]*>(.-)</[Tt][Ii][Tt][Ll][Ee]>") or "")
  local text = title ~= "" and title or without_markup(body)
  return text ~= "" and text or nil
end

local function text_of(value, advice, most)
  return type(value) == "string" and not advice.has_secret(value) and core.line(value, most) or nil
end

-- What there is to show of an answer: words for a message, and the server's `error` and `error_description`.
local function words_of(endpoint, answer, page, advice)
  if page then
    local shown = not advice.has_credential(page)
    return (", which is no %s%s"):format(endpoint.answer, shown and ": " .. words.quoted(page) or "")
  elseif type(answer) ~= "table" then
    return ""
  end
  local code, description = text_of(answer.error, advice, 100), text_of(answer.error_description, advice)
  return (code and " " .. code or "") .. (description and (" (%s)"):format(description) or ""), code, description
end

-- What to do. A page comes from a web server that is no such endpoint, or from what stands before one.
local function hint_for(endpoint, status, code, page, advice)
  if status >= 300 and status <= 399 then
    return "redirects are not followed; " .. advice:check { endpoint.setting }
  elseif page then
    return advice:check { endpoint.setting }
      .. ", or what a proxy or gateway before it asks for, such as a certificate (client_cert)"
  end
  return advice:check(endpoint.by_code[code] or endpoint.by_status[status] or { endpoint.setting })
end

--- Reads a refusal. Of the answer only `error` and `error_description` are quoted, and of a 4xx that is no JSON its
-- title or first words; nothing of either when a secret of ours stands in it.
-- @tparam table endpoint `token` or `login`, above
-- @tparam integer status no 2xx
-- @tparam string body
-- @tparam table advice
-- @tparam string url of the endpoint
-- @return nil, a message, and the server's `error` and `error_description`, or nil
function sign_in.refused(endpoint, status, body, advice, url)
  local answer = json.decode_secret(body)
  local page = status >= 400 and type(answer) ~= "table" and said_by_page(body) or nil
  local said, code, description = words_of(endpoint, answer, page, advice)
  local message = ("%s %s answered %d%s; %s"):format(endpoint.name, url, status, said,
    hint_for(endpoint, status, code, page, advice))
  return nil, message, code, description
end

return sign_in
