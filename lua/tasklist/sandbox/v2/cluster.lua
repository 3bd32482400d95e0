--- What v2 says of the cluster itself.
local answers = require "tasklist.sandbox.answers"
local json = require "tasklist.sandbox.json"

local function topology(parts)
  local version = parts.facts.gateway
  local partition = { partitionId = 1, role = "leader", health = "healthy" }
  local broker = { nodeId = 0, host = "127.0.0.1", port = 26501, version = version,
    partitions = json.array{ partition } }
  return answers.ok{ brokers = json.array{ broker }, clusterSize = 1, partitionsCount = 1, replicationFactor = 1,
    gatewayVersion = version, lastCompletedChangeId = "-1" }
end

--- The endpoints, as endpoints.lua has them.
return {
  { "GET", "^/topology$", topology },
}
