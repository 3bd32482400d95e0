--- Runs the program `tasklist` as a process, as a user does: with no variable that leads Lua to this checkout.
local quote = require "spec.support.quote"

local Run = {}
Run.__index = Run

local program = {}

-- What the program may never say: names of what only Lua has, and what a mistake in it looks like.
local OF_LUA = { 'option "', "client:%l", "[^%w]query%.%l", "%f[%w]base_url", "%f[%w]rest_url",
  "a mistake in this program", "stack traceback" }

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

-- The words as one shell command.
local function command(words, server, environment)
  local parts = { "env", "-i", "PATH=" .. quote(os.getenv "PWD" .. "/bin:/usr/bin:/bin"),
    "HOME=" .. quote(os.getenv "HOME"), "TERM=xterm" }
  if server then
    parts[#parts + 1] = program.environment(server)
  end
  for name, value in pairs(environment or {}) do
    parts[#parts + 1] = quote(name .. "=" .. value)
  end
  parts[#parts + 1] = "bin/tasklist"
  for _, word in ipairs(words) do
    parts[#parts + 1] = quote(word)
  end
  return table.concat(parts, " ")
end

--- The variables that lead to a sandbox, as words of a shell command.
-- @tparam table server of spec.support.sandbox
-- @treturn string
function program.environment(server)
  local words = {}
  for name, value in pairs { CAMUNDA_TASKLIST_BASE_URL = server.v1_url, CAMUNDA_REST_ADDRESS = server.rest_url,
    ZEEBE_CLIENT_ID = server.client_id, ZEEBE_CLIENT_SECRET = server.client_secret,
    ZEEBE_AUTHORIZATION_SERVER_URL = server.token_url } do
    words[#words + 1] = quote(name .. "=" .. value)
  end
  return table.concat(words, " ")
end

--- Starts the program.
-- @tparam table words of its command line
-- @tparam ?table options: `server` (of spec.support.sandbox), `environment` (name -> value); `stdin` (string; nothing
--   by default), `open` (true: `send` writes more to it, until `close_input`); `terminal` (integer: how many columns;
--   stdin, stdout and stderr are one terminal then, `send` types)
-- @return object with `out()` and `err()` (what it wrote until now), `send(text)` and `finish()`
function program.start(words, options)
  options = options or {}
  local run = setmetatable({ folder = os.tmpname(), terminal = options.terminal }, Run)
  os.remove(run.folder)
  assert(os.execute("mkdir " .. run.folder .. " && cd " .. run.folder .. " && mkfifo in && : >out >err"))
  local line = command(words, options.server, options.environment)
  if options.terminal then
    -- The terminal has its size before the program looks.
    line = ("script -qefc %s /dev/null"):format(quote(("stty cols %d; exec %s"):format(options.terminal, line)))
  end
  -- A program that hangs must not outlive the tests. `timeout` is not on the program's terminal, since it would hand a
  -- Ctrl-C on that the program has got already, and Lua dies of the second one.
  line = "timeout --foreground 120 " .. line
  -- The shell says the process's own id before it becomes the program.
  run.process = assert(io.popen(("cd %s/ && echo $$ >%s/pid; exec %s <%s/in >%s/out 2>%s/err"):format(
    quote(os.getenv "PWD" or "."), run.folder, line, run.folder, run.folder, run.folder)))
  run.input = assert(io.open(run.folder .. "/in", "wb"))
  run.input:setvbuf "no"
  if options.stdin then run.input:write(options.stdin) end
  if not options.terminal and not options.open then run.input:close() end
  return run
end

--- Types a text, or writes it to an open stdin.
function Run:send(text)
  self.input:write(text)
end

--- Ends its stdin.
function Run:close_input()
  self.input:close()
end

--- What it wrote to stdout until now; with a terminal what that shows, with its line ends.
function Run:out()
  return read(self.folder .. "/out")
end

--- What it wrote to stderr until now.
function Run:err()
  return read(self.folder .. "/err")
end

--- The process's id: of `timeout`, which hands signals on.
function Run:pid()
  return tonumber(read(self.folder .. "/pid"))
end

--- Waits for its end.
-- @treturn string stdout
-- @treturn string stderr
-- @treturn integer the exit code, or 128 and the signal
function Run:finish()
  local _, how, code = self.process:close()
  if self.terminal then self.input:close() end
  local out, err = self:out(), self:err()
  for _, pattern in ipairs(OF_LUA) do assert(not err:find(pattern), err) end
  os.execute("rm -r " .. self.folder)
  return out, err, how == "signal" and 128 + code or code
end

--- Runs the program to its end.
-- @tparam table words of its command line
-- @tparam ?table options as for `start`
-- @return as `finish`
function program.run(words, options)
  return program.start(words, options):finish()
end

return program
