-- What differs between the versions that a sandbox can be.
local versions = require "tasklist.sandbox.versions"

describe("a version", function()
  for _, text in ipairs{ "8.5", "8.6", "8.7", "8.8", "8.9", "8.10", "8.5.0", "8.8.5", "8.10.12" } do
    it("can be " .. text, function()
      assert.is_true(versions.known(text))
    end)
  end

  for _, text in ipairs{ "8.4", "8.11", "8", "8.8.", "8.8.5.1", "8.8-alpha", "9.8", "", "x8.8", 8.8, false } do
    it("cannot be " .. tostring(text), function()
      assert.is_false(versions.known(text))
    end)
  end

  -- Without a patch it is the newest one of which something is known.
  local gateways = { ["8.5"] = "8.5.0", ["8.6.3"] = "8.6.3", ["8.8"] = "8.8.16", ["8.8.5"] = "8.8.5",
    ["8.10"] = "8.10.0" }
  for text, gateway in pairs(gateways) do
    it(("%s calls itself %s"):format(text, gateway), function()
      assert.equal(gateway, versions.of(text).gateway)
    end)
  end
end)

describe("v1", function()
  local rows = {
    -- version, v1 asked for, v1 there
    { "8.5", nil, true }, { "8.7", nil, true }, { "8.7", false, false }, { "8.8", nil, false }, { "8.8", true, true },
    { "8.9", nil, false }, { "8.9", true, true }, { "8.10", nil, false }, { "8.10", false, false },
  }
  for _, row in ipairs(rows) do
    local text, asked, there = table.unpack(row, 1, 3)
    it(("is%s there in %s, asked for: %s"):format(there and "" or " not", text, asked), function()
      assert.equal(there, versions.of(text, asked).v1)
    end)
  end
end)

-- Each fact: the last version without it, the first one with it.
local rows = {
  v2_paths = { "8.5", "8.6" },
  priorities = { "8.5", "8.6.0" },
  common_root = { "8.7", "8.8.0" },
  v1_is_a_mode = { "8.7", "8.8.0" },
  user_tasks_in_v1 = { "8.7", "8.8.0" },
  titled_messages = { "8.7", "8.8.0" },
  reads = { "8.7", "8.8.0" },
  effective_variables = { "8.8.15", "8.8.16" },
  nulls = { "8.8", "8.9.0" },
  name_operators = { "8.8", "8.9.0" },
  tags = { "8.8", "8.9.0" },
  root_instances = { "8.8", "8.9.0" },
  cluster_ids = { "8.8", "8.9.0" },
  audit_logs = { "8.8", "8.9.0" },
  v1_is_gone = { "8.9", "8.10.0" },
  process_operators = { "8.9", "8.10.0" },
  business_ids = { "8.9", "8.10.0" },
  forms_by_key = { "8.9", "8.10.0" },
  broker_ids = { "8.9", "8.10.0" },
}

describe("the fact", function()
  it("is known by each of these names", function()
    local known, here = {}, {}
    for name in pairs(versions.facts) do known[name] = true end
    for name in pairs(rows) do here[name] = true end
    assert.same(known, here)
  end)

  for name, row in pairs(rows) do
    it(("%s is true from %s on"):format(name, row[2]), function()
      assert.is_false(versions.of(row[1])[name])
      assert.is_true(versions.of(row[2])[name])
      assert.is_true(versions.of("8.10")[name])
    end)
  end
end)
