--- Many searches through one client, after which it has no more than before.

local markdown = require "bench.markdown"

local soak = {}

local count, every = 100000, 10000

--- Measures.
-- @tparam table setting of `bench/run.lua`
-- @treturn table of points in time: `count` of searches, KiB of `lua` and of the process (`resident`), `descriptors`
function soak.measure(setting)
  local points = {}
  for line in setting.read(setting.lua, "bench/soak.lua", count, every):gmatch("[^\n]+") do
    local searches, kib, resident, descriptors = line:match("(%d+) (%S+) (%d+) (%d+)")
    points[#points + 1] = { count = tonumber(searches), lua = tonumber(kib), resident = tonumber(resident),
      descriptors = tonumber(descriptors) }
  end
  return points
end

-- What leaks in each search adds up to more than this. Pages that malloc keeps come and go; and Lua's own table of
-- strings doubles once, to 32 KiB, when as many as it has places for are there just before a collection.
local limits = {
  { key = "lua", name = "Lua", limit = "at most %d KiB", most = 32, form = "%+.1f KiB" },
  { key = "resident", name = "the process", limit = "at most %d KiB", most = 256, form = "%+d KiB" },
  { key = "descriptors", name = "descriptors", limit = "at most %d", most = 0, form = "%+d" },
}

--- The marks.
-- @tparam table measured
-- @treturn table
function soak.marks(measured)
  local first, marks = measured[1], {}
  for index, limit in ipairs(limits) do
    local growth = 0
    for _, point in ipairs(measured) do
      growth = math.max(growth, point[limit.key] - first[limit.key])
    end
    marks[index] = {
      name = ("%s searches through one client: %s"):format(markdown.thousands(measured[#measured].count), limit.name),
      limit = limit.limit .. " more than after the first " .. markdown.thousands(first.count), most = limit.most,
      rounds = { growth }, form = limit.form,
    }
  end
  return marks
end

--- Nothing more to say.
-- @treturn table
function soak.sections()
  return {}
end

return soak
