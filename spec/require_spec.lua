--- What `require "tasklist"` says when something of the module is missing, and where it needs nothing more.
local checkout = require "spec.support.checkout"
local connect = require "spec.support.client"
local find = require "spec.support.find"

-- Takes away a core that is linked into the program.
local head = ([[
  local preloaded = package.preload["tasklist.core"]
  package.preload["tasklist.core"] = nil
  local function core()
    return preloaded or assert(package.loadlib("%s/tasklist/core.so", "luaopen_tasklist_core"))
  end
]]):format(checkout.build)

-- What a program has done before; what the error says, or nil where there is none.
local rows = {
  { "no package.cpath", [[package.cpath = ""]], "module 'tasklist.core' not found" },
  { "no package.searchers but that of package.preload", [[package.searchers = { package.searchers[1] }]],
    "module 'tasklist' not found" },
  { "a core of another version", [[package.preload["tasklist.core"] = function() return { version = "0.0.9" } end]],
    ("tasklist %s has found a tasklist.core of 0.0.9: package.path and package.cpath (or package.preload) lead to two "
    .. "versions"):format(require "tasklist.version") },
  { "a core from before cores had versions", [[package.preload["tasklist.core"] = function() return {} end]],
    "has found a tasklist.core of another version" },
  { "no package.searchpath", [[package.preload["tasklist.core"], package.searchpath = core(), nil]] },
  { "a preloaded core, and no package.cpath", [[package.preload["tasklist.core"], package.cpath = core(), ""]] },
  { "a path that was mended", [[
    local path = package.path
    package.path = "lua/?/init.lua"
    assert(not pcall(require, "tasklist"))
    package.path, package.preload["tasklist.core"] = path, core()
  ]] },
}

describe("require", function()
  for _, row in ipairs(rows) do
    it(("with %s %s"):format(row[1], row[3] and "says what is missing" or "gives the module"), function()
      local output = connect.run_script(head .. row[2] .. [[

        local fine, problem = pcall(require, "tasklist")
        if fine then
          local client <close> = problem.new { env = false, base_url = "https://h.example", token = "a" }
          print(client)
        else
          print(problem)
        end
      ]])
      find(output, row[3] or "tasklist.client (https://h.example)")
    end)
  end
end)
