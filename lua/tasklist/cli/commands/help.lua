local names = {}
for i, command in ipairs(require "tasklist.cli.commands") do names[i] = command.name end

return {
  description = "Shows which commands there are; with the name of one what it does, and its options.",
  arguments = { { name = "COMMAND", optional = true, choices = names, description = "what to tell of" } },
  run = function(_, given)
    print(require("tasklist.cli.help")(given.COMMAND))
  end,
}
