--- That the program uses of the module what every user may.
local read = require("spec.support.public").read
local types = require "spec.support.types"

-- Modules that the program may load, as patterns of their names.
local MODULES = { "^tasklist$", "^tasklist%.cli%.", "^tasklist%.terminal$", "^tasklist%.sandbox$", "^tasklist%.loop%." }

-- The program's files: path -> code without comments.
local function files()
  local found = {}
  local paths <close> = assert(io.popen "find bin/tasklist lua/tasklist/cli -type f")
  for path in paths:lines() do
    found[path] = read(path):gsub("%-%-[^\n]*", "")
  end
  return found
end

-- What types/tasklist.lua declares: names of the module's fields, and of the client's methods.
local function declared()
  local classes, _, functions = types.read "types/tasklist.lua"
  local module, client = {}, {}
  for name in pairs(classes.tasklist.fields) do module[name] = true end
  for name in pairs(functions) do
    local of, field = name:match "^(%w+)[.:](.*)$"
    if of == "tasklist" then module[field] = true end
    if of == "Client" then client[field] = true end
  end
  return module, client
end

-- How the module and a client are called in the program's files.
local USES_OF_MODULE = { "%f[%w_.]tasklist%.([%w_]+)", 'require%(?%s*"tasklist"%)?%.([%w_]+)' }
local USES_OF_CLIENT = { "%f[%w_]client[:.]([%w_]+)", "client%(%)[:.]([%w_]+)", "%.made[:.]([%w_]+)" }

-- Asserts that what patterns find in each file is declared; gives how many were found.
local function hold(patterns, names, prepare)
  local count = 0
  for path, code in pairs(files()) do
    for _, pattern in ipairs(patterns) do
      for name in prepare(code):gmatch(pattern) do
        assert.is_true(names[name], path .. " uses " .. name)
        count = count + 1
      end
    end
  end
  return count
end

-- Strings name modules, files and programs.
local function without_strings(code)
  return (code:gsub('"[^"\n]*"', '""'):gsub("%[%[.-%]%]", ""))
end

describe("the program", function()
  local module, client = declared()

  it("loads public modules only", function()
    local count = 0
    for path, code in pairs(files()) do
      for name in code:gmatch 'require%s*%(?%s*"([^"]+)"' do
        local allowed = false
        for _, pattern in ipairs(MODULES) do allowed = allowed or name:find(pattern) ~= nil end
        assert.is_true(allowed or name == "tasklist.cli", path .. " loads " .. name)
        count = count + 1
      end
    end
    assert.is_true(count > 10)
  end)

  it("says to require what it loads, so that the above sees it", function()
    for path, code in pairs(files()) do
      local _, all = code:gsub("%f[%w_]require%f[^%w_]", "")
      local _, seen = code:gsub('%f[%w_]require%s*%(?%s*"', "")
      assert.equal(all, seen, path)
    end
  end)

  it("uses public fields of the module only", function()
    assert.is_true(hold({ USES_OF_MODULE[1] }, module, without_strings) > 3)
    assert.is_true(hold({ USES_OF_MODULE[2] }, module, function(code) return code end) > 0)
  end)

  it("uses public methods of the client only", function()
    assert.is_true(hold(USES_OF_CLIENT, client, without_strings) > 3)
  end)
end)
