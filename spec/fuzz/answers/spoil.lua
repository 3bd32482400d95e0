--- Ways to spoil an answer. All chance comes from math.random, so that a seed repeats them.

local gzip = require "tasklist.sandbox.gzip"

local spoil = {}

local function one_of(list)
  return list[math.random(#list)]
end

-- What may stand where a value of JSON stood. Some of it is none.
local values = {
  "null", "true", "false", "0", "-0", "-1", "1.5", "1e2", "1e999", "-1e-999", "9007199254740993",
  "9223372036854775807", "9223372036854775808", ("9"):rep(400), '""', '"x"', '"2024-13-45T99:99:99.000+0000"',
  '"\\ud800"', '"\\udc00\\ud800"',
  '"\\u0000"', '"\\u001b[2J"', '"\xff"', '"\xc3"', '"\xed\xa0\x80"', '"\1"', '"' .. ("ü\\n"):rep(3000) .. '"', "[]",
  "{}",
  "[[]]", "[null]", "[null,null]", '["1","2"]', '["1",null]', "[1.5]", "[{}]", '{"a":null}', '{"":{}}', "NaN",
  "Infinity", "0x10", "'x'", "nil", "", ",", ":", "]", "}", "[1,]", ("["):rep(1001) .. ("]"):rep(1001),
  ("["):rep(3000), ('{"a":'):rep(999) .. "1" .. ("}"):rep(999), '"\\x"', '"', "\\", "\0", "\xEF\xBB\xBF", "/* */",
  '"{\\"title\\":\\"INVALID_STATE\\",\\"detail\\":5}"', '"{\\"title\\":"', '"COMPLETED"', '"CANCELED"', "+1", "01",
  "1.",
}

-- Bodies that are something else altogether.
local bodies = {
  "", " ", "null", "[]", "{}", "[null]", "[[]]", '[{}]', "5", '"text"', "<html><h1>Bad Gateway</h1></html>", "\0",
  "\xEF\xBB\xBF", "\xEF\xBB\xBF{}", "\xEF\xBB\xBF[]", "\xff\xfe[\0]\0",
  '{"status":500,"message":"Unexpected server error occurred."}',
  '{"title":"INVALID_STATE","detail":"but it is in state \'X\'"}', '{"message":"{\\"title\\":[]}"}',
  '{"error":"invalid_client","error_description":"' .. ("no\\r\\n"):rep(2000) .. '"}',
  '{"error":{},"error_description":[]}',
  '{"status":503,"message":"RESOURCE_EXHAUSTED"}', '{"message":"' .. ("\\u0085"):rep(9000) .. '"}',
  ("x"):rep(70000), "[" .. ("{},"):rep(20000) .. "{}]", '{"title":null,"detail":null,"instance":null}', "}",
}

local statuses = { 100, 101, 102, 103, 199, 200, 200, 201, 202, 203, 204, 205, 206, 207, 226, 299, 300, 301, 302, 303,
  304, 307, 308, 400, 401, 401, 403, 404, 405, 407, 408, 409, 410, 411, 412, 413, 415, 417, 418, 421, 422, 425, 426,
  428, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505, 511, 520, 599, 600, 999, 0, 9, 99 }

local versions = { "HTTP/1.1", "HTTP/1.0", "HTTP/0.9", "HTTP/2", "HTTP/3.0", "HTTP/1.x", "http/1.1", "ICY", "", "\0",
  "HTTP/1.1 ", "HTTP/11" }

local fields = {
  { "Retry-After", { "0", "1", "-1", "1.5", "99999999999", "1e99", "Fri, 31 Dec 1999 23:59:59 GMT", "soon", "" } },
  { "Content-Length", { "0", "1", "-1", "5", "99999999999999999999", "abc", "", "10, 10", "0x10", "1000000" } },
  { "Transfer-Encoding", { "chunked", "gzip", "identity", "chunked, chunked", "", "xchunked", "gzip, chunked" } },
  { "Content-Encoding", { "gzip", "deflate", "br", "identity", "gzip, gzip", "x", "" } },
  { "Content-Type", { "text/html", "", "application/json; charset=utf-16", "\xff", "multipart/form-data" } },
  { "Set-Cookie", { "", "=", "a=hushhush", "a=b; Path=/; Max-Age=-1", "TASKLIST-SESSION=", "c=" .. ("x"):rep(9000),
    "\1=\2", "a=b\0c", "; ;", "a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT" } },
  { "X-CSRF-TOKEN", { "", "hushhush-2", "a b", "\xff\1", ("x"):rep(9000) } },
  { "WWW-Authenticate", { "Bearer", "Basic realm=\"x\"", "Negotiate", "\xff", "Digest nonce=1" } },
  { "Location", { "http://127.0.0.1:1/", "/v1/tasks", "file:///etc/passwd", "" } },
  { "Connection", { "close", "keep-alive", "upgrade", "" } },
  { "Keep-Alive", { "timeout=0", "timeout=-1", "timeout=x, max=0" } },
  { "Upgrade", { "h2c", "websocket" } },
  { "Trailer", { "X-T" } },
  { "", { "no name" } }, { " X", { "blank before" } }, { "X ", { "blank behind" } }, { "X\0Y", { "NUL" } },
  { "X-Long", { ("y"):rep(5000), ("y"):rep(110000) } },
}

-- The places of JSON values in a text: strings that are no names, numbers, words.
local function places_of(text)
  local places, at = {}, 1
  while true do
    local first, last = text:find('^"[^"\\]*"', at)
    if first and not text:find("^%s*:", last + 1) or text:find("^[%w.+-]", at) then
      first, last = first or at, last or select(2, text:find("^[%w.+-]+", at))
      places[#places + 1] = { first, last }
    elseif at > #text then
      return places
    end
    at = (last or at) + 1
  end
end

-- Each spoils one thing of an answer.
local ways = {}

function ways.value(answer)
  local places = places_of(answer.body)
  if #places > 0 then
    local place = one_of(places)
    answer.body = answer.body:sub(1, place[1] - 1) .. one_of(values) .. answer.body:sub(place[2] + 1)
  end
end

function ways.body(answer)
  answer.body = one_of(bodies)
end

local function at_random(text)
  return math.random(0, #text)
end

-- Some bytes of a text: changed, left out, put in, doubled.
local function scramble(text)
  for _ = 1, math.random(4) do
    local at, length = at_random(text), math.random(0, 8)
    local bytes = one_of { "", string.char(math.random(0, 255)), one_of(values), text:sub(at, at + length), "\r\n",
      "\0" }
    text = text:sub(1, at) .. bytes .. text:sub(at + 1 + math.random(0, length))
  end
  return text
end

function ways.text(answer)
  answer.body = scramble(answer.body)
end

function ways.cut_text(answer)
  answer.body = answer.body:sub(1, at_random(answer.body))
end

function ways.status(answer)
  answer.status = one_of(statuses)
  if math.random(2) == 1 then
    answer.body = one_of(bodies)
  end
end

function ways.field(answer)
  local field = one_of(fields)
  table.insert(answer.headers, math.random(#answer.headers + 1), { field[1], one_of(field[2]) })
  answer.odd = true
end

function ways.many_fields(answer)
  for i = 1, one_of { 100, 1000, 6000 } do
    answer.headers[#answer.headers + 1] = { "X-Many-" .. i, ("z"):rep(60) }
  end
end

function ways.folded(answer)
  answer.headers[#answer.headers + 1] = { "X-Fold", "a\r\n " .. one_of { "b", "", "\t: c" } }
end

function ways.framing(answer)
  answer.framing = one_of { "chunked", "close", "length" }
end

function ways.gzip(answer)
  local function whole(text) return text end
  local function cut(text) return text:sub(1, at_random(text)) end
  answer.gzip = one_of { whole, cut, scramble }
end

function ways.chunks(answer)
  answer.framing = "chunked"
  answer.size_of = one_of { "%x;x=y", "%X ", "0%x", "%x1", "-%x", "", "g", "ffffffffffffffffff" }
  answer.odd = true
end

function ways.interim(answer)
  answer.before = one_of { "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
    "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 \r\n\r\n", "\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" }
  answer.odd = true
end

function ways.version(answer)
  answer.version = one_of(versions)
  answer.reason = one_of { "OK", "", "\xff", "a\0b", ("r"):rep(200), ("r"):rep(110000) }
  answer.odd = true
end

function ways.bytes(answer)
  answer.last = scramble
  answer.odd = true
end

function ways.cut(answer)
  answer.last = function(bytes) return bytes:sub(1, at_random(bytes)) end
  answer.odd = true
end

-- How often each is taken, of all.
local weights = { value = 30, body = 5, text = 8, cut_text = 4, status = 14, field = 12, many_fields = 1, folded = 1,
  framing = 4, gzip = 5, chunks = 4, interim = 3, version = 3, bytes = 8, cut = 6 }
local lots, names = {}, {}
for name in pairs(weights) do
  names[#names + 1] = name
end
table.sort(names) -- so that a seed means the same each time
for _, name in ipairs(names) do
  for _ = 1, weights[name] do
    lots[#lots + 1] = ways[name]
  end
end

--- Spoils an answer in some ways.
-- @tparam table answer from `genuine`, changed in place
-- @tparam integer count how many ways
function spoil.answer(answer, count)
  for _ = 1, count do
    one_of(lots)(answer)
  end
end

local function framed(answer, body)
  if answer.framing == "chunked" then
    local size_of = answer.size_of or "%x"
    local half = #body // 2
    local parts = {}
    for _, part in ipairs { body:sub(1, half), body:sub(half + 1) } do
      if part ~= "" then
        parts[#parts + 1] = size_of:format(#part) .. "\r\n" .. part .. "\r\n"
      end
    end
    return { "Transfer-Encoding", "chunked" }, table.concat(parts) .. "0\r\n\r\n"
  elseif answer.framing == "length" then
    return { "Content-Length", ("%d"):format(#body) }, body
  end
  answer.odd = true
  return { "Connection", "close" }, body
end

--- The bytes of an answer.
-- @tparam table answer
-- @treturn string
-- @treturn boolean whether the connection has to end behind it, for nobody may know where the answer does
function spoil.bytes(answer)
  local body = answer.body
  if answer.gzip then
    body = answer.gzip(gzip.pack(body))
    answer.headers[#answer.headers + 1] = { "Content-Encoding", "gzip" }
    answer.odd = true
  end
  local field
  field, body = framed(answer, body)
  local lines = { ("%s %03d %s"):format(answer.version or "HTTP/1.1", answer.status, answer.reason) }
  for _, header in ipairs(answer.headers) do
    lines[#lines + 1] = header[1] .. ": " .. header[2]
  end
  if answer.status >= 200 and answer.status ~= 204 and answer.status ~= 304 then
    lines[#lines + 1] = field[1] .. ": " .. field[2]
  else
    answer.odd = true -- a body behind it is not a body
  end
  local bytes = (answer.before or "") .. table.concat(lines, "\r\n") .. "\r\n\r\n" .. body
  return (answer.last or function(text) return text end)(bytes), answer.odd or false
end

return spoil
