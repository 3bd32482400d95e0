-- For /etc/prosody/conf.d, with mod_tasks.lua in /usr/local/lib/prosody/modules.
VirtualHost "example.com"
	modules_enabled = { "tasks" }
	tasks_group = "accounting"
	tasks_env_file = "/etc/prosody/camunda.env" -- as Camunda Console hands it out
