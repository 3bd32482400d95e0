--- The one error object: what the world did that a call could not do without.
--
-- Fields: `kind` ("config", "auth", "network", "timeout", "http", "decode", "limit", "closed",
-- "cancelled"), `message`, and where they apply `status`, `title`, `instance`, `method`, `path`,
-- `attempts`, `retry_after` (seconds), `body`, and for a refused sign-in the token endpoint's `error`
-- and `error_description` (RFC 6749 5.2). `tostring` is one line that says what was tried, what came
-- back and what to do.

local errors = {}

local metatable = { __name = "tasklist.error" }

local escapes = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

--- Foreign text on one line, its control characters escaped.
-- @tparam string text
-- @treturn string
function errors.one_line(text)
  return (text:gsub("[%c\x7f]", function(character)
    return escapes[character] or ("\\x%02x"):format(character:byte())
  end))
end

function metatable:__tostring()
  local what = self.method and ("%s %s: "):format(self.method, self.path) or ""
  return ("tasklist: %s%s (%s)"):format(what, self.message, self.kind)
end

function metatable.__concat(left, right)
  return tostring(left) .. tostring(right)
end

--- Makes an error object of a table with at least `kind` and `message`.
-- @tparam table fields becomes the object
-- @treturn table
function errors.new(fields)
  fields.message = errors.one_line(fields.message)
  return setmetatable(fields, metatable)
end

return errors
