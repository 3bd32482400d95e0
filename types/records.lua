---@meta _

-- What goes to the server and what comes from it: queries, tasks, variables, forms, errors.

---@alias tasklist.error_kind "config"|"auth"|"network"|"timeout"|"http"|"decode"|"limit"|"closed"

---@alias tasklist.error_code "not_found"|"not_active"|"already_assigned"|"not_assigned"|"not_assignee"|"denied"|"unsupported"|"no_endpoint"|"forbidden"|"csrf"|"dry_run"|"unknown_host"|"unreachable"|"proxy"|"no_tls"|"untrusted_certificate"|"wrong_host"|"expired_certificate"|"no_client_certificate"|"bad_client_certificate"

---@alias tasklist.task_state "CREATED"|"COMPLETED"|"CANCELED"|"FAILED"
---@alias tasklist.any_task_state tasklist.task_state|"CREATING"|"ASSIGNING"|"UPDATING"|"COMPLETING"|"CANCELING"
---@alias tasklist.implementation "JOB_WORKER"|"ZEEBE_USER_TASK"
---@alias tasklist.sort_field "completionTime"|"creationTime"|"followUpDate"|"dueDate"|"priority"

--- Where a page begins or ends: an array of strings in the API v1, a string in the newer one.
---@alias tasklist.cursor string[]|string

--- Of a process variable: nil, boolean, number, string, or a table of these; `null`, `array` and `raw` too. Where the
--- program has loaded lua-cjson, what it calls null and arrays as well.
---@alias tasklist.value any

---@class tasklist.error
---@field kind tasklist.error_kind
---@field message string one line
---@field status? integer of the answer
---@field code? tasklist.error_code of a refusal that is known
---@field title? string the server's word for it (8.8)
---@field instance? string the server's id of the error
---@field method? string of the request
---@field path? string of the request
---@field attempts? integer how often it went out
---@field retry_after? number seconds
---@field outcome? "unknown"|"done" of a write that may have happened, or has
---@field body? string of the answer
---@field sign_in? true when signing in was refused
---@field error? string of a refused sign-in
---@field error_description? string of a refused sign-in

---@class tasklist.task
---@field id string
---@field name string
---@field taskDefinitionId string
---@field processName string
---@field creationDate string
---@field completionDate? string
---@field assignee? string
---@field taskState tasklist.any_task_state
---@field sortValues? tasklist.cursor of a search only
---@field isFirst? boolean of a search only
---@field formKey? string
---@field formId? string
---@field formVersion? integer
---@field isFormEmbedded? boolean
---@field processDefinitionKey string
---@field processInstanceKey string
---@field tenantId string
---@field dueDate? string
---@field followUpDate? string
---@field candidateGroups? string[]
---@field candidateUsers? string[]
---@field variables? tasklist.found_variable[] of a search with `includeVariables` only
---@field context? string of a search only
---@field implementation tasklist.implementation
---@field priority integer
---@field userTaskKey? string on v2, as all below but the last
---@field elementId? string
---@field state? tasklist.any_task_state
---@field elementInstanceKey? string
---@field processDefinitionId? string
---@field processDefinitionVersion? integer
---@field externalFormReference? string
---@field customHeaders? table<string, string>
---@field rootProcessInstanceKey? string 8.9
---@field tags? string[] 8.9
---@field businessId? string 8.10
---@field outcome? "completed" of `complete_task` with `verify` only

---@class tasklist.draft
---@field value? string JSON text
---@field isValueTruncated? boolean
---@field previewValue? string

--- Of `get_variable`.
---@class tasklist.variable
---@field id string
---@field name string
---@field value string JSON text
---@field draft? tasklist.draft
---@field tenantId string
---@field variableKey? string on v2, as all below
---@field scopeKey? string
---@field processInstanceKey? string
---@field rootProcessInstanceKey? string 8.9

--- Of a search.
---@class tasklist.found_variable
---@field id string
---@field name string
---@field value? string JSON text; nil where it is truncated, and for a name that has only a draft
---@field isValueTruncated boolean
---@field previewValue? string the start of JSON text
---@field draft? tasklist.draft
---@field tenantId? string on v2, as all below
---@field variableKey? string
---@field scopeKey? string
---@field processInstanceKey? string
---@field rootProcessInstanceKey? string 8.9
---@field isTruncated? boolean

---@class tasklist.form
---@field id string
---@field processDefinitionKey string
---@field title? string
---@field schema string JSON text
---@field version? integer
---@field tenantId string
---@field isDeleted? boolean on v1
---@field formKey? string on v2
---@field formId? string on v2

