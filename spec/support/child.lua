--- Programs of others that serve at a port while a test runs, each with a folder for its files.
local http = require "spec.support.http"
local public = require "spec.support.public"

local Child = {}
Child.__index = Child

--- Ends the program, and removes its folder. May be called again.
-- @return whether it ended well, and what it wrote
function Child:stop()
  if not self.output then return end
  os.execute("kill " .. self.pid)
  local fine = self.output:close() -- waits for its end
  self.output = nil
  local written = public.read(self.folder .. "/output")
  os.execute("rm -r " .. self.folder)
  return fine, written
end

Child.__gc = Child.stop

local child = {}

--- A port of this machine that was free a moment ago: these programs can't choose one by themselves.
-- @return integer
function child.free_port()
  local socket = require "socket"
  local listener = assert(socket.bind("127.0.0.1", 0))
  local _, port = listener:getsockname()
  listener:close()
  return port
end

local function fill(text, values)
  return (text:gsub("%%{(%w+)}", values))
end

--- Runs a program to its end; one that has not ended after 20 s is ended.
-- @param command what a shell runs
-- @param values table: what is filled in, by name
-- @return its exit code (124: it was ended), and what it wrote to stderr
function child.run(command, values)
  local output = assert(io.popen(("timeout -k 10 20 %s 2>&1 >/dev/null"):format(fill(command, values))))
  local written = output:read "a"
  return select(3, output:close()), written
end

--- Starts a program, and waits until it listens. It ends with the test, or after 300 s; one that does not end when
-- it is told to is killed 10 s later.
-- @param command what a shell runs; in this and in the files %{folder} and %{port} are filled in
-- @param files table: name in the folder -> text
-- @param values table: what else is filled in, by name; or nil
-- @return object with folder, port, stop; what the program writes is in the folder's file "output"
function child.start(command, files, values)
  local folder, port = os.tmpname(), child.free_port()
  os.remove(folder)
  assert(os.execute("mkdir " .. folder))
  values = setmetatable({ folder = folder, port = port }, { __index = values })
  for name, text in pairs(files) do
    local file <close> = assert(io.open(folder .. "/" .. name, "w"))
    file:write(fill(text, values))
  end
  local output = assert(io.popen(
    ("echo $$; PATH=$PATH:/usr/sbin exec timeout -k 10 --foreground 300 %s >%s/output 2>&1")
      :format(fill(command, values), folder)))
  local self = setmetatable({ output = output, pid = assert(output:read "n"), folder = folder, port = port }, Child)
  repeat
    assert(io.open(("/proc/%d/stat"):format(self.pid)), command .. " did not start"):close()
  until pcall(function() http.connect("http://127.0.0.1:" .. port):close() end) -- which waits for the connection
  return self
end

return child
