---@meta tasklist.sandbox

-- The sandbox: doc/sandbox.md has its manual.

---@alias tasklist.sandbox_options_field "host"|"port"|"base_path"|"tls"|"tls_max_version"|"client_certificate"|"gzip"|"version"|"v1"|"authentication"|"client_id"|"client_secret"|"check_client"|"audience"|"rest_audience"|"check_audience"|"token_life"|"token_delay"|"verify"|"client_role"|"tenants"|"users"|"session_life"|"csrf"|"lag"|"tasks"|"forms"

---@class (exact) tasklist.sandbox_options: table<tasklist.sandbox_options_field, any>
---@field host? string
---@field port? integer
---@field base_path? string
---@field tls? "good"|"wrong_host"|"expired"|"unknown_ca"
---@field tls_max_version? "1.1"
---@field client_certificate? boolean
---@field gzip? boolean
---@field version? string from "8.5" to "8.10", such as "8.8.5"
---@field v1? boolean
---@field authentication? "jwt"|"cookie"|"basic"|"none"
---@field client_id? string
---@field client_secret? string
---@field check_client? boolean
---@field audience? string
---@field rest_audience? string
---@field check_audience? boolean
---@field token_life? number seconds
---@field token_delay? number seconds
---@field verify? fun(token: string): table?, string?
---@field client_role? "OWNER"|"OPERATOR"|"READER"
---@field tenants? string[]
---@field users? table[]
---@field session_life? number seconds
---@field csrf? boolean
---@field lag? number seconds
---@field tasks? table[]
---@field forms? table[]

---@class tasklist.sandbox_server
---@field base_url string
---@field rest_url string
---@field token_url string
---@field ca_pem? string
---@field client? { cert_pem: string, key_pem: string, encrypted_key_pem: string, passphrase: string }
---@field ledger table
---@field faults table
---@field recorder table
---@field issuer table
local Server = {}

---@param cq table a cqueues controller
function Server:loop(cq) end

function Server:close() end

---@param instance table
---@return string key
---@return string[] ids of its tasks
function Server:start_instance(instance) end

---@param id string
---@param state "FAILED"|"CREATED"|"CANCELED"|"CREATING"|"ASSIGNING"|"UPDATING"|"COMPLETING"|"CANCELING"
function Server:set_task_state(id, state) end

---@param key string of a task or a process instance
---@param list { name: string, value: string }[]
function Server:set_variables(key, list) end

---@param list table[]
function Server:add_forms(list) end

---@class tasklist.sandbox
local sandbox = {}

---@param given? tasklist.sandbox_options
---@return tasklist.sandbox_server
function sandbox.new(given) end

---@param given? tasklist.sandbox_options
function sandbox.run(given) end

return sandbox
