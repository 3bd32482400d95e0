--- The endpoints of v2 that give forms: that of a task, and any by its key.
local answers = require "tasklist.sandbox.answers"
local callers = require "tasklist.sandbox.callers"
local forms = require "tasklist.sandbox.forms"
local keyed = require "tasklist.sandbox.v2.keyed"
local working = require "tasklist.sandbox.v2.working"

local function of_task(task, parts)
  local form = parts.forms:of_task(task)
  return form and answers.ok(forms.in_v2(form)) or answers.done()
end

local function by_key(parts, call)
  local form = parts.forms:by_key(call.id)
  if form and callers.knows(call.caller, form) then return answers.ok(forms.in_v2(form)) end
  return answers.problem(call.request, 404, "NOT_FOUND", ("Form with key '%s' not found"):format(call.id))
end

--- The endpoints, as endpoints.lua has them.
return {
  { "GET", "^/user%-tasks/([^/]+)/form$", working("look", of_task), needs = "reads" },
  { "GET", "^/forms/([^/]+)$", keyed("formKey", by_key), needs = "forms_by_key" },
}
