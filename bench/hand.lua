--- The same loop as bench/floor.c by hand in Lua, as one writes it over Lua-cURL and lua-cjson: the parts of a body are
-- gathered in a table, joined, and decoded.
-- hand.lua BASE_URL BODY WARMING COUNT USER_AGENT: signs in, searches WARMING times, then COUNT times, and prints how
-- many nanoseconds those took

local cjson = require "cjson"
local cqueues = require "cqueues"
local new_easy = require "bench.easy"

local base_url, body, warming, count, agent = ...

local easy = new_easy(agent)
local parts

local function write(part)
  parts[#parts + 1] = part
end

local function perform()
  parts = {}
  assert(easy:perform(write) == 200, "the server did not answer 200")
  return cjson.decode(table.concat(parts))
end

easy:set_post(base_url .. "/oauth/token",
  "grant_type=client_credentials&audience=tasklist.camunda.io&client_id=bench&client_secret=bench",
  { "Accept: application/json", "Content-Type: application/x-www-form-urlencoded" })
local token = perform().access_token
easy:set_post(base_url .. "/v1/tasks/search", body,
  { "Authorization: Bearer " .. token, "Accept: application/json", "Content-Type: application/json" })

local function search(times)
  for _ = 1, times do
    assert(perform()[1].id)
  end
end

search(tonumber(warming))
local start = cqueues.monotime()
search(tonumber(count))
print(("%d"):format((cqueues.monotime() - start) * 1e9 // 1))
