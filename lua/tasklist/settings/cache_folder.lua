--- Where the token file is when the settings do not say.

local cache_folder = {}

--- The user's folder for caches, as the XDG Base Directory Specification has it: a relative path counts as none.
-- @tparam function environment gives a variable's value or nil, like os.getenv
-- @treturn string a path; "" when the environment names none, and then there is no token file
function cache_folder.usual(environment)
  local cache, home = environment "XDG_CACHE_HOME" or "", environment "HOME" or ""
  if cache:sub(1, 1) == "/" then
    return cache .. "/tasklist"
  end
  return home ~= "" and home .. "/.cache/tasklist" or ""
end

return cache_folder
