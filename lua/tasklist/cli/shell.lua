--- Commands of a shell.

local shell = {}

--- @tparam string text
-- @treturn string one word of a command, whatever is in it
function shell.quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

--- @tparam table words
-- @treturn string a command of these words
function shell.line(words)
  local quoted = {}
  for i, word in ipairs(words) do quoted[i] = shell.quote(word) end
  return table.concat(quoted, " ")
end

--- Runs a command, and waits for it. While it runs, Ctrl-C is for the command alone; one that dies of it ends the
-- program, too.
-- @tparam string command
-- @treturn integer its exit code; 128 and the signal's number where it died of one
function shell.run(command)
  local _, how, code = os.execute(command)
  if how == "signal" then code = 128 + code end
  if code == 130 then error({ kind = "interrupted" }, 0) end
  return code
end

return shell
