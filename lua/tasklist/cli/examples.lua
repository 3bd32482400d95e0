--- Command lines to begin with, for help and the man page: of each command, and of the program by the name "".

return {
  [""] = {
    { "tasklist list --group accounting", "what is open for a group" },
    { "tasklist list --group accounting -o id | tasklist claim - --as me", "take all of it" },
  },
  list = {
    { "tasklist list --unassigned", "what nobody has" },
    { "tasklist list --assignee me -o json", "what I have, as JSON with all fields" },
  },
  get = {
    { "tasklist get 2251799813685281", "one task" },
    { "tasklist get 2251799813685281 -o json", "all that is known of it" },
  },
  vars = {
    { "tasklist vars 2251799813685281", "what a task is about" },
    { "tasklist vars 2251799813685281 amount", "one variable" },
  },
  form = {
    { "tasklist form 2251799813685281", "the form that people fill in for it" },
  },
  claim = {
    { "tasklist claim 2251799813685281 --as me", "take one task" },
    { "tasklist list --unassigned -o id | tasklist claim - --as me -j 16", "take what nobody has, 16 at a time" },
  },
  unclaim = {
    { "tasklist unclaim 2251799813685281", "give a task back" },
    { "tasklist list --assignee frida -o id | tasklist unclaim -", "give back what somebody has who is ill" },
  },
  complete = {
    { "tasklist complete 2251799813685281 approved=true amount=5", "end a task with two variables" },
    { "tasklist list --assignee me -o id | tasklist complete - approved=true", "end all of mine" },
  },
  draft = {
    { "tasklist draft 2251799813685281 comment=later", "keep what is not ready yet" },
  },
  update = {
    { "tasklist update 2251799813685281 --priority 80", "let a task come first" },
  },
  watch = {
    { "tasklist watch --group accounting", "each task as it comes" },
    { "tasklist watch --exec 'echo {}'", "a command for each" },
  },
  export = {
    { "tasklist export --state COMPLETED -o csv --to done.csv", "what was done, for a spreadsheet" },
  },
  api = {
    { "tasklist api GET /v2/topology", "any request of the API, signed in" },
  },
  doctor = {
    { "tasklist doctor", "why it does not work, and what to do about it" },
  },
  sandbox = {
    { "tasklist sandbox", "a server to try things with" },
    { "tasklist sandbox -- tasklist list", "a command that runs against one" },
  },
  completion = {
    { "source <(tasklist completion bash)", "in ~/.bashrc, for bash" },
    { "tasklist completion zsh >~/.zfunc/_tasklist", "into a folder of zsh's fpath" },
    { "tasklist completion fish >~/.config/fish/completions/tasklist.fish", "for fish" },
  },
  help = {
    { "tasklist help claim", "what `claim` does, and its options" },
  },
}
