--- Reads the pages of the manual: their tables, headings and blocks.
local public = require "spec.support.public"

local pages = {}

--- All pages.
-- @return array of paths
function pages.all()
  local list = {}
  local names <close> = assert(io.popen "ls doc/*.md")
  for path in names:lines() do list[#list + 1] = path end
  return list
end

--- The text of a page.
function pages.read(name)
  return public.read("doc/" .. name .. ".md")
end

--- The rows of all tables whose head begins with a cell.
-- @param text of a page, or a part of one
-- @param head the first cell's text
-- @return name -> array of the other cells
function pages.rows(text, head)
  local rows, inside = {}, false
  for line in text:gmatch("[^\n]*") do
    if line:find("| " .. head .. " |", 1, true) == 1 then
      inside = true
    elseif not line:find("^|") then
      inside = false
    elseif inside and not line:find("^|%-") then
      local cells = {}
      for cell in line:sub(2):gmatch(" ?(.-) ?|") do cells[#cells + 1] = cell end
      for name in table.remove(cells, 1):gmatch("`([^`]+)`") do
        assert(not rows[name], name .. " is there twice")
        rows[name] = cells
      end
    end
  end
  return rows
end

--- The sections of a page: those under a heading of the second level.
-- @return heading -> text
function pages.sections(text)
  local found = {}
  for heading, body in (text:gsub("\n## ", "\n\0## ") .. "\0"):gmatch("%z?## ([^\n]*)\n([^%z]*)") do
    found[heading] = body
  end
  return found
end

--- The blocks of a page in their order.
-- @return array of { language, text, line }
function pages.blocks(text)
  local found = {}
  for at, language, block in text:gmatch("()\n```(%l+)\n(.-)\n```") do
    local _, line = text:sub(1, at):gsub("\n", "")
    found[#found + 1] = { language = language, text = block .. "\n", line = line + 1 }
  end
  return found
end

return pages
