--- Where instructions go, by callgrind.
--
-- Each group is what runs below a border between objects, so what the decoder makes Lua do counts as decoding.

local callgrind = {}

-- "(12) name" defines a name, "(12)" refers to it.
local function name_of(names, text)
  local id, name = text:match("^%((%d+)%) ?(.*)$")
  if name ~= "" then
    names[id] = name
  end
  return names[id]
end

local function object_kind(path)
  if path:find("libcurl", 1, true) then
    return "curl"
  end
  return (path:find("tasklist/core", 1, true) or path:find("bench/scale", 1, true)) and "core" or "other"
end

--- Reads a profile.
-- @tparam string path a file that callgrind wrote
-- @treturn number all instructions
-- @treturn table instructions spent below calls from one object into another: "from>to" -> number; objects are
--   "curl", "core" but for its function tl_push_answer, which is "decode", and "other"
local function read(path)
  local objects, functions, crossed, total = {}, {}, {}, 0
  local object, called_object, called_function, is_call
  for line in io.lines(path) do
    local key, rest = line:match("^(%l+)=(.*)$")
    if key == "ob" then
      object = name_of(objects, rest)
    elseif key == "cob" then
      called_object = name_of(objects, rest)
    elseif key == "fn" then
      name_of(functions, rest)
    elseif key == "cfn" then
      called_function = name_of(functions, rest)
    elseif key == "calls" then
      is_call = true
    else
      local cost = line:match("^[%d+*-]%S* (%d+)$")
      if cost and is_call then
        local from, to = object_kind(object), object_kind(called_object or object)
        local border = from .. ">" .. (called_function == "tl_push_answer" and "decode" or to)
        crossed[border] = (crossed[border] or 0) + cost
        is_call, called_object = false, nil
      elseif cost then
        total = total + cost
      end
    end
  end
  return total, crossed
end

local function profile(setting, ...)
  local path = os.tmpname()
  setting.read("valgrind", "-q", "--tool=callgrind", "--callgrind-out-file=" .. path, ...)
  local total, crossed = read(path)
  os.remove(path)
  return total, crossed
end

--- What a program does itself, or has libraries do for it other than libcurl.
-- @tparam table setting of `bench/run.lua`
-- @tparam string ... the program, which has "bench/scale" in its path, and its arguments
-- @treturn number instructions
function callgrind.outside_libcurl(setting, ...)
  local total, crossed = profile(setting, ...)
  return total - (crossed["core>curl"] or 0) - (crossed["other>curl"] or 0) + (crossed["curl>core"] or 0)
end

--- The split of one search of a page, from two runs that differ only in how often they search.
-- @tparam integer size tasks of the page
-- @tparam integer few, many: searches of the two runs
-- @tparam table setting of `bench/run.lua`
-- @treturn table groups in order: `name`, `instructions`
function callgrind.split(size, few, many, setting)
  local few_total, few_crossed = profile(setting, setting.lua, "bench/worker.lua", "search", size, 0, few)
  local many_total, many_crossed = profile(setting, setting.lua, "bench/worker.lua", "search", size, 0, many)
  local function each(border)
    return ((many_crossed[border] or 0) - (few_crossed[border] or 0)) / (many - few)
  end
  local total = (many_total - few_total) / (many - few)
  local decode = each "core>decode"
  assert(decode > 1, "nothing calls tl_push_answer: what decodes an answer is called something else now")
  local transport = each("core>curl") - each("curl>core")
  local engine = each("other>core") - transport - decode
  return {
    { name = "transport: libcurl and what it calls", instructions = transport },
    { name = "decode: the codec and the tables it makes", instructions = decode },
    { name = "engine and binding", instructions = engine },
    { name = "Lua: the Lua layer, the collector beside the above", instructions = total - decode - transport - engine },
  }
end

return callgrind
