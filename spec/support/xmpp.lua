--- A user's connection to an XMPP server, for the specs: no TLS, and any password.
local http = require "spec.support.http"
local mime = require "mime"

local Xmpp = {}
Xmpp.__index = Xmpp

-- What comes next, up to the end of the first of these tags.
local function read_to(self, ...)
  local text = ""
  repeat
    local more, why = self.sock:read(-4096)
    if not more then error(("the server sent no more than %q (%s)"):format(text, tostring(why)), 3) end
    text = text .. more
    for _, tag in ipairs { ... } do
      if text:find(tag, 1, true) then return text end
    end
  until false
end

local function open_stream(self, host)
  self.sock:write(("<stream:stream to='%s' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
    .. "version='1.0'>"):format(host))
  return read_to(self, "</stream:features>")
end

--- What asks for something, as text.
-- @param kind "get" or "set"
-- @param host whom
-- @param content XML
-- @return string
function Xmpp.render(kind, host, content)
  return ("<iq type='%s' id='1' to='%s'>%s</iq>"):format(kind, host, content)
end

--- Reads an answer.
-- @return string: the stanza
function Xmpp:read()
  return read_to(self, "</iq>", "/>")
end

--- Asks for something.
-- @return string: the stanza that answers
function Xmpp:ask(kind, content)
  self.sock:write(Xmpp.render(kind, self.host, content))
  return self:read()
end

function Xmpp:close()
  self.sock:close()
end

local xmpp = {}

--- Logs a user in.
-- @param port of this machine
-- @param host that the user belongs to
-- @param user
-- @return object with sock and the methods above
function xmpp.connect(port, host, user)
  local self = setmetatable({ sock = http.connect("http://127.0.0.1:" .. port), host = host }, Xmpp)
  open_stream(self, host)
  self.sock:write(("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>")
    :format((mime.b64("\0" .. user .. "\0any"))))
  read_to(self, "<success")
  open_stream(self, host)
  self:ask("set", "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>")
  return self
end

return xmpp
