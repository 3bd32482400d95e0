return {
  description = "Prints the script that lets a shell complete command lines of tasklist. `make install` puts the " ..
    "scripts where the shells look for them; this is for those who installed with LuaRocks, whose man page is in " ..
    "the folder that `luarocks show --rock-dir tasklist` names, below share/man.",
  arguments = { { name = "SHELL", choices = { "bash", "zsh", "fish" }, description = "the shell that will read it" } },
  run = function(_, given)
    io.write(require("tasklist.cli.completion." .. given.SHELL)(require("tasklist.cli.overview").all()))
  end,
}
