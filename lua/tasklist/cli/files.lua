--- Files that the command line names.

local files = {}

--- Reads all of a file.
-- @tparam string path `-` is stdin
-- @treturn ?string its bytes; nil where it cannot be read
-- @treturn ?string then why
function files.read(path)
  local file, problem = io.stdin, nil
  if path ~= "-" then file, problem = io.open(path, "rb") end
  if not file then return nil, problem end
  return file:read "a"
end

return files
