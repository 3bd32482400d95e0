--- What v2 says of the cluster itself.
local answers = require "tasklist.sandbox.answers"
local json = require "tasklist.sandbox.json"

local function topology(parts)
  local facts = parts.facts
  local partition = { partitionId = 1, role = "leader", health = "healthy",
    state = facts.broker_ids and "active" or nil }
  local broker = { nodeId = 0, brokerId = facts.broker_ids and "0" or nil, host = "127.0.0.1", port = 26501,
    version = facts.gateway, partitions = json.array{ partition } }
  return answers.ok{ brokers = json.array{ broker }, clusterId = facts.cluster_ids and "sandbox" or nil,
    clusterSize = 1, partitionsCount = 1, replicationFactor = 1, gatewayVersion = facts.gateway,
    lastCompletedChangeId = "-1" }
end

--- The endpoints, as endpoints.lua has them.
return {
  { "GET", "^/topology$", topology },
}
