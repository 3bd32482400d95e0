--- The ids alone, a line each: what `-` reads.

local text = require "tasklist.cli.output.text"

local Ids = {}
Ids.__index = Ids

function Ids:add(row)
  self.stream:write(text.harmless(text.of(row.id)), "\n")
end

function Ids:close() end

return { new = function(stream) return setmetatable({ stream = stream }, Ids) end }
