--- Has the garbage collector do a whole cycle each time that Lua looks whether it has to work, until its mode is set
-- again.
return function()
  collectgarbage("incremental", 1, 1000, 63)
  if _VERSION == "Lua 5.5" then -- where the mode's name is all that this sets
    collectgarbage("param", "pause", 1)
    collectgarbage("param", "stepmul", 0)
    collectgarbage("param", "stepsize", 1)
  end
end
