--- What the system knows of this process.

local process = {}

--- A size out of /proc/self/status.
-- @tparam string key "VmRSS", what is resident now, or "VmHWM", the most that ever was
-- @treturn integer KiB
function process.memory(key)
  for line in io.lines("/proc/self/status") do
    local kib = line:match("^" .. key .. ":%s*(%d+)")
    if kib then
      return math.tointeger(kib)
    end
  end
end

return process
