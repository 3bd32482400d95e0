--- Hosts: programs of others that have a client inside, as processes of their own; and what is asked of each.
local checkout = require "spec.support.checkout"
local child = require "spec.support.child"
local connect = require "spec.support.client"
local lfs = require "lfs"
local seen = require "spec.support.seen"
local wait = require "spec.support.wait"

local daemon = {}

local here = lfs.currentdir() .. "/"

--- What Camunda Console would hand out for a sandbox, as the text of a file.
function daemon.env_file(server)
  return (connect.environment(server):gsub("([%u_]+=)", "\nexport %1") .. "\n")
end

-- The command, of which the host finds this checkout and the cluster.
local function with_environment(server, command)
  return ("env %s %s %s"):format(checkout.environment_from(here), server and connect.environment(server) or "", command)
end

local function with_examples(values)
  local all = { examples = here .. "examples/hosts" }
  for name, value in pairs(values or {}) do all[name] = value end
  return all
end

--- Starts a host that finds this checkout, and waits until it listens.
-- @param server from spec.support.sandbox, which the host's environment names; or nil
-- @param command as for spec.support.child; %{examples} is the folder examples/hosts as well
-- @param files table: name in its folder -> text; or nil
-- @param values table: what else is filled in, by name; or nil
-- @return as spec.support.child gives, and `url`
function daemon.start(server, command, files, values)
  -- In a session of its own: lighttpd ends all processes of its group when it ends.
  local process = child.start(with_environment(server, "setsid " .. command), files or {}, with_examples(values))
  process.url = "http://127.0.0.1:" .. process.port
  return process
end

--- Runs a host that ends by itself.
-- @param server as for `start`, and so are command and values
-- @return its exit code, and what it wrote to stderr
function daemon.run(server, command, values)
  return child.run(with_environment(server, command), with_examples(values))
end

local HELD = 3 -- seconds; others are answered in milliseconds

--- Asks a host for something for which it needs the sandbox, whose answer takes long; and fails unless the host serves
-- others meanwhile.
-- @param server from spec.support.sandbox
-- @param held path of the sandbox's answer that takes long, as for faults
-- @param sock a socket of cqueues that is connected to the host
-- @param text what is written to it, and asks
-- @param other function that asks the host for something else by another connection, and raises when it gets no answer
function daemon.serves_meanwhile(server, held, sock, text, other)
  server:fault { path = held, action = "delay", seconds = HELD }
  sock:write(text)
  wait.until_true(function() return seen.count(server, held) > 0 end, "the host never asked for " .. held)
  other()
  assert(not sock:fill(1, 0), "the host answered what should have waited before the other")
  sock:clearerr()
end

return daemon
