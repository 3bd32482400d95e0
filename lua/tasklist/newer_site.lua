--- The site of the newer API (v2): where it differs from Tasklist's.

-- The settings as its sign-in takes them.
local function taken_by(site, kept, sources)
  local taken = { audience = kept.rest_audience }
  if sources.login_url == "default" then -- one that was set serves both
    taken.login_url = site.url .. "/login"
  end
  return setmetatable(taken, { __index = kept })
end

--- Makes v2's site of one for v1.
-- @tparam table site see `sites.new`; changed in place
-- @tparam table kept the settings, with their secrets
-- @tparam table sources
-- @treturn table the settings that its sign-in takes
return function(site, kept, sources)
  if kept.rest_url then
    site.url, site.address = kept.rest_url, "rest_url (CAMUNDA_REST_ADDRESS)"
  end
  site.beside = ""
  site.instead = { audience = "rest_audience" } -- for the advice
  site.audience = "rest_audience (CAMUNDA_TOKEN_AUDIENCE)"
  return taken_by(site, kept, sources)
end
