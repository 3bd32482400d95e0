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

  -- Each that has a variable, by its first one, too.
  local variables = { ca_file = "CAMUNDA_CUSTOM_ROOT_CERT_PATH", client_cert = "CAMUNDA_CUSTOM_CERT_CHAIN_PATH",
    client_key = "CAMUNDA_CUSTOM_PRIVATE_KEY_PATH", ca_path = "SSL_CERT_DIR" }
  for _, row in ipairs(options) do
    local option = row[1]

    local function try(path, by_variable, home)
      local arguments, environment = { base_url = "https://t.example", token = "a" }, { HOME = home }
      for name in pairs(row[2]) do arguments[name] = folder .. "/file" end
      if by_variable then
        environment[variables[option]] = path
      else
        arguments[option] = path
      end
      return settings.resolve(arguments, function(name) return environment[name] end)
    end

    for _, by_variable in ipairs { false, variables[option] and true } do
      it(("may begin with ~/: %s, by %s"):format(option, by_variable and "variable" or "argument"), function()
        local values = assert(try("~" .. row[3], by_variable, folder))
        assert.truthy(option == "env_file" or values[option] == folder .. row[3], values[option])
        for path, home in pairs { ["~" .. row[3]] = "", ["~nobody" .. row[3]] = folder } do
          local refused, problem = try(path, by_variable, home)
          assert.is_nil(refused)
          find(problem.message, ('option "%s"'):format(option))
          find(problem.message, "~")
        end
      end)
    end
  end

  it("may be several folders for ca_path, as OpenSSL takes them, of which some are not there", function()
    assert(resolve { ca_path = folder .. ":/" })
    assert(resolve { ca_path = folder .. "/nothing:/:" .. folder .. "/file" })
    local values, problem = resolve { ca_path = folder .. "/fifo:" .. folder .. "/nothing" }
    assert.is_nil(values)
    find(problem.message, folder .. "/nothing")
  end)

  it("is refused when the name holds a NUL", function()
    for _, option in ipairs { "ca_file", "env_file" } do
      local _, problem = resolve { [option] = folder .. "/file\0x" }
      assert.equal("config", problem.kind)
      find(problem.message, "NUL")
    end
  end)
end)
