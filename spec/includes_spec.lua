--- tools/includes: what it draws, and that each rule about the rooms of src/ fails where it is broken.

local small = "int tl_%s(void)\n{\n    return 0;\n}\n"

-- A tree that keeps all rules. Each test changes a file of it, or adds one.
local function tree()
  return {
    ["base/list.h"] = "int tl_list(void);\n",
    ["base/list.c"] = '#include "base/list.h"\n\n#include <string.h>\n\n' .. small:format "list",
    ["json/string.h"] = '#include "base/list.h"\n',
    ["net/engine.h"] = '#include "base/list.h"\n#include <curl/curl.h>\n/* Not tl_later(). */\n'
      .. "int tl_engine(int one,\n              int other);\n",
    ["net/engine.c"] = '#include "net/engine.h"\n\n#include "json/string.h"\n\n'
      .. "static int here(void)\n{\n    return 1;\n}\n\n/* Text. */\nint tl_engine(int one,\n              int other)\n"
      .. "{\n    return one + other + here();\n}\n",
    ["net/poller.h"] = "int tl_poller(void);\n",
    ["net/poller_epoll.c"] = '#include "net/poller.h"\n\n' .. small:format "poller",
    ["net/poller_kqueue.c"] = '#include "net/poller.h"\n\n' .. small:format "poller",
    ["lua/binding.h"] = "#include <lua.h>\n__attribute__((cold)) int tl_type(void);\n",
    ["lua/type.c"] = '#include "lua/binding.h"\n#include "net/engine.h"\n\n' .. small:format "type"
      .. "\n__attribute__((visibility(\"default\"))) int luaopen_x(void)\n{\n    return 0;\n}\n",
  }
end

-- Runs the script on those files; gives its picture, its complaints, and whether it ended well.
local function check(files)
  local folder = os.tmpname()
  os.remove(folder)
  for name, text in pairs(files) do
    os.execute(("mkdir -p '%s/%s'"):format(folder, name:match "^(.-)/?[^/]*$"))
    local file <close> = assert(io.open(folder .. "/" .. name, "w"))
    file:write(text)
  end
  local pipe = assert(io.popen(("lua5.4 tools/includes '%s' 2>'%s/complaints'"):format(folder, folder)))
  local picture = pipe:read "a"
  local fine = pipe:close() or false
  local file <close> = assert(io.open(folder .. "/complaints"))
  local complaints = file:read("a"):gsub(folder .. "/", "")
  os.execute("rm -r " .. folder)
  return picture, complaints, fine
end

describe("tools/includes", function()
  it("draws which room uses which, and how often", function()
    local picture, complaints, fine = check(tree())
    assert.equal("", complaints)
    assert.is_true(fine)
    assert.equal("base      -> no other room\njson      -> base (1)\nidentity  -> no other room\n"
      .. "net       -> base (1), json (1)\nlua/json  -> no other room\nlua       -> net (1)\n"
      .. "program   -> no other room\nembed     -> no other room\n", picture)
  end)

  it("passes a function of 49 lines", function()
    local files = tree()
    files["base/list.c"] = '#include "base/list.h"\n\nint tl_list(void)\n{\n' .. ("\n"):rep(47) .. "}\n"
    assert.is_true(select(3, check(files)))
  end)

  -- What a test changes, and the one complaint that it brings.
  local rules = {
    ["an arrow that points up"] = { "base/list.h", '#include "json/number.h"\nint tl_list(void);\n',
      "base/list.h:1: base must not use json: that arrow points up\n" },
    ["the codec that knows the engine"] = { "lua/json/decode.h", '\n#  include "net/engine.h"\n',
      "lua/json/decode.h:2: lua/json must not use net: that arrow points up\n" },
    ["a circle, of which one arrow is in a .c file"] = { "base/list.c",
      '#include "base/list.h"\n#include "base/ring.h"\n',
      "base/ring.h:1: a circle: base/list -> base/ring -> base/list\n",
      { ["base/ring.h"] = '#include "base/list.h"\n' } },
    ["an include that names no room"] = { "json/string.h", '#include "number.h"\n',
      'json/string.h:1: "number.h" does not begin with a room\n' },
    ["an include of a room that there is not"] = { "json/string.h", '#include "core/number.h"\n',
      'json/string.h:1: "core/number.h" does not begin with a room\n' },
    ["a file outside the rooms"] = { "stray.c", "", "stray.c:1: the file lies in no room\n" },
    ["a file in a room that there is not"] = { "core/stray.c", "", "core/stray.c:1: the file lies in no room\n" },
    ["Lua in the core"] = { "net/retry.h", "#include <lauxlib.h>\n",
      "net/retry.h:1: <lauxlib.h> may only be included by lua, lua/json, program, embed\n" },
    ["Lua's header between quotes"] = { "net/retry.h", '#include "lua.h"\n',
      'net/retry.h:1: <lua.h> may only be included by lua, lua/json, program, embed\n'
      .. 'net/retry.h:1: "lua.h" does not begin with a room\n' },
    ["libcurl outside the network"] = { "identity/session.h", "#include <curl/curl.h>\n",
      "identity/session.h:1: <curl/curl.h> may only be included by net, base/url.c, base/header_block.c, "
      .. "lua/module.c\n" },
    ["a public function without a header"] = { "net/retry.c", "\n" .. small:format "retry",
      "net/retry.c:2: tl_retry is not static, and net/retry.h does not declare it\n" },
    ["a public function that another file's header declares"] = { "net/attempt.c", small:format "engine",
      "net/attempt.c:1: tl_engine is not static, and net/attempt.h does not declare it\n" },
    ["a public function that only a comment names"] = { "net/engine.c", small:format "later",
      "net/engine.c:1: tl_later is not static, and net/engine.h does not declare it\n" },
    ["a function of 50 lines"] = { "base/list.c",
      '#include "base/list.h"\n\nint tl_list(void)\n{\n' .. ("\n"):rep(48) .. "}\n",
      "base/list.c:4: tl_list has 50 lines, more than 49\n" },
  }

  for what, rule in pairs(rules) do
    it("fails on " .. what, function()
      local files = tree()
      files[rule[1]] = rule[2]
      for name, text in pairs(rule[4] or {}) do files[name] = text end
      local _, complaints, fine = check(files)
      assert.equal(rule[3], complaints)
      assert.is_false(fine)
    end)
  end

  it("fails where there is nothing to look at", function()
    assert.is_false(select(3, check { ["base/notes.txt"] = "" }))
  end)
end)
