--- A server that answers every request with the same bytes, as a process of its own.
local quote = require "spec.support.quote"

local SCRIPT = [[
local cqueues, socket = require "cqueues", require "cqueues.socket"
local bytes = io.open(arg[1], "rb"):read "a"
local listener = socket.listen { host = "127.0.0.1", port = 0 }
assert(listener:listen())
print((io.open("/proc/self/stat"):read "n"))
print((select(3, listener:localname())))
io.stdout:flush()
local loop = cqueues.new()
loop:wrap(function()
  for sock in listener:clients() do
    loop:wrap(function()
      sock:onerror(function(_, _, code) return code end)
      sock:setmode("b", "bf")
      local length = 0
      for line in sock:lines "*L" do
        length = line:match "^[Cc]ontent%-[Ll]ength: (%d+)" or length
        if line == "\r\n" then break end
      end
      if sock:read(math.tointeger(length)) or length == 0 then
        sock:write(bytes)
        sock:flush()
      end
      sock:close()
    end)
  end
end)
assert(loop:loop())
]]

local Raw = {}
Raw.__index = Raw

local raw = {}

--- Starts a server of another kind: a script that reads its file `arg[1]`, and prints its pid and its port.
-- @tparam string script
-- @tparam string bytes what is in the file
-- @tparam integer seconds after which it ends by itself
-- @treturn table `base_url`, and the method `stop`
function raw.serve(script, bytes, seconds)
  local paths = { os.tmpname(), os.tmpname() }
  for index, text in ipairs { script, bytes } do
    local file <close> = assert(io.open(paths[index], "wb"))
    file:write(text)
  end
  local command = ("exec timeout --foreground %d lua5.4 %s %s"):format(seconds, quote(paths[1]), quote(paths[2]))
  local output = assert(io.popen(command))
  local pid, port = assert(output:read("n", "n"))
  for _, path in ipairs(paths) do os.remove(path) end
  return setmetatable({ output = output, pid = pid, base_url = ("http://127.0.0.1:%d"):format(port) }, Raw)
end

--- Starts one.
-- @tparam string bytes a whole answer; the connection is closed behind it
-- @treturn table as of `serve`
function raw.start(bytes)
  return raw.serve(SCRIPT, bytes, 60)
end

--- Ends it.
function Raw:stop()
  os.execute(("kill %d"):format(self.pid))
  self.output:close()
end

return raw
