--- libtasklist.a: what is in it, how it is installed, and how the manual says that a program is built with it.
local checkout = require "spec.support.checkout"
local connect = require "spec.support.client"
local find = require "spec.support.find"
local pages = require "spec.support.pages"
local sandbox = require "spec.support.sandbox"

-- What a command writes to both streams, and whether it ends well.
local function run(command, ...)
  local pipe = assert(io.popen("(" .. command:format(...) .. ") 2>&1"))
  local output = pipe:read("a")
  return output, pipe:close() == true
end

local function must(...)
  local output, fine = run(...)
  assert.is_true(fine, output)
  return output
end

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  assert(file:write(text))
end

local folder
setup(function()
  folder = must("mktemp -d"):match "%S+"
  must("env -u MAKEFLAGS make -s BUILD=%s install-static PREFIX=%s", checkout.build, folder)
end)
teardown(function() must("rm -r %s", folder) end)

-- The block of the manual that holds a word.
local function block(language, word)
  local texts = {}
  for _, one in ipairs(pages.blocks(pages.read "embedding")) do
    if one.language == language and one.text:find(word, 1, true) then texts[#texts + 1] = one.text end
  end
  assert.equal(1, #texts, language)
  return texts[1]
end

-- Where pkg-config finds what is installed.
local function in_folder()
  return ("cd %s && export PKG_CONFIG_PATH=$PWD/lib/pkgconfig && "):format(folder)
end

-- Runs a script in a program.
local function run_in(program, script)
  write(folder .. "/script.lua", script)
  return run("%s %s/script.lua", program, folder)
end

describe("libtasklist.a", function()
  it("shows two names", function()
    local names = {}
    for name in must("nm -g --defined-only %s/lib/libtasklist.a", folder):gmatch "%x+ %u (%S+)" do
      names[#names + 1] = name
    end
    assert.same({ "luaopen_tasklist_core", "tasklist_preload" }, names)
  end)

  it("is installed with a header that C and C++ read, and the version", function()
    assert.same({ "include/tasklist.h", "lib/libtasklist.a", "lib/pkgconfig/tasklist.pc" },
      { must("cd %s && find . -type f | LC_ALL=C sort", folder):match "^%./(%S+)\n%./(%S+)\n%./(%S+)\n$" })
    for _, language in ipairs { "c", "c++" } do
      must("cc $(pkg-config --cflags lua5.4) -x %s -Wall -Wextra -Werror -fsyntax-only %s/include/tasklist.h",
        language, folder)
    end
    assert.equal(require "tasklist.version" .. "\n",
      must("PKG_CONFIG_PATH=%s/lib/pkgconfig pkg-config --modversion tasklist", folder))
  end)
end)

describe("make", function()
  it("builds anew what another Lua, other headers or other Lua files make different, and nothing else", function()
    local build = folder .. "/build"
    local function make(settings)
      return run("env -u MAKEFLAGS make BUILD=%s %s %s", build, settings,
        build .. "/lua/module.o " .. build .. "/embed/preload.o " .. build .. "/embed/layer.o")
    end
    make ""
    assert.falsy(make(""):find(" -c ", 1, true))
    local output, fine = make "LUA=/bin/false"
    assert.is_false(fine, output)
    make ""
    output = make "layer=lua/tasklist/version.lua"
    find(output, "embed/layer.c")
    assert.falsy(output:find("embed/preload.c", 1, true), output)
    output = make "-k LUA_INCDIR=/nowhere"
    for _, name in ipairs { "lua/module", "embed/preload", "embed/layer" } do
      find(output, ("-I/nowhere -c -o %s/%s.o"):format(build, name))
    end
  end)
end)

describe("the program in the manual", function()
  local program
  setup(function()
    write(folder .. "/host.c", block("c", "int main"))
    must("%s%s", in_folder(), block("sh", "host.c"))
    program = folder .. "/host"
  end)

  it("is built with CMake as well", function()
    write(folder .. "/CMakeLists.txt", block("cmake", "host.c"))
    must("%scmake -B cmake . && cmake --build cmake", in_folder())
    local output, fine = run_in(folder .. "/cmake/host", "print(require('tasklist').version().tasklist)")
    assert.is_true(fine, output)
    assert.equal(require "tasklist.version" .. "\n", output)
  end)

  it("has every module inside but the program's and the sandbox's, and loads none before it is asked for", function()
    local files = must("cd lua && find tasklist -name '*.lua' ! -path '*/cli/*' ! -path '*/sandbox/*'")
    local names = { "tasklist.core" }
    for path in files:gmatch "(%S+)%.lua" do names[#names + 1] = path:gsub("/init$", ""):gsub("/", ".") end
    table.sort(names)
    local output, fine = run_in(program, [[
      for name in pairs(package.loaded) do assert(not name:find "tasklist", name) end
      package.path, package.cpath = "", ""
      local names = {}
      for name in pairs(package.preload) do
        names[#names + 1] = name
        if not name:find "loop%.[clp]" then require(name) end -- those need modules of others
      end
      table.sort(names)
      print(table.concat(names, "\n"))
    ]])
    assert.is_true(fine, output)
    assert.equal(table.concat(names, "\n") .. "\n", output)
  end)

  it("runs an example", function()
    local server <close> = sandbox.start { tasks = { { id = "1", name = "Pay", assignee = "frida" } } }
    assert.equal("1\tPay\tfrida\t2024-01-01T00:00:00.000+0000\n",
      (must("%s %s examples/search.lua", connect.environment(server), program)))
  end)

  it("is told the line of a mistake, though bytecode has no lines", function()
    local output = run_in(program, [[
      local client = require("tasklist").new { env = false, base_url = "http://127.0.0.1:1", token = "a" }
      print(select(2, pcall(function() client:get_task(nil) end)))
      print(select(2, pcall(function() client:map({ 1 }, function() return client:get_task(nil) end) end)))
    ]])
    find(output, "script.lua:2: get_task: id: ")
    find(output, "script.lua:3: map: get_task: id: ")
  end)

  it("says what to do when the Lua that runs is another than that of the bytecode", function()
    local file <close> = assert(io.open(program, "rb"))
    local other = folder .. "/other"
    write(other, (file:read "a":gsub("\27Lua\x54", "\27Lua\x53")))
    must("chmod +x %s", other)
    local output, fine = run_in(other, "require 'tasklist'")
    assert.is_false(fine)
    find(output, "tasklist: bad binary format (version mismatch); the Lua that runs is another than the one that "
      .. "libtasklist.a was built for: build it with `make static LUA=... LUA_INCDIR=...` of this one")
  end)
end)

describe("a block of the manual in the program of the manual", function()
  -- Builds the program with other lines in the place of some, and gives what it writes when it runs a script.
  -- @param lines array of { line, what comes instead }
  local function run_with(head, lines, script, libraries)
    local source = block("c", "int main")
    for _, pair in ipairs(lines) do
      local from, to = source:find(pair[1], 1, true)
      source = source:sub(1, from - 1) .. pair[2] .. source:sub(to + 1)
    end
    write(folder .. "/changed.c", head .. source)
    must("%scc -Wall -Wextra -Werror -o changed changed.c %s $(pkg-config --cflags --libs tasklist lua5.4)",
      in_folder(), libraries or "")
    local output, fine = run_in(folder .. "/changed", script)
    assert.is_true(fine, output)
    return output
  end

  it("blocks signals for the time of a call", function()
    local script = [[
      for line in io.lines "/proc/self/status" do
        local set = line:match "^SigBlk:%s*(%x+)"
        -- SIGUSR1, because others may be blocked where the specs run
        if set then print(tonumber(set, 16) & 1 << 9 ~= 0) end
      end
    ]]
    assert.equal("true\nfalse\n", run_with("#include <signal.h>\n", {
      { "int failed = luaL_dofile(L, arguments[1]);",
        "luaL_loadfile(L, arguments[1]);\nlua_pushnil(L);\n" .. block("c", "sigset_t") },
      { "lua_close(L);", "failed = failed || luaL_dofile(L, arguments[1]);\nlua_close(L);" },
    }, script))
  end)

  it("bounds the memory of a state, which serves afterwards", function()
    assert.equal("not enough memory\n{\"a\":1}\n0 bytes\n", run_with(block("c", "struct quota"), {
      { "lua_State *L = luaL_newstate();",
        "quota memory = {.most = 1024 * 1024};\nlua_State *L = lua_newstate(allocate, &memory);" },
      { "lua_close(L);", 'lua_close(L);\nprintf("%zu bytes\\n", memory.used);' },
    }, [[
      local tasklist = require "tasklist"
      print(select(2, pcall(function()
        local list = {}
        for i = 1, math.huge do list[i] = tasklist.encode { i } end
      end)))
      print(tasklist.encode { a = 1 })
    ]]))
  end)

  -- Debian has no source of it at hand.
  local cjson = os.getenv "CJSON_SOURCE"
  if cjson then
    it("puts lua-cjson inside", function()
      must("mkdir %s/cjson && cp %s/*.[ch] %s/cjson", folder, cjson, folder)
      must("cd %s/cjson && %s", folder, block("sh", "strbuf.c"))
      local preload = "tasklist_preload(L);"
      assert.equal('{"a":null}\n', run_with("", { { preload, preload .. block("c", "luaopen_cjson") } }, [[
        package.cpath = ""
        local cjson = require "cjson"
        assert(require "cjson.safe".null == cjson.null)
        print(require "tasklist".encode { a = cjson.null })
      ]], "cjson/*.o -lm"))
    end)
  end
end)

describe("the example of several threads", function()
  it("is built and run as the manual says", function()
    local output = must("unset MAKEFLAGS; export PKG_CONFIG_PATH=%s/lib/pkgconfig; %s", folder,
      (block("sh", "examples/embed"):gsub("build/", folder .. "/")))
    local claimed = {}
    for name in output:gmatch "\n%d+\t([^\n]+)" do claimed[#claimed + 1] = name end
    assert.is_true(#claimed > 10, output)
  end)
end)

describe("tools/bytecode", function()
  it("is not compiled with the headers of another Lua than its own", function()
    local output, fine = run("lua5.4 -e '_VERSION = \"Lua 5.3\"' tools/bytecode lua/tasklist/version.lua | "
      .. "cc -x c -iquote src $(pkg-config --cflags lua5.4) -fsyntax-only -")
    assert.is_false(fine)
    find(output, "LUA is Lua 5.3, and LUA_INCDIR has the headers of another one")
  end)
end)
