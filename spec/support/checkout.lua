--- Where a program of its own finds this checkout, and what was built of it.
local build = os.getenv "TASKLIST_BUILD" or "build" -- else a build against another libcurl
local cjson = os.getenv "CJSON_DIR" -- else the system's lua-cjson

local function below(where, path)
  return path:find "^/" and path or where .. path
end

-- `NAME=value` words for a shell; `where` is what relative paths begin with.
local function environment(where)
  local cpath = below(where, build) .. "/?.so;;"
  if cjson then cpath = ("%s/?.so;%s"):format(below(where, cjson), cpath) end
  return ("LUA_PATH='%s/?.lua;%s/?/init.lua;;' LUA_CPATH='%s'"):format(below(where, "lua"), below(where, "lua"), cpath)
end

return {
  -- The folder with the module, the host program and the libraries to preload.
  build = build,
  -- For programs that run in this folder.
  environment = environment "",
  -- For programs that change to another one: gets the path of this one, with a slash at its end.
  environment_from = environment,
}
