--- Tasklist's REST API: from a request to the answer that Camunda Tasklist 8.6 gives, errors included.
local endpoints = require "tasklist.sandbox.endpoints"

local Api = {}
Api.__index = Api

-- What the servlet stack refuses to find in a path, whoever calls.
local REFUSED_IN_PATHS = { "%%2[fF]", "%%5[cC]", "%%3[bB]", "%%25", ";" }

local function is_refused(path)
  for _, pattern in ipairs(REFUSED_IN_PATHS) do
    if path:find(pattern) then return true end
  end
  return false
end

local function add(headers, more)
  local all = {}
  for name, value in pairs(headers or {}) do all[name] = value end
  for name, value in pairs(more) do all[name] = value end
  return all
end

--- Answers a request.
-- @param request as the HTTP server hands it over, its path without the server's base path
-- @return response
function Api:answer(request)
  if is_refused(request.path) then return { status = 400 } end
  if not request.path:find("^/v1/") then return { status = 404 } end
  local caller, more = self.gate:admit(request)
  if not caller then return more end
  local response = endpoints.answer(self.parts, request, caller)
  if more and next(more) then response.headers = add(response.headers, more) end
  return response
end

local api = {}

--- Makes the API.
-- @param gate knows who calls (gate.lua)
-- @param parts table: store, forms, ledger, version
-- @return object with `answer`
function api.new(gate, parts)
  return setmetatable({ gate = gate, parts = parts }, Api)
end

return api
