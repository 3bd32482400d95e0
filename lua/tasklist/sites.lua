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

local newer = "; where the newer API (Camunda 8.8 and later) has an address of its own, set rest_url "
  .. "(CAMUNDA_REST_ADDRESS)"

-- Makes v1's site, which has no identity yet.
local function new_site(kept, sources)
  local site = { url = kept.base_url, way = kept.auth,
    address = "base_url (CAMUNDA_TASKLIST_BASE_URL)", audience = "audience (CAMUNDA_TASKLIST_OAUTH_AUDIENCE)",
    beside = not kept.rest_url and kept.api == "auto" and newer or "" }
  local advice
  function site.advise() -- makes it when the first refusal asks for it: most clients are never refused
    advice = advice or require("tasklist.advice").new(kept, sources, site.instead)
    return advice
  end
  return site
end

-- Makes v2's site, which has no identity yet, and gives the settings that its sign-in takes. Loaded now, because a
-- client that only uses v1 needs none of it.
local function new_newer_site(kept, sources)
  local site = new_site(kept, sources)
  return site, require("tasklist.newer_site")(site, kept, sources)
end

-- Has v2's site made when it is first asked for.
local function with_v2(engine, made, kept, sources)
  setmetatable(made, { __index = function(self, name)
    if name ~= "v2" then
      return nil
    end
    local site, taken = new_newer_site(kept, sources)
    if taken.audience == kept.audience and taken.login_url == kept.login_url then
      site.identity = self.v1.identity
    else
      site.identity = auth[site.way](engine, taken, site.advise)
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
--   `way` (of signing in: its name), `advise` (a function that gives the site's `advice`), and what hints call the
--   settings that a site has for itself: `address`, `audience`; and `beside`: what else to say where nothing is there
-- @treturn string the name of the one for messages that name none
-- @treturn table identity -> the function that gives its tokens, where that is the user's
function sites.new(engine, values, sources)
  local kept = keep(values)
  local main = values.base_url and values.api ~= "v2" and "v1" or "v2"
  local site, taken, token
  if main == "v1" then
    site, taken = new_site(kept, sources), kept
  else
    site, taken = new_newer_site(kept, sources)
  end
  site.identity, token = auth[site.way](engine, taken, site.advise)
  local made = { [main] = site }
  if main == "v1" then
    with_v2(engine, made, kept, sources)
  end
  return made, main, token and { [site.identity] = token } or {}
end

return sites
