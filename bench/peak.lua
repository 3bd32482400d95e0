-- peak.lua COMMAND…: runs it, and prints the KiB that the process ever had. GNU's time is in no minimal Debian, so
-- the shell that becomes the command says its id, and what the system knows of that is read until it has ended.
local shell = require "bench.shell"

local words = {}
for index, word in ipairs(arg) do
  words[index] = shell.quote(word)
end
local pipe = assert(io.popen("echo $$; exec " .. table.concat(words, " ")))
local path = ("/proc/%d/status"):format(pipe:read "n")

local function peak()
  local file <close> = io.open(path)
  return file and tonumber((file:read("a"):match "VmHWM:%s*(%d+)"))
end

local most = 0
repeat
  local now = peak()
  most = math.max(most, now or 0)
  os.execute "sleep 0.05"
until not now
assert(pipe:close())
print(most)
