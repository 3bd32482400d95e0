--- The commands of README.md do what it says when they are pasted one after the other in a fresh checkout.
local find = require "spec.support.find"
local pages = require "spec.support.pages"
local public = require "spec.support.public"
local quote = require "spec.support.quote"

local readme = public.read "README.md"

local function output_of(command)
  local pipe = assert(io.popen(command))
  local output = pipe:read("a")
  return output, (select(3, pipe:close()))
end

local folder
setup(function()
  folder = output_of("mktemp -d"):match("[^\n]+")
  assert(os.execute(("tar -cf - --exclude=./build --exclude=./.git . | tar -xf - -C %s"):format(quote(folder))))
end)
teardown(function()
  os.execute("rm -rf " .. quote(folder))
end)

-- Runs commands there as a new user's shell does, which knows no paths or settings; whatever fails ends it.
local function run(commands)
  return output_of(("cd %s && env -i PATH=\"$PATH\" HOME=%s timeout 300 sh -e -c %s 2>&1"):format(quote(folder),
    quote(folder), quote(commands)))
end

-- They run this spec, too, or fetch what takes minutes.
local left_out = { ["make test\n"] = true, ["make integration\n"] = true }

-- All other blocks for a shell.
local function all_blocks()
  local blocks = {}
  for _, block in ipairs(pages.blocks(readme)) do
    if block.language == "sh" and not left_out[block.text] then blocks[#blocks + 1] = block.text end
  end
  return table.concat(blocks)
end

local task = "\n%d+\tApprove invoice\t[^\t]+\t%d+%-%d+%-[^\n]*"

describe("README.md", function()
  it("has commands that build all, tell a story, and print a sandbox's tasks by the program and by a script", function()
    local output, code = run(all_blocks())
    assert.equal(0, code, output)
    find(output, "\n$ tasklist list --group accounting")
    find(output, "completed, 0 failed\n")
    local first = assert(output:match "\n(%d+)\tBrief schreiben\t\t", output)
    local _, times = output:gsub("\n" .. first .. "\tBrief schreiben\t", "")
    assert.equal(2, times, output) -- of the program, and of the script
  end)

  it("has a command that starts a sandbox, whose variables are enough for a script", function()
    local paths = assert(readme:match("\nexport LUA_PATH=[^\n]*"))
    local command = assert(readme:match("`(lua5.4 %-e '[^`]*')`"))
    local output, code = run(paths .. "\n" .. command .. [[ >output &
trap "kill $!" EXIT
until grep -q '^export ZEEBE_AUTHORIZATION_SERVER_URL=' output; do kill -0 $!; sleep 0.05; done
eval "$(grep '^export ' output)"
lua5.4 examples/search.lua]])
    assert.equal(0, code, output)
    assert.truthy(("\n" .. output):find(task), output)
  end)

  it("names files and targets that are there", function()
    for target in readme:gmatch("`make (%l+)") do
      find(public.read "Makefile", "\n" .. target .. ": ")
    end
    for name in readme:gmatch("`(%l+/[%w_/.-]+)`") do
      assert.truthy(io.open(name), name)
    end
  end)
end)
