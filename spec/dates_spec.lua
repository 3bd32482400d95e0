local tasklist = require "tasklist"

describe("a date that is read", function()
  local rows = {
    { "1970-01-01T00:00:00.000+0000", 0 },
    { "2023-02-20T18:37:19.214+0000", 1676918239.214 },
    { "2023-02-20T18:37:19.214+00:00", 1676918239.214 },
    { "2023-02-20T18:37:19.214Z", 1676918239.214 },
    { "2023-02-20T20:37:19.214+0200", 1676918239.214 },
    { "2023-02-20T20:37:19.214+02:00", 1676918239.214 },
    { "2023-02-20T15:07:19.214-0330", 1676918239.214 },
    { "2023-02-20T18:37:19Z", 1676918239 },
    { "2023-02-20T18:37:19.5Z", 1676918239.5 },
    { "2023-02-20T18:37:19.123456789Z", 1676918239.123456789 },
    { "2024-02-29T00:00:00Z", 1709164800 }, { "2000-02-29T00:00:00Z", 951782400 },
    { "1900-01-01T00:00:00.000+0000", -2208988800 }, { "1969-12-31T23:59:59.500Z", -0.5 },
    { "0000-01-01T00:00:00Z", -62167219200 }, { "9999-12-31T23:59:59Z", 253402300799 },
    { "2023-12-31T23:59:59-1800", 1704131999 },
  }
  for _, row in ipairs(rows) do
    it(row[1], function()
      local time = tasklist.time(row[1])
      assert.equal(row[2], time)
      assert.equal(math.type(row[2]), math.type(time))
    end)
  end
end)

describe("a text that is no date", function()
  local rows = { "", "now", "2023-02-20", "2023-02-20T18:37Z", "2023-02-20T18:37:19", "2023-02-20 18:37:19Z",
    "2023-02-20T18:37:19.Z", "2023-02-20T18:37:195Z", "2023-02-20T18:37:19.1.2Z", "2023-2-20T18:37:19Z",
    "2023-13-20T18:37:19Z", "2023-00-20T18:37:19Z", "2023-02-29T18:37:19Z", "1900-02-29T00:00:00Z",
    "2023-04-31T00:00:00Z", "2023-02-00T18:37:19Z", "2023-02-20T24:00:00Z", "2023-02-20T18:60:00Z",
    "2023-02-20T18:37:60Z", "2023-02-20T18:37:19z", "2023-02-20T18:37:19+02", "2023-02-20T18:37:19+2:00",
    "2023-02-20T18:37:19+1900", "2023-02-20T18:37:19+0060", "2023-02-20T18:37:19.214+0000 ",
    "x2023-02-20T18:37:19Z", "2023-02-20T18:37:19Z\0", ("9"):rep(1000) }
  for _, text in ipairs(rows) do
    it("is refused: " .. text:sub(1, 40):gsub("%c", "?"), function()
      local time, failure = tasklist.time(text)
      assert.is_nil(time)
      assert.equal("decode", failure.kind)
      assert.truthy(#tostring(failure) < 160, tostring(failure))
    end)
  end

  it("raises when it is no text", function()
    local ok, problem = pcall(function() return (tasklist.time(nil)) end)
    assert.is_false(ok)
    assert.truthy(problem:find("dates_spec%.lua:%d+: time: string expected, got nil"), problem)
  end)
end)

describe("a date that is written", function()
  local rows = {
    { 0, "1970-01-01T00:00:00.000+0000" },
    { 1676918239.214, "2023-02-20T18:37:19.214+0000" },
    { 1709164800, "2024-02-29T00:00:00.000+0000" },
    { 1709164799.9996, "2024-02-29T00:00:00.000+0000" },
    { 1709164799.9994, "2024-02-28T23:59:59.999+0000" },
    { -0.25, "1969-12-31T23:59:59.750+0000" },
    { -62167219200, "0000-01-01T00:00:00.000+0000" },
    { 253402300799, "9999-12-31T23:59:59.000+0000" },
    { 253402300799.9999, "9999-12-31T23:59:59.999+0000" },
  }
  for _, row in ipairs(rows) do
    it(row[2], function() assert.equal(row[2], tasklist.date(row[1])) end)
  end

  it("is the same time when it is read", function()
    for day = -800000, 2900000, 997 do
      local seconds = day * 86400 + day % 86399
      if seconds >= -62167219200 and seconds < 253402300800 then
        assert.equal(seconds, tasklist.time(tasklist.date(seconds)))
        if seconds >= 0 then
          assert.equal(os.date("!%Y-%m-%dT%H:%M:%S.000+0000", seconds), tasklist.date(seconds))
        end
      end
    end
  end)

  for _, bad in ipairs { 1 / 0, -1 / 0, 0 / 0, 253402300800, -62167219201, math.maxinteger, "5", true } do
    it("raises for " .. tostring(bad), function()
      local ok, problem = pcall(function() return (tasklist.date(bad)) end)
      assert.is_false(ok)
      assert.truthy(problem:find("dates_spec%.lua:%d+: date: "), problem)
    end)
  end
end)
