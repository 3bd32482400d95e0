--- Settings that name files: what is there is looked at, and nothing is waited for.
local find = require "spec.support.find"
local settings = require "tasklist.settings"

local function nothing() end

local function resolve(more)
  local arguments = { base_url = "https://t.example", token = "a" }
  for name, value in pairs(more) do arguments[name] = value end
  return settings.resolve(arguments, nothing)
end

describe("a setting that names a file", function()
  local folder
  setup(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(os.execute(("mkdir %s && mkfifo %s/fifo && touch %s/file"):format(folder, folder, folder)))
  end)
  teardown(function() os.execute("rm -r " .. folder) end)

  -- The option, what else it needs, and what it names when it is right.
  local options = {
    { "ca_file", {}, "/file" }, { "client_cert", {}, "/file" }, { "client_key", { client_cert = true }, "/file" },
    { "env_file", {}, "/file" }, { "ca_path", {}, "" },
  }
  for _, row in ipairs(options) do
    local option = row[1]
    local function try(path)
      local more = { [option] = path }
      for name in pairs(row[2]) do more[name] = folder .. "/file" end
      return resolve(more)
    end

    it(option .. " is taken when it can be read", function()
      assert(try(folder .. row[3]))
    end)

    -- A FIFO that nobody writes to would keep a reader for ever.
    for _, name in ipairs { "/fifo", "/nothing", row[3] == "" and "/file" or "" } do
      it(("%s is refused at once when it names %q"):format(option, name), function()
        local values, problem = try(folder .. name)
        assert.is_nil(values)
        assert.equal("config", problem.kind)
        find(problem.message, ('option "%s"'):format(option))
        find(problem.message, "cannot be read: " .. folder .. name .. ": ")
      end)
    end
  end

  it("is refused when the name holds a NUL", function()
    for _, option in ipairs { "ca_file", "env_file" } do
      local _, problem = resolve { [option] = folder .. "/file\0x" }
      assert.equal("config", problem.kind)
      find(problem.message, "NUL")
    end
  end)
end)
