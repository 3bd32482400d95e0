--- The commands of the program, in the order in which help lists them. Each is a file of this folder, which gives a
-- table:
--
-- * `description`: what it does, a sentence or more;
-- * `arguments`, `options`: arrays of what tasklist.cli.parser reads, `mutex`: arrays of options of which one may be
--   given. The same tables make help, the man page and the completions;
-- * `run(program, given)`: does it. `given` has what was written, by the options' names; what `program` has is in
--   tasklist.cli.program. What goes wrong with one of several things is told to `program:fail`; what ends the command
--   is raised: an error object of the module, or what `Program:break_off` takes besides. It may give an exit code.

return {
  { name = "list", summary = "show tasks" },
  { name = "get", summary = "show single tasks" },
  { name = "vars", summary = "show a task's variables" },
  { name = "form", summary = "show a task's form" },
  { name = "claim", summary = "assign tasks to a user" },
  { name = "unclaim", summary = "take tasks from their assignees" },
  { name = "complete", summary = "complete tasks" },
  { name = "draft", summary = "keep variables as drafts of a task" },
  { name = "update", summary = "change dates, priority and groups of tasks" },
  { name = "watch", summary = "show tasks as they come, or run a command for each" },
  { name = "export", summary = "write many tasks as CSV or JSON lines" },
  { name = "api", summary = "send any request" },
  { name = "doctor", summary = "find out what is wrong, and what to do" },
  { name = "sandbox", summary = "run a server to try things with" },
  { name = "completion", summary = "print what lets a shell complete command lines" },
  { name = "help", summary = "show help of the program, or of a command" },
}
