--- The ids alone, a line each: what `-` reads.

local Ids = {}
Ids.__index = Ids

function Ids:add(row)
  self.stream:write(row.id, "\n")
end

function Ids:close() end

return { new = function(stream) return setmetatable({ stream = stream }, Ids) end }
