--- What a program can notice of a library in its process: a row for each thing, and a look at all of them.
local checkout = require "spec.support.checkout"
local process = assert(package.loadlib(checkout.build .. "/spec/process.so", "luaopen_process"))()

local noticed = {}

local function is_own(name)
  return tostring(name):find "^tasklist" ~= nil
end

-- The fields of tables, by a name for each: what is in them, and that it is the same.
local function fields_of(tables)
  local found = {}
  for name, one in pairs(tables) do
    found[name] = one
    for key, value in pairs(one) do
      if not is_own(key) then found[("%s[%s]"):format(name, key)] = value end
    end
  end
  return found
end

-- All libraries that the program has, as they were when this was loaded.
local libraries = {}
for name, one in pairs(package.loaded) do
  if type(one) == "table" and not is_own(name) then libraries[name] = one end
end
libraries["package.searchers"], libraries["package.preload"] = package.searchers, package.preload

-- One value of each type that shares its metatable with all others of it, and what a file has.
local samples = { "text", 1, true, print, coroutine.create(print), io.stdout, [7] = debug.upvalueid(is_own, 1) }

local function metatables()
  local found = {}
  for index = 0, 7 do
    local sample = samples[index] -- nil has one, too
    local meta = debug.getmetatable(sample)
    found[tostring(index)] = meta
    for key, value in pairs(meta or {}) do
      found[index .. tostring(key)] = value
      for name, method in pairs(type(value) == "table" and value or {}) do found[index .. key .. name] = method end
    end
  end
  return found
end

-- Of the module's own there are metatables, and what the codec remembers, at the address of a variable. Lua makes the
-- metatable of its buffers when it first needs one.
local function registry()
  local found = {}
  for key, value in pairs(debug.getregistry()) do
    local remembered = type(key) == "userdata" and type(value) == "userdata" and not debug.getmetatable(value)
    if not is_own(key) and not remembered and key ~= "_UBOX*" then found[key] = value end
  end
  return found
end

-- What cannot be read without being set is set again.
local function collector()
  local mode = collectgarbage "incremental"
  local pause, step = collectgarbage("setpause", 100), collectgarbage("setstepmul", 100)
  collectgarbage("setpause", pause)
  collectgarbage("setstepmul", step)
  collectgarbage(mode)
  return { mode = mode, pause = pause, step = step, runs = collectgarbage "isrunning" }
end

local getters = { "encode_sparse_array", "encode_max_depth", "decode_max_depth", "encode_number_precision",
  "encode_keep_buffer", "encode_invalid_numbers", "decode_invalid_numbers", "decode_array_with_array_mt",
  "encode_escape_forward_slash" }

-- Called without arguments these give what is set.
local function cjson()
  local found = {}
  for _, name in ipairs { "cjson", "cjson.safe" } do
    local one = package.loaded[name]
    for _, getter in ipairs(one and getters or {}) do
      local values = one[getter] and { one[getter]() } or {} -- not each version has each of them
      for place, value in ipairs(values) do found[name .. getter .. place] = value end
    end
    found[name .. " of an empty table"] = one and one.encode {}
  end
  return found
end

-- The seed stays until somebody takes a number or sets another.
math.randomseed(42)
local function random()
  local number = math.random(0)
  math.randomseed(42)
  return { number }
end

local function status()
  local found = {}
  for line in io.lines "/proc/self/status" do
    local name, value = line:match "^([%w_]+):%s*(.*)$"
    found[name] = value
  end
  return found
end

-- What the kernel says of the process and does not change by itself.
local function kernel()
  local all, found = status(), {}
  for _, name in ipairs { "Umask", "SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt", "CapEff", "NoNewPrivs",
    "Seccomp" } do
    found[name] = all[name]
  end
  return found
end

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

--- what -> function that reads it, as a table of things to compare. In this order, since a look opens a file.
noticed.rows = {
  { "globals and libraries", function() return fields_of(libraries) end },
  { "modules", function() return fields_of { loaded = package.loaded } end },
  { "paths", function() return { package.path, package.cpath, package.config } end },
  { "metatables", metatables },
  { "the registry", registry },
  { "the collector", collector },
  { "the hook", function() return { debug.gethook() } end },
  { "lua-cjson's settings", cjson },
  { "random numbers", random },
  { "the locale", function() return { os.setlocale(nil, "all") } end },
  { "the default files", function() return { io.input(), io.output() } end },
  { "signals", process.signals },
  { "the environment", process.environment },
  { "descriptors", process.descriptors },
  { "the process", process.others },
  { "the kernel's view", kernel },
  { "limits", function() return { read "/proc/self/limits" } end },
  { "timers", function() return { read "/proc/self/timers" } end },
  { "children", function() return { read(("/proc/self/task/%s/children"):format(status().Pid)) } end },
  { "threads", function() return { status().Threads } end },
}

--- Looks at all of it.
-- @treturn table what -> the table that its function gave
function noticed.look()
  local seen = {}
  for _, row in ipairs(noticed.rows) do seen[row[1]] = row[2]() end
  return seen
end

--- Waits until as many threads run as in a look: one that looks up a name may end later than the call that asked.
function noticed.wait_for_threads(before)
  repeat until status().Threads == before.threads[1]
end

--- Compares two looks.
-- @treturn table lines about what differs
function noticed.differences(before, after)
  local found = {}
  for _, row in ipairs(noticed.rows) do
    local one, other = before[row[1]], after[row[1]]
    for _, both in ipairs { one, other } do
      for name in pairs(both) do
        if not rawequal(one[name], other[name]) then
          found[("%s: %s was %s, and is %s"):format(row[1], name, one[name], other[name])] = true
        end
      end
    end
  end
  local lines = {}
  for line in pairs(found) do lines[#lines + 1] = line end
  table.sort(lines)
  return lines
end

return noticed
