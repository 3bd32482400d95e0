--- Where a client's messages go, and who signs in there: the site "v1" is Tasklist's, "v2" that of the newer API. Both
-- share one engine, and one identity as well unless they take different audiences or logins.

local auth = require "tasklist.auth"

local sites = {}

-- The secrets in `values` are blanked once the client is made. Here they are kept, in closures only, because a dump of
-- a client's tables would show them there. Those that go to a proxy or open a key file are not needed again.
local function keep(values)
  local kept = {}
  for name, value in pairs(values) do
    kept[name] = value
  end
  kept.client_key_password, kept.proxy_user, kept.proxy_password = nil, nil, nil
  return kept
end

-- The settings as v2's sign-in takes them.
local function taken_by_v2(kept, sources, url)
  local taken = { audience = kept.rest_audience }
  if sources.login_url == "default" then -- one that was set serves both
    taken.login_url = url .. "/login"
  end
  return setmetatable(taken, { __index = kept })
end

-- A function that gives the advice for a site, which is made when the first refusal asks for it: most clients are never
-- refused.
local function adviser(kept, sources, instead)
  local advice
  return function()
    advice = advice or require("tasklist.advice").new(kept, sources, instead)
    return advice
  end
end

-- Each makes a site that has no identity yet, and gives the settings that its sign-in takes.
local makers = {}

local newer = "; where the newer API (Camunda 8.8 and later) has an address of its own, set rest_url "
  .. "(CAMUNDA_REST_ADDRESS)"

function makers.v1(kept, sources)
  return { url = kept.base_url, way = auth[kept.auth], advise = adviser(kept, sources),
    address = "base_url (CAMUNDA_TASKLIST_BASE_URL)", audience = "audience (CAMUNDA_TASKLIST_OAUTH_AUDIENCE)",
    beside = not kept.rest_url and kept.api == "auto" and newer or "" }, kept
end

function makers.v2(kept, sources)
  local site = makers.v1(kept, sources)
  if kept.rest_url then
    site.url, site.address = kept.rest_url, "rest_url (CAMUNDA_REST_ADDRESS)"
  end
  site.beside = ""
  site.advise = adviser(kept, sources, { audience = "rest_audience" })
  site.audience = "rest_audience (CAMUNDA_TOKEN_AUDIENCE)"
  return site, taken_by_v2(kept, sources, site.url)
end

-- Has v2's site made when it is first asked for: a client that only uses v1 does nothing for it.
local function with_v2(engine, made, kept, sources)
  setmetatable(made, { __index = function(self, name)
    if name ~= "v2" then
      return nil
    end
    local site, taken = makers.v2(kept, sources)
    if taken.audience == kept.audience and taken.login_url == kept.login_url then
      site.identity = self.v1.identity
    else
      site.identity = site.way.identity(engine, taken, site.advise)
    end
    self.v2 = site
    return site
  end })
end

--- Makes the sites of a client.
-- @param engine of the core
-- @tparam table values from `settings.resolve`, before the secrets in it are blanked
-- @tparam table sources likewise
-- @treturn table `v2`, and `v1` unless v2 is alone: each with `url`, `identity` (of the engine; nil: nobody signs in),
--   `way` (of signing in, from `auth`), `advise` (a function that gives the site's `advice`), and what hints call the
--   settings that a site has for itself: `address`, `audience`; and `beside`: what else to say where nothing is there
-- @treturn string the name of the one for messages that name none
-- @treturn table identity -> the function that gives its tokens, where that is the user's
function sites.new(engine, values, sources)
  local kept = keep(values)
  local main = values.base_url and values.api ~= "v2" and "v1" or "v2"
  local site, taken = makers[main](kept, sources)
  local token
  site.identity, token = site.way.identity(engine, taken, site.advise)
  local made = { [main] = site }
  if main == "v1" then
    with_v2(engine, made, kept, sources)
  end
  return made, main, token and { [site.identity] = token } or {}
end

return sites
