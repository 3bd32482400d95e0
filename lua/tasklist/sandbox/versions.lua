--- What differs between the versions of Camunda that a sandbox can be, as data.
local versions = {}

local FIRST, LAST = 5, 10

-- Each fact, and the first version that it is true of.
local SINCE = {
  -- v2 calls itself so in its paths; before, the same requests lie below /v1/ of the Zeebe gateway.
  v2_paths = "8.6",
  -- v1 knows priorities.
  priorities = "8.6",
  -- v1, where it is there at all, and v2 have one root; before, v2 is the Zeebe gateway's, which has a root of its own.
  common_root = "8.8",
  -- v1 is there only if it is asked for; before, always.
  v1_is_a_mode = "8.8",
  -- The message of some of v1's refusals is JSON text with a title.
  titled_messages = "8.8",
  -- v1 lets clients with a token write to Camunda user tasks.
  user_tasks_in_v1 = "8.8",
  -- v2 can be read from, not only be written to.
  reads = "8.8",
  effective_variables = "8.8.16",
  -- Answers of v2 write nulls out; before, such members are left out.
  nulls = "8.9",
  name_operators = "8.9",
  tags = "8.9",
  root_instances = "8.9",
  cluster_ids = "8.9",
  audit_logs = "8.9",
  v1_is_gone = "8.10",
  -- Filters by the keys and ids of processes take operators.
  process_operators = "8.10",
  business_ids = "8.10",
  forms_by_key = "8.10",
  broker_ids = "8.10",
}

--- The facts: name -> the first version that it is true of.
versions.facts = SINCE

-- The patch of a version that is given without one: where a patch changed something, that one.
local PATCHES = { [8] = 16 }

-- Minor version and patch of a text such as "8.8" or "8.8.5"; nil for one that names no version.
local function parse(text)
  local minor, patch = text:match("^8%.(%d+)$"), nil
  if not minor then minor, patch = text:match("^8%.(%d+)%.(%d+)$") end
  return math.tointeger(tonumber(minor)), math.tointeger(tonumber(patch))
end

--- Whether a sandbox can be of a version.
-- @param text any value
-- @return boolean
function versions.known(text)
  local minor = type(text) == "string" and parse(text)
  return minor and minor >= FIRST and minor <= LAST or false
end

--- What is true of a version.
-- @param text string: a known version
-- @param v1 boolean: whether v1 is asked for; nil for what the version does by itself
-- @return table: gateway (the whole version, as v2 gives it), v1 (boolean: it is there), and true for each fact
function versions.of(text, v1)
  local minor, patch = parse(text)
  patch = patch or PATCHES[minor] or 0
  local facts = { gateway = ("8.%d.%d"):format(minor, patch) }
  for name, since in pairs(SINCE) do
    local first_minor, first_patch = parse(since)
    facts[name] = minor > first_minor or minor == first_minor and patch >= (first_patch or 0)
  end
  if v1 == nil then v1 = not facts.v1_is_a_mode end
  facts.v1 = v1 and not facts.v1_is_gone
  return facts
end

return versions
