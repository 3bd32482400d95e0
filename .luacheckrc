std = "lua54"
max_line_length = 120
-- A method may do without the object, which its caller need not know.
self = false
files["spec"] = { std = "lua54+busted" }
-- Declarations: nothing uses their parameters.
files["types"] = { unused_args = false, ignore = { "241" }, max_line_length = false }
-- What those programs give to their configurations and modules.
files["examples/hosts/lighttpd"] = { globals = { "lighty" } }
files["examples/hosts/prosody"] = { read_globals = { "VirtualHost" }, globals = { "module" } }
files["examples/hosts/prosody/tasks.cfg.lua"] = { ignore = { "111" } }
files["examples/hosts/haproxy"] = { read_globals = { "core" } }
files["lua/tasklist/loop/haproxy.lua"] = { read_globals = { "core" } }
