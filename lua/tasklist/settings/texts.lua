--- What a text means, by the type of its setting: switches, paths, numbers, ways of signing in, APIs. Variables have
-- nothing but texts; an argument that is a string is read the same way.

local core = require "tasklist.core"
local naming = require "tasklist.settings.naming"

local texts = {}

local function refused(text, what)
  local words = require "tasklist.words" -- loaded now, because most settings are right
  return nil, ("must be %s, got %s"):format(what, words.shown(text))
end

local switches = { ["true"] = true, ["1"] = true, ["false"] = false, ["0"] = false }

local function read_switch(text)
  local value = switches[core.lower(text)]
  if value == nil then
    return refused(text, "true, false, 1 or 0")
  end
  return value
end

-- No shell has expanded a ~ that stands in a file, in quotes, in a unit of systemd or in a Lua string. Taken as it is
-- it would be a folder of that name below the current one.
local function read_path(text, environment)
  if not text:find("^~") then
    return text
  elseif text ~= "~" and not text:find("^~/") then
    return nil, "must not begin with ~ and a name: write that folder out"
  end
  local home = environment "HOME" or ""
  if home == "" then
    return nil, "begins with ~, but HOME is not set" .. naming.without_variables()
  end
  return home .. text:sub(2)
end

-- Words that some programs take for a switch. As the name of a folder they would put a token where nobody looks.
local unclear = { yes = true, no = true, on = true, off = true }

local function read_token_cache(text, environment)
  local word = core.lower(text)
  if unclear[word] then
    return refused(text, ("true, false or the path of a folder (./%s if that is its name)"):format(text))
  elseif switches[word] ~= nil then
    -- Loaded now, because most programs share no token.
    return switches[word] and require("tasklist.settings.cache_folder").usual(environment)
  end
  return read_path(text, environment)
end

-- What Camunda's Java clients call some ways of signing in.
local other_names = { oidc = "oauth", saas = "oauth", simple = "cookie" }

-- What a text was read as, when that is of the type.
local function checked(value, type, text)
  local types = require "tasklist.settings.types" -- loaded now, because most programs set no such variable
  local right, what = types[type](value)
  if right then
    return value
  end
  return refused(text, what)
end

local function read_api(text)
  return checked(core.lower(text), "api", text)
end

local function read_strategy(text)
  local word = core.lower(text)
  return checked(other_names[word] or word, "strategy", text)
end

local function read_count(text)
  return checked(text:find("^[0-9]+$") and math.tointeger(tonumber(text)), "count", text)
end

local readers = {
  boolean = read_switch, path = read_path, token_cache = read_token_cache, strategy = read_strategy,
  count = read_count, api = read_api,
}

--- Reads a text.
-- @tparam string type one of `tasklist.settings.types`; of one that is not known here the text is the value
-- @tparam string text
-- @tparam function environment gives a variable's value or nil, like os.getenv: HOME and XDG_CACHE_HOME count
-- @return the value, which may be false; or nil and what is wrong, in words that follow the setting's name
function texts.read(type, text, environment)
  local reader = readers[type]
  if reader then
    return reader(text, environment)
  end
  return text
end

return texts
