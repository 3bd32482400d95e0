--- What of an export is not written yet: the rows of a page, which go out together. So what was written ends where the
-- cursor of a page says, and an export that is gone on with there has no row twice and misses none.

local Pages = {}
Pages.__index = Pages

--- Keeps a piece of text back.
-- @return itself, as a file does
function Pages:write(...)
  for i = 1, select("#", ...) do
    self.pieces[#self.pieces + 1] = (select(i, ...))
  end
  return self
end

--- Forgets what is kept back.
function Pages:drop()
  self.pieces = {}
end

--- Writes what is kept back.
-- @return what the file's methods return
function Pages:flush()
  local text = table.concat(self.pieces)
  self:drop()
  local written, message, number = self.file:write(text)
  if not written then return written, message, number end
  return self.file:flush()
end

return {
  --- @param file where to, one of Lua's files; nil: stdout
  -- @return as a file, with `write` and `flush`; and `drop`
  new = function(file)
    return setmetatable({ file = file or io.stdout, is_stdout = not file, pieces = {} }, Pages)
  end,
}
