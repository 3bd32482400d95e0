--- Prism: says whether a request is one that Camunda's description of the API v2 allows. tools/prism has fetched both.
local child = require "spec.support.child"
local http = require "spec.support.http"

local HOME = "build/prism/home"
local MEND = "NODE_PATH=%s/node_modules node spec/integration/support/mend.js %s/%s.yaml %s/%s.yaml"
-- The description of 8.8 is of a patch without effective variables.
local LATER = { ["8.8"] = "8.9" }
local SERVE = ("node %s/node_modules/.bin/prism mock --host 127.0.0.1 --port %%{port} %%{folder}/api.json"):format(HOME)

local Prism = {}
Prism.__index = Prism

--- Judges a request.
-- @param request method, path (which begins with /v2), query, body: as they are in the sandbox's log
-- @return whether it is allowed, and what Prism answered
function Prism:allows(request)
  local query = (request.query or "") ~= "" and "?" .. request.query or ""
  local body = request.body ~= "" and request.body or nil
  local status, _, text = http.request(self.url .. request.path:match "^/v2(/.*)" .. query, request.method,
    { ["Content-Type"] = body and "application/json" }, body)
  return status < 300, ("%d %s"):format(status, text)
end

--- Ends it.
function Prism:stop()
  self.child:stop()
end

local prism = {}

--- Whether it could be fetched on this machine.
function prism.present()
  local file = io.open(HOME .. "/package.json")
  return file ~= nil and file:close()
end

--- Starts Prism, and waits until it listens.
-- @param version of Camunda: "8.8", "8.9" or "8.10"
-- @return object with the methods above
function prism.start(version)
  local pipe <close> = assert(io.popen(MEND:format(HOME, HOME, version, HOME, LATER[version] or version)))
  local process = child.start(SERVE, { ["api.json"] = pipe:read "a" })
  return setmetatable({ child = process, url = "http://127.0.0.1:" .. process.port }, Prism)
end

return prism
