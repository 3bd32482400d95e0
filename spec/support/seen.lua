--- What a sandbox has seen at one of its paths.
local seen = {}

--- How many requests came.
-- @param server from spec.support.sandbox
-- @param path string
-- @return integer
function seen.count(server, path)
  local found = 0
  for _, entry in ipairs(server:log()) do
    if entry.path == path then found = found + 1 end
  end
  return found
end

--- The latest request.
-- @return its entry in the log, or nil
function seen.last(server, path)
  local found
  for _, entry in ipairs(server:log()) do
    if entry.path == path then found = entry end
  end
  return found
end

return seen
