--- What `make bench` makes of its samples.
local markdown = require "bench.markdown"
local marks = require "bench.marks"
local plot = require "bench.plot"
local rounds = require "bench.rounds"
local statistics = require "bench.statistics"

describe("rounds of samples", function()
  it("go backwards every second time, and give each sample its name", function()
    local order = {}
    local function sample(name, number)
      return { name, function()
        order[#order + 1] = name
        return number
      end }
    end
    local taken = rounds.take(2, { sample("a", 1), sample("b", 2) })
    assert.same({ "a", "b", "b", "a" }, order)
    assert.same({ { a = 1, b = 2 }, { a = 1, b = 2 } }, taken)
  end)
end)

describe("statistics", function()
  it("take the least of each sample for the fastest round", function()
    assert.same({ a = 1, b = 3 }, statistics.fastest { { a = 2, b = 3 }, { a = 1, b = 4 } })
  end)
end)

describe("a mark", function()
  local function last_cells(mark)
    local cells = {}
    for cell in marks.lines({ mark })[3]:gmatch "| ([^|]*) %f[|]" do cells[#cells + 1] = cell end
    return cells
  end

  local taken = { { ours = 2, floor = 4 }, { ours = 3, floor = 2 }, { ours = 4, floor = 4 } }
  local function ratio(round)
    return round.ours / round.floor
  end

  it("shows its limit, the median, the middle half, and what the fastest samples give", function()
    assert.same({ "x", "at most 1.20 of y", "1.00", "0.75 … 1.25", "1.00", "yes" },
      last_cells { name = "x", limit = "at most %.2f of y", most = 1.2, rounds = taken, pick = ratio })
  end)

  it("is met up to its limit, from either side", function()
    for limit, met in pairs { [0.9] = "**no**", [1] = "yes", [1.1] = "yes" } do
      assert.equal(met, last_cells { name = "x", limit = "%g", most = limit, rounds = taken, pick = ratio }[6])
    end
    for limit, met in pairs { [0.9] = "yes", [1] = "yes", [1.1] = "**no**" } do
      assert.equal(met, last_cells { name = "x", limit = "%g", least = limit, rounds = taken, pick = ratio }[6])
    end
  end)

  it("has no spread when it is a single number", function()
    assert.same({ "x", "at most 8", "+7 KiB", "", "", "yes" },
      last_cells { name = "x", limit = "at most %d", most = 8, rounds = { 7 }, form = "%+d KiB" })
  end)
end)

describe("numbers", function()
  it("have commas between thousands", function()
    local texts = {}
    for index, number in ipairs { 0, 999, 1000, 10000, 100000, 1234567 } do
      texts[index] = markdown.thousands(number)
    end
    assert.same({ "0", "999", "1,000", "10,000", "100,000", "1,234,567" }, texts)
  end)
end)

describe("a plot", function()
  local function chart(low, high)
    return { title = "A & B", axis = "height", groups = { "g1", "g2" }, series = {
      { name = "first", bars = { { value = 1, low = 1, high = 1, label = "one" }, { value = 1, low = 1, high = 1,
        label = "two" } } },
      { name = "<second>", bars = { { value = 2, low = low, high = high, label = "three" }, { value = 0.5, low = 0.5,
        high = 0.5, label = "four" } } },
    } }
  end

  local function bars(svg)
    local list = {}
    for y, height, class in svg:gmatch '<rect x="[%d.]+" y="([%d.]+)" width="52.0" height="([%d.]+)" class="(%w+)"/>' do
      list[#list + 1] = { y = tonumber(y), height = tonumber(height), class = class }
    end
    return list
  end

  it("has each word as text, escaped", function()
    local svg, words = plot.bars(chart(2, 2)), {}
    for word in svg:gmatch "<text [^>]*>([^<]*)</text>" do words[word] = true end
    for _, word in ipairs { "A &amp; B", "height", "g1", "g2", "first", "&lt;second&gt;", "one", "two", "three", "four",
      "0.0", "2.0" } do
      assert.is_true(words[word], word)
    end
  end)

  it("has a bar for each value, as high as that is, on a common ground", function()
    local list = bars(plot.bars(chart(2, 2)))
    assert.equal(4, #list)
    local unit = list[1].height
    for index, value in ipairs { 1, 1, 2, 0.5 } do
      assert.near(value * unit, list[index].height, 0.2)
      assert.near(list[1].y + unit, list[index].y + list[index].height, 0.2)
    end
    local legend = 58 -- where it ends
    assert.is_true(list[3].y > legend)
    assert.same({ "series1", "series1", "series2", "series2" },
      { list[1].class, list[2].class, list[3].class, list[4].class })
  end)

  it("shows a spread where there is one, within the axis", function()
    local svg = plot.bars(chart(1.5, 2.6))
    assert.equal(1, select(2, svg:gsub('class="span"', "")))
    assert.truthy(svg:find(">3.0</text>", 1, true))
    assert.falsy(plot.bars(chart(2, 2)):find('class="span"', 1, true))
  end)

  it("has colours of its own for the dark", function()
    local light, dark = plot.bars(chart(2, 2)):match "<style>(.-)@media %(prefers%-color%-scheme: dark%) {(.-)</style>"
    for _, class in ipairs { "text", ".ground", ".line", ".base, .span", ".series1", ".series2", ".series3" } do
      local name = class:gsub("%p", "%%%0")
      local by_day, by_night = light:match("%s" .. name .. " (%b{})"), dark:match("%s" .. name .. " (%b{})")
      assert.truthy(by_day and by_night, class)
      assert.not_equal(by_day, by_night)
    end
  end)
end)
