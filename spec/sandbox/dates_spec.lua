local dates = require "tasklist.sandbox.dates"

describe("the sandbox's dates", function()
  local readable = {
    { "2023-02-20T18:37:19.214+0000", 1676918239214 },
    { "2023-02-20T18:37:19.214Z", 1676918239214 },
    { "2023-02-20T20:37:19.214+02:00", 1676918239214 },
    { "2023-02-20T18:37:19", 1676918239000 },
    { "2023-02-20T18:37:19.2", 1676918239200 },
    { "2023-02-20T18:37Z", 1676918220000 },
    { "2023-02-20", 1676851200000 },
    { "2024-02-29", 1709164800000 },
    { "2024-12-31", 1735603200000 },
    { "1900-01-01", -2208988800000 },
    { "1676918239214", 1676918239214 },
  }
  for _, case in ipairs(readable) do
    it("reads " .. case[1], function()
      assert.equal(case[2], dates.parse(case[1]))
    end)
  end

  for _, text in ipairs{ "", "soon", "2023-13-01", "2023-00-01", "2023-02-20T25:00:00Z", "2023-02-20T18:37:19+2" } do
    it("refuses '" .. text .. "'", function()
      assert.is_nil(dates.parse(text))
    end)
  end

  it("writes milliseconds always, and the offset without a colon", function()
    assert.equal("2023-02-20T18:37:19.214+0000", dates.format(1676918239214))
    assert.equal("2023-02-20T18:37:19.000+0000", dates.format(1676918239000))
    assert.equal("1969-12-31T23:59:59.999+0000", dates.format(-1))
  end)

  it("has a present moment in the second that the system's clock shows, also when that has just begun", function()
    for _ = 1, 2 do
      local second = os.time()
      repeat until os.time() ~= second
      local before = os.time()
      local now = dates.now()
      local after = os.time()
      assert.is_true(before <= now // 1000 and now // 1000 <= after, now - before * 1000)
    end
  end)
end)
