--- What a text begins or ends in that hardly anybody sees, and that came along by mistake: from an editor, from a
-- file of Windows, from a shell's quotes.

local marks = {
  { "\r\n", "a carriage return and a line feed" },
  { "\n", "a line feed" }, { "\r", "a carriage return" }, { "\t", "a tab" }, { " ", "a blank" },
  { "\u{A0}", "a no-break space" }, { "\u{200B}", "a zero-width space" }, { "\u{FEFF}", "a byte order mark" },
  { '"', "a quotation mark" }, { "'", "an apostrophe" },
  { "\u{201C}", "a quotation mark" }, { "\u{201D}", "a quotation mark" }, { "\u{201E}", "a quotation mark" },
}

local function find(text, part_of)
  for _, mark in ipairs(marks) do
    if part_of(text, #mark[1]) == mark[1] then
      return mark[2]
    end
  end
end

local function first(text, length)
  return text:sub(1, length)
end

local function last(text, length)
  return text:sub(-length)
end

--- Describes the ends of a text, without anything of what lies between them.
-- @tparam string text
-- @treturn ?string such as "ends in a line feed"; nil when there is nothing to say
return function(text)
  local before, after = find(text, first), find(text, last)
  if before and after then
    return ("begins with %s and ends in %s"):format(before, after)
  end
  return before and "begins with " .. before or after and "ends in " .. after or nil
end
