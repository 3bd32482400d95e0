--- The REST APIs of one cluster: from a request to the answer that Camunda gives, errors included.
local endpoints = require "tasklist.sandbox.endpoints"
local v1 = require "tasklist.sandbox.v1"
local v2 = require "tasklist.sandbox.v2.routes"

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

-- The APIs that a version has, by root and by the first part of a path.
local function places_of(facts)
  local newer = v2.of(facts)
  if facts.common_root then
    return { tasklist = { v1 = facts.v1 and v1 or v2.without_routes, v2 = newer }, gateway = {} }
  end
  return { tasklist = { v1 = facts.v1 and v1 or nil }, gateway = { [facts.v2_paths and "v2" or "v1"] = newer } }
end

--- Answers a request.
-- @param request as the HTTP server hands it over, its path without the root's own; `root` is "tasklist" or "gateway"
--   (the Zeebe gateway, as long as it has a root of its own), default the first
-- @return response
function Api:answer(request)
  if is_refused(request.path) then return { status = 400 } end
  local name, path = request.path:match("^/(v%d)(/.*)$")
  local api = self.places[request.root or "tasklist"][name]
  if not api then return { status = 404 } end
  local caller, more = self.gate:admit(request, api)
  if not caller then return more end
  local response = endpoints.answer(api, self.parts, request, path, caller)
  if more and next(more) then response.headers = add(response.headers, more) end
  return response
end

local api = {}

--- Makes the APIs of a cluster.
-- @param gate knows who calls (gate.lua)
-- @param parts table: store, forms, ledger, facts (versions.lua)
-- @return object with `answer`
function api.new(gate, parts)
  return setmetatable({ gate = gate, parts = parts, places = places_of(parts.facts) }, Api)
end

return api
