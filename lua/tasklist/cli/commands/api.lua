local files = require "tasklist.cli.files"
local output = require "tasklist.cli.output"
local tasklist = require "tasklist"
local terminal = require "tasklist.terminal"

-- What an answer means for the exit code, by its status: as the module says it of its own calls.
local meanings = {
  [401] = { kind = "auth" },
  [403] = { kind = "auth" },
  [404] = { code = "not_found" },
  [409] = { code = "not_active" },
}

-- A write that came to one of these may have been executed.
local unsure = { [500] = true, [502] = true, [503] = true, [504] = true }
local reads = { GET = true, HEAD = true }

local function refused(method, path, status)
  local failure = { kind = "http" }
  for field, value in pairs(meanings[status] or {}) do failure[field] = value end
  failure.outcome = unsure[status] and not reads[method] and "unknown" or nil
  failure.message = ("%s %s: the server answered %d%s"):format(method, path, status,
    failure.outcome and "; it may have been executed" or "")
  return failure
end

local function body_of(data)
  local name = data and data:match "^@(.*)"
  if not name then return data end
  local text, problem = files.read(name)
  if not text then error({ usage = "cannot read " .. problem }, 0) end
  return text
end

-- As it came; but JSON ends in a line end, for a shell's next line.
local function in_lines(body)
  local _, problem = tasklist.decode(body)
  return (problem or body:find "\n$") and body or body .. "\n"
end

-- For a terminal: JSON for people to read, and nothing that a terminal would obey.
local function shown(body)
  local text, pretty = require "tasklist.cli.output.text", require "tasklist.cli.output.pretty"
  return body == "" and "" or pretty(body):gsub("[^\n]+", text.harmless) .. "\n"
end

return {
  description = "Sends any request, signed in as the settings say, and writes the answer's body to stdout: JSON for "
    .. "people to read on a terminal, and as it came elsewhere (JSON with a line end). A path that begins with /v2/ "
    .. "goes to the Orchestration Cluster API where that has an address of its own.",
  arguments = {
    { name = "METHOD", description = "such as GET or POST" },
    { name = "PATH", description = "from / on, with the query" },
  },
  options = {
    { name = "-d --data", argname = "TEXT", bytes = true, empty = true,
      description = "the body; @FILE takes it from a file, @- from stdin" },
  },
  run = function(program, given)
    local method = given.METHOD:upper()
    local status, body = program:client():request(method, given.PATH, body_of(given.data))
    if not status then
      return program:fail(body)
    end
    output.stream(io.stdout):write(terminal.width(1) and shown(body) or in_lines(body))
    if status < 200 or status > 299 then
      program:fail(refused(method, given.PATH, status))
    end
  end,
}
