--- JSON: one array of all results, also where there is one or none, with a line for each.

local ndjson = require "tasklist.cli.output.ndjson"

local Json = {}
Json.__index = Json

function Json:add(row)
  self.stream:write(self.begun and ",\n" or "[\n", self.lines:text(row))
  self.begun = true
end

function Json:close()
  self.stream:write(self.begun and "\n]\n" or "[]\n")
end

local function new(stream, columns, asked)
  return setmetatable({ stream = stream, lines = ndjson.new(stream, columns, asked) }, Json)
end

return { new = new }
