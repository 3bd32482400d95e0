--- One sample of the codec for variable values beside lua-cjson: prints nanoseconds.
-- values.lua decode|encode ours|cjson WARMING COUNT: all values of bench.bodies, COUNT times

local bodies = require "bench.bodies"
local cqueues = require "cqueues"
local tasklist = require "tasklist"

local way, whose, warming, count = ...

local codec = tasklist
if whose == "cjson" then
  codec = require "cjson".new()
  codec.decode_invalid_numbers(false)
end

local given = bodies.values
if way == "encode" then
  given = {}
  for index, text in ipairs(bodies.values) do
    given[index] = tasklist.decode(text) -- the same for both
  end
end

local convert = codec[way]
local function repeated(times)
  for _ = 1, times do
    for index = 1, #given do
      convert(given[index])
    end
  end
end

repeated(tonumber(warming))
local start = cqueues.monotime()
repeated(tonumber(count))
print(("%d"):format((cqueues.monotime() - start) * 1e9 // 1))
