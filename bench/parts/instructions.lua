--- Where the instructions of a search of 50 tasks go.

local callgrind = require "bench.callgrind"
local markdown = require "bench.markdown"

local instructions = {}

--- Measures.
-- @tparam table setting of `bench/run.lua`
-- @treturn table groups: `name` and `instructions`
function instructions.measure(setting)
  return callgrind.split(50, 20, 220, setting)
end

--- No marks: there are others for the times.
-- @treturn table
function instructions.marks()
  return {}
end

--- What the page of results says.
-- @tparam table measured
-- @treturn table of blocks, each a table of lines
function instructions.sections(measured)
  local rows, total = {}, 0
  for _, group in ipairs(measured) do
    total = total + group.instructions
  end
  for index, group in ipairs(measured) do
    rows[index] = { group.name, ("%.0f"):format(group.instructions),
      ("%.1f %%"):format(100 * group.instructions / total) }
  end
  return {
    { "## Where the instructions of a search of 50 tasks go" },
    markdown.table({ "where", "instructions", "part" }, rows),
    { "From callgrind, in user space only: what the kernel does for the transport is in the times above." },
  }
end

return instructions
