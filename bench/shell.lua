--- Other programs: run, measured, ended.

local shell = {}

--- A word as the shell takes it.
-- @tparam string|number text
-- @treturn string
function shell.quote(text)
  return "'" .. tostring(text):gsub("'", [['\'']]) .. "'"
end

local function command_of(words)
  local quoted = {}
  for index, word in ipairs(words) do
    quoted[index] = shell.quote(word)
  end
  return table.concat(quoted, " ")
end

--- What a program prints. Raises when it fails.
-- @tparam string ... the program and its arguments
-- @treturn string
function shell.read(...)
  local command = command_of { ... }
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  if not pipe:close() then
    error("failed: " .. command, 0)
  end
  return text
end

--- What a command line prints, without its last line end; "unknown" when it fails.
-- @tparam string command
-- @treturn string
function shell.try(command)
  local pipe = assert(io.popen(command .. " 2>/dev/null"))
  local text = pipe:read("a"):gsub("\n$", "")
  return pipe:close() and text ~= "" and text or "unknown"
end

--- Starts a server that prints its port and pid, and ends it when it goes out of scope.
-- @tparam string ... the program and its arguments
-- @treturn table `port`, to be closed
function shell.serve(...)
  local pipe = assert(io.popen("exec " .. command_of { ... }))
  local port, pid = pipe:read("n", "n")
  if not pid then
    error("the server did not start", 0)
  end
  return setmetatable({ port = port }, { __close = function()
    os.execute("kill " .. pid)
    pipe:close()
  end })
end

return shell
