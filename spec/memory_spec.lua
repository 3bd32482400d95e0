--- The codec of variable values in a state that gets no memory, at each place where it asks for some.
local host = os.getenv "TASKLIST_LUA" or require "spec.support.checkout".build .. "/spec/host"

-- `sweep(fn, ...)` calls the function with memory for 0, 1, 2 … things, until that is enough, then with the garbage
-- collected for each object that it makes. What it gives with enough memory it gives each time.
local head = [=[
  local core, starve = require "tasklist.core", require "host".starve

  local text = '{"short":[1,2.5,-0.0,"x",true,null,[[[]]],{}],"null":null,"long":"' .. ("y"):rep(100) .. '","' ..
    ("z"):rep(5000) .. '":"\\u00e9\\n' .. ("\\\\u20ac"):rep(500) .. '","many":[' .. ("[1],"):rep(300) .. '0]}'

  local function sweep(fn, ...)
    local enough
    local function expect(...)
      enough = enough or table.pack(...)
      for i = 1, enough.n do assert(rawequal((select(i, ...)), enough[i])) end
    end
    expect(fn(...))
    local failures = 0
    while true do
      local all = table.pack(starve(failures, fn, ...))
      if all[1] then
        expect(table.unpack(all, 2, all.n))
        break
      end
      assert(all[2] == "not enough memory", all[2])
      failures = failures + 1
      assert(failures < 10000, "it is never enough")
    end
    local all = table.pack(starve(nil, fn, ...))
    assert(all[1], all[2])
    expect(table.unpack(all, 2, all.n))
    return failures
  end
]=]

local rows = {
  { "reads a value", [=[
    local first = core.decode_value(text)
    assert(sweep(function()
      return core.encode_value(core.decode_value(text)["many"])
    end) > 300)
    assert(#first.many == 301)
  ]=] },
  { "reads a value with its nulls", [=[
    assert(sweep(function()
      return core.encode_value(core.decode_value(text, true).short)
    end) > 300)
  ]=] },
  { "reads an answer", [=[
    assert(sweep(function()
      return core.encode_value(core.decode_answer("\xEF\xBB\xBF" .. text).many)
    end) > 300)
    assert(sweep(core.decode_answer, text .. "]") > 300)
  ]=] },
  { "looks for what lua-cjson calls an array", [=[
    local mt, empty = {}, debug.upvalueid(function() return sweep end, 1)
    package.loaded["cjson.safe"] = { empty_array_mt = mt, empty_array = empty }
    sweep(function()
      assert(core.encode_value { setmetatable({}, mt), empty, setmetatable({}, {}) } == "[[],[],{}]")
      return core.is_array(empty), core.is_array(setmetatable({}, mt)), core.is_array {}
    end)
  ]=] },
  { "reads the first long string with escapes", [=[
    debug.getregistry()["_UBOX*"] = nil -- what Lua's own buffers keep; half made, it would break all that come later
    local long = "\\n"
    for _ = 1, 10 do long = long .. long end
    local failures = 0
    while true do
      local fine, value = starve(failures, core.decode_value, '"' .. long .. '"')
      if fine then break end
      assert(value == "not enough memory", value)
      failures = failures + 1
    end
    assert(failures > 0)
  ]=] },
  { "reads names that are new, and objects in each other", [=[
    local calls = 0
    assert(sweep(function() -- the name is no string of Lua's before, and what could not be made is asked for again
      calls = calls + 1
      local name = calls // 8
      local value = core.decode_value('[{"fresh' .. name .. '":{"also' .. name .. '":1}},{"fresh' .. name .. '":2}]')
      return value[1]["fresh" .. name]["also" .. name] + value[2]["fresh" .. name]
    end) > 3)
    local deep = ('{"a":[{"b":1,"c":'):rep(150) .. "0" .. ("}]}"):rep(150)
    assert(sweep(function()
      local value, depth = core.decode_value(deep), 0
      while value ~= 0 do value, depth = value.a[1].c, depth + 1 end
      return depth
    end) > 300)
  ]=] },
  { "reads a value while finalizers read others", [=[
    local runs = 0
    local function leave_garbage(turn)
      setmetatable({}, { __gc = function()
        local name = ("field%d"):format(turn * 7919 % 300)
        local value = core.decode_value(('[{"%s":"%s"},{"%s":1,"more":2}]'):format(name, name, name))
        assert(value[1][name] == name and value[2][name] == 1)
        runs = runs + 1
        leave_garbage(turn + 1)
      end })
    end
    local parts = {}
    for i = 1, 300 do
      local name = ("field%d"):format(i)
      parts[i] = ('{"%s":"%s","%s":{"%s":"same"}}'):format(name, name, name .. "x", name)
    end
    local whole = "[" .. table.concat(parts, ",") .. "]"
    require "spec.support.eager_collector" ()
    collectgarbage()
    leave_garbage(1)
    local list = core.decode_value(whole)
    assert(runs > 50, runs)
    for i = 1, 300 do
      local name = ("field%d"):format(i)
      assert(list[i][name] == name and list[i][name .. "x"][name] == "same")
    end
  ]=] },
  { "makes lines of foreign text", [=[
    assert(sweep(core.line, ("x\n"):rep(1000), 1000) > 0)
    assert(sweep(core.lower, ("X"):rep(5000)) > 0)
  ]=] },
  { "says what is wrong in a text", [=[
    assert(sweep(core.decode_value, text .. "]") > 300)
  ]=] },
  { "writes a value", [=[
    assert(sweep(core.encode_value, core.decode_value(text)) > 2)
  ]=] },
  { "says what is wrong in a value", [=[
    local value, long = { print }, ("p"):rep(100)
    for i = 1, 30 do value = { [("a"):rep(100) .. i] = value } end
    assert(sweep(core.encode_value, value, long) > 2)
    assert(sweep(core.encode_value, { 1, nil, 3 }, long) > 0)
    assert(sweep(core.encode_value, { a = { [1.5] = 1 } }, long) > 0)
  ]=] },
  { "makes arrays, raw texts and places", [=[
    local list = core.decode_value(text).many
    assert(sweep(function() return core.encode_value(core.array(list)) end) > 2)
    assert(sweep(function() return core.encode_value(core.raw(text)) end) > 0)
    assert(sweep(core.place, ("p"):rep(1000), "not a name") > 0)
  ]=] },
}

describe("the codec without memory", function()
  for _, row in ipairs(rows) do
    it(row[1] .. " or raises a memory error", function()
      local path = os.tmpname()
      finally(function() os.remove(path) end)
      local file = assert(io.open(path, "w"))
      file:write(head, row[2], 'print "fine"\n')
      file:close()
      local pipe = assert(io.popen(("timeout 60 %s %s 2>&1"):format(host, path)))
      local output = pipe:read("a")
      pipe:close()
      assert.equal("fine\n", output)
    end)
  end
end)
