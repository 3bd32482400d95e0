--- Where a program of its own finds this checkout, and what was built of it.
local build = os.getenv "TASKLIST_BUILD" or "build" -- else a build against another libcurl
local cjson = os.getenv "CJSON_DIR" -- else the system's lua-cjson

return {
  -- The folder with the module, the host program and the libraries to preload.
  build = build,
  -- `NAME=value` words for a shell.
  environment = ("LUA_PATH='lua/?.lua;lua/?/init.lua;;' LUA_CPATH='%s%s/?.so;;'")
    :format(cjson and cjson .. "/?.so;" or "", build),
}
