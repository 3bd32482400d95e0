--- What to do about refusals that depend on the way of signing in.
--
-- Of each way: `unauthorized` is what to do about a 401 of the API that signing in anew did not cure (`%s`: the setting
-- with the audience), `csrf` about a CSRF token that it misses.

local switch_off = "or set camunda.tasklist.csrfPreventionEnabled=false at the server"
local use_cookies = "sign in with auth = \"cookie\" (CAMUNDA_AUTH_STRATEGY=COOKIE), which sends the header "
  .. "X-CSRF-TOKEN back, " .. switch_off

return {
  none = {
    unauthorized = "the API asks who we are, and auth is \"none\"; choose another with auth (CAMUNDA_AUTH_STRATEGY)",
    csrf = use_cookies,
  },
  basic = {
    unauthorized = "check username and password (CAMUNDA_BASIC_AUTH_USERNAME, CAMUNDA_BASIC_AUTH_PASSWORD)",
    csrf = use_cookies,
  },
  bearer = {
    unauthorized = "the API does not accept the token; check token (CAMUNDA_OAUTH_TOKEN)",
    csrf = use_cookies,
  },
  oauth = {
    unauthorized = "the API does not accept the token; check %s and the client's permissions",
    csrf = use_cookies,
  },
  cookie = {
    unauthorized = "the API does not accept the session; check that login_url (CAMUNDA_COOKIE_AUTH_URL) is the API's "
      .. "own",
    csrf = "check that proxies pass the header X-CSRF-TOKEN and the cookies on in both directions, and that login_url "
      .. "(CAMUNDA_COOKIE_AUTH_URL) is the API's own, " .. switch_off,
  },
}