---@class (exact) tasklist.date_range: table<"from"|"to", any>
---@field from? string|number
---@field to? string|number

---@class (exact) tasklist.priority_range: table<"eq"|"gte"|"gt"|"lte"|"lt", any>
---@field eq? number
---@field gte? number
---@field gt? number
---@field lte? number
---@field lt? number

---@class (exact) tasklist.variable_filter: table<"name"|"value"|"operator", any>
---@field name string
---@field value tasklist.value JSON text when it is a string
---@field operator? "eq"

---@class (exact) tasklist.sort: table<"field"|"order", any>
---@field field tasklist.sort_field
---@field order "ASC"|"DESC"

---@class (exact) tasklist.included_variable: table<"name"|"alwaysReturnFullValue", any>
---@field name string
---@field alwaysReturnFullValue? boolean

---@alias tasklist.task_query_field "state"|"assigned"|"assignee"|"assignees"|"taskDefinitionId"|"candidateGroup"|"candidateGroups"|"candidateUser"|"candidateUsers"|"processDefinitionKey"|"processInstanceKey"|"pageSize"|"followUpDate"|"dueDate"|"taskVariables"|"tenantIds"|"sort"|"searchAfter"|"searchAfterOrEqual"|"searchBefore"|"searchBeforeOrEqual"|"includeVariables"|"implementation"|"priority"|"filter"

---@class (exact) tasklist.task_query: table<tasklist.task_query_field, any>
---@field state? tasklist.task_state
---@field assigned? boolean
---@field assignee? string
---@field assignees? string[]
---@field taskDefinitionId? string
---@field candidateGroup? string
---@field candidateGroups? string[]
---@field candidateUser? string
---@field candidateUsers? string[]
---@field processDefinitionKey? string|integer
---@field processInstanceKey? string|integer
---@field pageSize? integer
---@field followUpDate? tasklist.date_range
---@field dueDate? tasklist.date_range
---@field taskVariables? table<string, tasklist.value>|tasklist.variable_filter[]
---@field tenantIds? string[]
---@field sort? tasklist.sort[]
---@field searchAfter? tasklist.cursor
---@field searchAfterOrEqual? tasklist.cursor
---@field searchBefore? tasklist.cursor
---@field searchBeforeOrEqual? tasklist.cursor
---@field includeVariables? tasklist.included_variable[]
---@field implementation? tasklist.implementation
---@field priority? tasklist.priority_range
---@field filter? table<string, any> of the newer API (v2)

---@class tasklist.page
---@field after? tasklist.cursor for `searchAfter` of the next query
---@field before? tasklist.cursor for `searchBefore` of the next query
---@field totalItems? integer how many tasks match; on v2
---@field hasMoreTotalItems? boolean whether these are more than `totalItems`; on v2

---@class (exact) tasklist.changes: table<"dueDate"|"followUpDate"|"candidateUsers"|"candidateGroups"|"priority", any>
---@field dueDate? string|number|lightuserdata a date, or seconds; null takes it away, as with the others
---@field followUpDate? string|number|lightuserdata
---@field candidateUsers? (string|integer)[]|lightuserdata
---@field candidateGroups? (string|integer)[]|lightuserdata
---@field priority? integer|lightuserdata 0 to 100; null for 50

--- What was done to a task. It has the other fields of the server's, too.
---@class tasklist.audit_entry
---@field auditLogKey string
---@field operationType string such as "ASSIGN", "UNASSIGN", "UPDATE", "COMPLETE"
---@field timestamp string a date
---@field actorId? string
---@field actorType? string "USER", "CLIENT", "ANONYMOUS" or "UNKNOWN"
---@field result string "SUCCESS" or "FAIL"
---@field userTaskKey? string

--- Who signs in. A user whom the server tells has its other fields, too.
---@class tasklist.owner
---@field username? string of a user
---@field client_id? string of a client
---@field displayName? string
---@field email? string
---@field groups? string[]
---@field roles? string[]

---@class (exact) tasklist.assignment: table<"assignee"|"allowOverrideAssignment", any>
---@field assignee? string
---@field allowOverrideAssignment? boolean

---@class (exact) tasklist.variables_query: table<"variableNames"|"includeVariables", any>
---@field variableNames? string[]
---@field includeVariables? tasklist.included_variable[]

---@class (exact) tasklist.form_query: table<"processDefinitionKey"|"version", any>
---@field processDefinitionKey string|integer
---@field version? integer
