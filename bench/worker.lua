--- One sample in a process of its own: prints nanoseconds.
-- worker.lua search SIZE WARMING COUNT: searches of pages of SIZE tasks, as a user does them
-- worker.lua decode SIZE WARMING COUNT: lua-cjson alone over the same bodies
-- worker.lua decode_walk SIZE WARMING COUNT: the same over a page of a walk
-- worker.lua read SIZE WARMING COUNT: the client's own decoder over the same bodies

local bodies = require "bench.bodies"
local cjson = require "cjson"
local cqueues = require "cqueues"
local json = require "tasklist.json"
local tasklist = require "tasklist"

local kinds = {}

function kinds.search(page)
  local client = assert(tasklist.new())
  local query = bodies.query(page)
  return function()
    assert(#assert(client:search_tasks(query)) == page.size)
  end
end

local function decoder_of(body)
  local codec = cjson.new()
  codec.decode_invalid_numbers(false)
  return function()
    codec.decode(body)
  end
end

function kinds.decode(page)
  return decoder_of(bodies.write(page))
end

function kinds.decode_walk(page)
  return decoder_of(table.concat(bodies.walk_pages(page.size)[1], '"1","1"'))
end

function kinds.read(page)
  local body = bodies.write(page)
  return function()
    assert(json.decode(body))
  end
end

local function repeated(sample, count)
  for _ = 1, count do
    sample()
  end
end

local kind, size, warming, count = ...
local sample = kinds[kind](bodies.page(tonumber(size)))
repeated(sample, tonumber(warming))
local start = cqueues.monotime()
repeated(sample, tonumber(count))
print(("%d"):format((cqueues.monotime() - start) * 1e9 // 1))
