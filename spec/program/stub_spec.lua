--- Where bin/tasklist finds its module, and what it says when it does not.
local quote = require "spec.support.quote"

describe("bin/tasklist", function()
  local folder
  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
    folder = folder .. " it's"
    assert(os.execute("mkdir -p " .. quote(folder .. "/bin")))
    assert(os.execute("cp bin/tasklist " .. quote(folder .. "/bin")))
  end)
  after_each(function() os.execute("rm -r " .. quote(folder)) end)

  -- Puts what the checkout has there, too.
  local function put(what, where)
    local path = quote(folder .. "/" .. where)
    assert(os.execute(("mkdir -p %s && rmdir %s && ln -s \"$PWD\"/%s %s"):format(path, path, what, path)))
  end

  local function run(line)
    local process <close> = assert(io.popen(("cd %s && env -i PATH=/usr/bin:/bin %s --version 2>&1"):format(
      quote(folder), line)))
    return process:read "a"
  end

  local function finds(line)
    assert.equal("tasklist " .. require("tasklist")._VERSION .. "\n", run(line))
  end

  local build = os.getenv "TASKLIST_BUILD" or "build"

  it("finds it in a checkout, from any folder", function()
    put("lua", "lua")
    put(build, "build")
    finds "bin/tasklist"
    finds "env -C bin ./tasklist"
    finds(quote(folder .. "/bin/tasklist"))
  end)

  it("finds it where `make install` puts it, also by a link", function()
    put("lua", "share/lua/5.4")
    put(build, "lib/lua/5.4")
    finds "bin/tasklist"
    assert(os.execute(("cd %s && mkdir -p an/other && ln -s ../../bin/tasklist an/other/tl"):format(quote(folder))))
    finds "an/other/tl"
    finds "env PATH=\"$PWD/an/other:$PATH\" tl"
  end)

  it("says in a line what is missing", function()
    assert.matches("^tasklist: its module is not where Lua looks [^\n]*\n$", run "bin/tasklist")
    put("lua", "lua")
    assert.matches("^tasklist: the core is not built: [^\n]*\n$", run "bin/tasklist")
  end)
end)
