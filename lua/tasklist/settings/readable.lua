--- Whether files and folders that settings name can be read.

local core = require "tasklist.core"

--- What is wrong with a path. OpenSSL takes what colons separate for several folders. It needs one of them:
-- SSL_CERT_DIR often has the usual places of several systems.
-- @tparam string what "file", or "folders"
-- @tparam string path
-- @treturn ?string in words that follow the setting's name
return function(what, path)
  local folders = what == "folders"
  local problem
  for each in path:gmatch(folders and "[^:]+" or ".+") do
    local fine, why = core.readable(each, folders and "folder" or "file")
    if fine then
      return nil
    end
    problem = ("cannot be read: %s: %s"):format(each, why)
  end
  return problem
end
