local numbers = require "tasklist.cli.numbers"
local shell = require "tasklist.cli.shell"
local terminal = require "tasklist.terminal"

-- How a client signs in, and what the sandbox calls that; besides, the variables that say so to a client.
local KINDS = {
  oauth = { authentication = "jwt" },
  cookie = { authentication = "cookie", variables = { CAMUNDA_AUTH_STRATEGY = "COOKIE",
    CAMUNDA_COOKIE_AUTH_USERNAME = "demo", CAMUNDA_COOKIE_AUTH_PASSWORD = "demo" } },
  basic = { authentication = "basic", variables = { CAMUNDA_AUTH_STRATEGY = "BASIC",
    CAMUNDA_BASIC_AUTH_USERNAME = "demo", CAMUNDA_BASIC_AUTH_PASSWORD = "demo" } },
  none = { authentication = "none", variables = { CAMUNDA_AUTH_STRATEGY = "NONE" } },
}

-- The last line that a sandbox prints at its start.
local LAST = "^export ZEEBE_AUTHORIZATION_SERVER_URL="

local function version_of(word)
  local minor = word:match "^8%.(%d+)$" or word:match "^8%.(%d+)%.%d+$"
  if minor and tonumber(minor) >= 5 and tonumber(minor) <= 10 then return word end
  return nil, ("must be a version from 8.5 to 8.10, also with a patch as in 8.8.3, and is '%s'"):format(word)
end

-- The lines by which a shell's programs sign in as this kind asks.
local function lines_of(kind)
  local lines = {}
  for name, value in pairs(kind.variables or {}) do
    lines[#lines + 1] = ("export %s=%s"):format(name, shell.quote(value))
  end
  table.sort(lines)
  return table.concat(lines, "\n") .. (lines[1] and "\n" or "")
end

-- Serves in this process until Ctrl-C.
local function serve(given)
  local loaded, sandbox = pcall(function() return require "tasklist.sandbox" end)
  if not loaded then
    error({ kind = "missing", message = "the sandbox needs cqueues and luaossl: `apt install lua-cqueues "
      .. "lua-luaossl`, or `luarocks install cqueues` and `luarocks install luaossl`" }, 0)
  end
  local kind = KINDS[given.auth]
  io.write(lines_of(kind))
  local fine, problem = pcall(sandbox.run, { port = given.port, version = given.version,
    authentication = kind.authentication })
  if fine then return end
  error({ kind = "sandbox", message = tostring(problem):gsub("^[^ ]*:%d+: ", "") }, 0)
end

-- The command line by which this program was started, up to its name.
local function this_program()
  local first = 0
  while arg[first - 1] do first = first - 1 end
  return table.move(arg, first, 0, 1, {})
end

-- The command line of one that serves the same.
local function server_command(given)
  local words = this_program()
  for _, word in ipairs { "sandbox", "--auth=" .. given.auth, "--port=" .. (given.port or 0),
    given.version and "--version=" .. given.version } do
    words[#words + 1] = word
  end
  return shell.line(words)
end

-- A sandbox in a process of its own. A line through the pipe ends it, and so does the pipe's end, which comes when this
-- program and the command have ended, however they end. A session of its own keeps it from the Ctrl-C that is for the
-- command.
local Server = {}

function Server.__close(self)
  os.remove(self.path)
  self.pipe:write "\n" -- closed alone it would stay open where the command has left something that runs
  self.pipe:close()
end

-- Starts it. What it prints can be read from `path`.
local function start(given)
  local path = os.tmpname()
  os.remove(path)
  assert(os.execute("mkfifo -m 600 " .. shell.quote(path)))
  local script = ("%s >%s & read -r _; kill $! 2>/dev/null; wait"):format(server_command(given), shell.quote(path))
  return setmetatable({ path = path, pipe = io.popen("exec setsid sh -c " .. shell.quote(script), "w") }, Server)
end

-- What a sandbox has printed for a shell, as one text; nil if it did not start.
local function printed(path)
  local lines = {}
  for line in io.lines(path) do
    if line:find "^export " then lines[#lines + 1] = line end
    if line:find(LAST) then return table.concat(lines, "\n") end
  end
end

-- What a shell does with the variables that lead to a sandbox: it runs the command.
local function with_command(words)
  return function(variables) return variables .. "\nexec " .. shell.line(words) end
end

-- Without a command, somebody at a terminal gets them as one line, and the sandbox stays until Ctrl-C.
local function with_person(variables)
  io.write("A sandbox is running. Paste this line into another terminal, and try `", arg[0], " list` there. ",
    "Ctrl-C here ends it.\n\n", (variables:gsub("\nexport ", " ")), "\n"):flush()
  return "exec sleep 2147483647"
end

-- Runs what `use` makes of the variables that lead to a sandbox, a command of a shell.
local function run_with(given, use)
  local server <close> = start(given)
  local variables = printed(server.path)
  if not variables then return 1 end -- it has said why
  return shell.run(use(variables))
end

return {
  description = "Runs a small Camunda with sample tasks on this machine, to try things with. It prints the variables "
    .. "that lead to it, to be pasted into another terminal, and serves until Ctrl-C. With a command it runs that with "
    .. "these variables, and ends with it.",
  arguments = { { name = "COMMAND", many = true, optional = true, bytes = true, empty = true,
    description = "what to run, behind --" } },
  options = {
    { name = "--port", argname = "N", convert = numbers.whole(0, 65535),
      description = "where it listens; a free one by default" },
    { name = "--auth", argname = "KIND", choices = { "oauth", "cookie", "basic", "none" }, default = "oauth",
      description = "how clients sign in" },
    { name = "--version", argname = "VERSION", convert = version_of,
      description = "of Camunda, from 8.5 to 8.10; 8.6 by default" },
  },
  run = function(_, given)
    if given.COMMAND[1] then return run_with(given, with_command(given.COMMAND)) end
    if terminal.width(1) then return run_with(given, with_person) end
    serve(given)
  end,
}
