--- What a user sets for a setting of the module: the variable that the manual names first, or an option of the program.
return {
  allow_insecure = "TASKLIST_ALLOW_INSECURE", api = "TASKLIST_API", audience = "CAMUNDA_TASKLIST_OAUTH_AUDIENCE",
  auth = "CAMUNDA_AUTH_STRATEGY", authorization_server_url = "CAMUNDA_OAUTH_URL",
  base_url = "CAMUNDA_TASKLIST_BASE_URL", ca_file = "CAMUNDA_CUSTOM_ROOT_CERT_PATH",
  client_cert = "CAMUNDA_CUSTOM_CERT_CHAIN_PATH", client_id = "CAMUNDA_CLIENT_ID",
  client_key = "CAMUNDA_CUSTOM_PRIVATE_KEY_PATH", client_key_password = "CAMUNDA_MTLS_KEY_PASSPHRASE",
  client_secret = "CAMUNDA_CLIENT_SECRET", login_url = "CAMUNDA_COOKIE_AUTH_URL", no_proxy = "NO_PROXY",
  password = "CAMUNDA_BASIC_AUTH_PASSWORD", proxy = "HTTPS_PROXY", rest_audience = "CAMUNDA_TOKEN_AUDIENCE",
  env_file = "--env-file", rest_url = "CAMUNDA_REST_ADDRESS", scope = "CAMUNDA_TOKEN_SCOPE", timeout = "--timeout",
  token = "CAMUNDA_OAUTH_TOKEN", username = "CAMUNDA_BASIC_AUTH_USERNAME",
}
