--- What may be wrong, its cause and its remedy. The first row counts whose `when` fits what is known of a failure;
-- false means that it is not so. What is known are the fields of the module's error object, and what `diagnosis` adds.
--
-- In the texts `{name}` is the setting of that name, as its user knows it; `{address}` the one with the URL that was
-- asked, `{audience_of}` the one with the audience of its tokens, and `{message}` what the module says.

local at_proxy = "leave {proxy} out if no proxy is needed, add the server's host to {no_proxy} if the proxy is not for "
  .. "it, or ask who runs the proxy to let this through"
local check_http = "check whether the URL is to begin with https:// instead: {address}"

local function wrong_client(when)
  return { when = when, cause = "the token endpoint does not accept this client: its id or its secret is wrong",
    remedy = "check {client_id} and {client_secret}, and that they belong to {authorization_server_url}" }
end

return {
  { when = { code = "dry_run" }, cause = "--dry-run sends nothing", remedy = "leave it out" },
  { when = { kind = "config", code = "unsupported" }, cause = "{message}",
    remedy = "leave {api} out, so that the API is found which the server has, or set both {base_url} and {rest_url}" },
  { when = { code = "bad_client_certificate" },
    cause = "the client certificate, its key and password do not fit together",
    remedy = "check {client_cert}, {client_key} and {client_key_password}" },
  { when = { kind = "config" }, cause = "{message}",
    remedy = "set the variable, or name with --env-file the file that Camunda Console hands out for an API client; "
      .. "doc/connecting.md has the variables for each kind of cluster" },

  { when = { code = "unknown_host" }, cause = "nobody knows the host of {address}",
    remedy = "check how it is written; if it is right, this machine's DNS does not know it: look whether a VPN or a "
      .. "proxy is needed (HTTPS_PROXY)" },
  { when = { code = "unreachable" }, cause = "nothing accepts connections at {address}",
    remedy = "check host and port, and that the server runs; a firewall may be between" },
  { when = { code = "proxy" }, cause = "the proxy cannot be reached, or does not let us through: {message}",
    remedy = "check its URL; to a 407 or 401 it needs user and password (https://user:password@host:port); "
      .. at_proxy },
  { when = { code = "untrusted_certificate" },
    cause = "no authority that is trusted has signed the certificate of {address}",
    remedy = "set {ca_file} to a PEM file with the certificate of the authority that signed it" },
  { when = { code = "expired_certificate" }, cause = "the certificate of {address} has expired, or is not yet valid",
    remedy = "whoever runs the server must renew it; if it is valid, set this machine's clock" },
  { when = { code = "wrong_host" }, cause = "the certificate is for another host than that of {address}",
    remedy = "use the host's name that the certificate has, or have the server's certificate changed" },
  { when = { code = "no_client_certificate" }, cause = "the server asks for a client certificate, and there is none",
    remedy = "set {client_cert} and {client_key}" },
  { when = { code = "no_tls" }, cause = "the URL begins with https://, and the server speaks plain HTTP: {address}",
    remedy = "let it begin with http://, and with another host than this machine set {allow_insecure}; or use the "
      .. "server's https port" },

  { when = { sign_in = true, error = "access_denied" },
    cause = "the token endpoint gives this client no token for the audience of {audience_of}",
    remedy = "set the audience that the server expects; on SaaS, let the API client have the scope of that API" },
  { when = { sign_in = true, error = "invalid_scope" }, cause = "the token endpoint knows no such scope: {scope}",
    remedy = "set the scope that the token endpoint expects, or leave it out" },
  wrong_client { sign_in = true, status = 401, auth = "oauth" },
  wrong_client { sign_in = true, error = "invalid_client" },
  wrong_client { sign_in = true, error = "unauthorized_client" },
  { when = { sign_in = true, status = 401, auth = "cookie" }, cause = "the login does not accept user and password",
    remedy = "check {username} and {password}, and that they belong to {login_url}" },
  { when = { sign_in = true, status = 400, error = false, plain = true },
    cause = "the URL begins with http://, and no token endpoint answers so: {address}", remedy = check_http },
  { when = { sign_in = true }, cause = "the sign-in was refused: {message}",
    remedy = "check {address}; if a page has come, a proxy or gateway may stand before it: {proxy}" },

  { when = { status = 401, auth = "oauth" },
    cause = "there is a token, and the API does not accept it: it is for another audience, or from another token "
      .. "endpoint",
    remedy = "set {audience_of} to the audience that the server expects; check that its tokens come from "
      .. "{authorization_server_url}" },
  { when = { status = 401, auth = "basic" }, cause = "the API does not accept user and password",
    remedy = "check {username} and {password}" },
  { when = { status = 401, auth = "bearer" }, cause = "the API does not accept the token", remedy = "renew {token}" },
  { when = { status = 401, auth = "none" }, cause = "the API asks who we are, and nobody signs in",
    remedy = "choose with {auth} how to sign in, or set {client_id} and {client_secret}" },
  { when = { kind = "auth" }, cause = "{message}", remedy = "check {auth}" },

  { when = { page = true, proxied = true },
    cause = "a page has come instead of the API's answer, most likely the proxy's: {proxy}", remedy = at_proxy },
  { when = { status = 400, page = true, plain = true },
    cause = "the URL begins with http://, and the port there is one for https: {address}", remedy = check_http },
  { when = { page = true },
    cause = "a page has come instead of the API's answer: from a proxy or gateway on the way, or from a web server "
      .. "that is not Camunda's",
    remedy = "open {address} in a browser to see who answers; if a proxy must be used, set {proxy}" },
  { when = { kind = "network", plain = true },
    cause = "no HTTP answer came, and the URL begins with http://: the port there may be one for https",
    remedy = check_http },
  { when = { kind = "decode" }, cause = "what answers is not the API: {message}", remedy = "check {address}" },

  { when = { code = "forbidden" }, cause = "who signs in is known, and may not read tasks",
    remedy = "have the permission for user tasks given to it in Camunda (Identity or Admin; on SaaS the scope of the "
      .. "API client): {who}" },
  { when = { code = "csrf" }, cause = "{message}", remedy = "set {auth} to COOKIE" },
  { when = { status = 404, api = "v1" },
    cause = "this server has no API v1, as from 8.10 on, or {address} leads elsewhere",
    remedy = "leave {api} out, so that the API is found which the server has, or check the address" },
  { when = { status = 404, api = "v2" },
    cause = "this server has no API v2, as before 8.8, or {address} leads elsewhere",
    remedy = "leave {api} out, so that the API is found which the server has, and set {base_url}" },
  { when = { status = 404 }, cause = "there is no API for user tasks at {address}",
    remedy = "check the path of the URL; for a server of 8.10 or newer, set {rest_url} to its address" },
  { when = { kind = "timeout" }, cause = "no answer came in time from {address}: {message}",
    remedy = "check host and port; a firewall that drops what it does not let through looks like this, too. If the "
      .. "server is only slow, set {timeout}" },
  { when = { kind = "network" }, cause = "the connection did not hold: {message}",
    remedy = "check {address}; what stands between, such as a proxy or a firewall, may have ended it" },
  { when = {}, cause = "{message}", remedy = "look into the server's log" },
}
