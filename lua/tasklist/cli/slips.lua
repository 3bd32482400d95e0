--- What somebody meant who wrote a name that there is none of.

-- A word without one of its letters, for each letter; and the word.
local function shortened(word)
  local set = { [word] = true }
  for i = 1, #word do set[word:sub(1, i - 1) .. word:sub(i + 1)] = true end
  return set
end

--- Finds the names of which a word may be a slip: ones with a letter more, less, another, or two of them exchanged,
-- and two letters that are the same.
-- @tparam string word
-- @tparam table names name -> anything
-- @treturn string to follow a message that the word is unknown; empty where it is like none of the names
return function(word, names)
  local near, found = shortened(word), {}
  for name in pairs(names) do
    for part in pairs(shortened(name)) do
      if #part > 1 and near[part] then found[name] = true end
    end
  end
  local list = {}
  for name in pairs(found) do list[#list + 1] = ("'%s'"):format(name) end
  table.sort(list)
  return list[1] and "; did you mean " .. table.concat(list, " or ") .. "?" or ""
end
