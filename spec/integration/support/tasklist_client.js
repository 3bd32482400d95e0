// A day's work with Camunda's SDK for Node: prints as one line of JSON what it was given, or the text of what went
// wrong. TasklistClient.java does the same with the client for Java. Where to, and as whom, is in the environment.
'use strict'
const { Camunda8 } = require('@camunda8/sdk')

const instant = (date) => date && new Date(date).toISOString()

// What is said of a call that is refused.
async function refusal(call) {
  try {
    await call
  } catch (error) {
    return error.message
  }
  throw new Error('a call that must fail did not')
}

const ids = (tasks) => tasks.map((task) => task.id)

async function walk(tasklist) {
  const query = { state: 'CREATED', pageSize: 2 }
  const pages = []
  for (;;) {
    const page = await tasklist.searchTasks(query)
    if (page.length === 0) return pages
    pages.push(ids(page))
    query.searchAfter = page[page.length - 1].sortValues
  }
}

async function sort(tasklist) {
  return ids(await tasklist.searchTasks({ sort: [{ field: 'dueDate', order: 'ASC' }] }))
}

async function filter(tasklist) {
  return ids(await tasklist.searchTasks({
    state: 'CREATED',
    assigned: false,
    candidateGroup: 'accounting',
    dueDate: { from: new Date('2024-03-01T00:00:00Z'), to: new Date('2024-03-31T00:00:00Z') },
    taskVariables: [{ name: 'currency', value: '"EUR"', operator: 'eq' }],
  }))
}

async function look(tasklist, id) {
  const task = await tasklist.getTask(id)
  return {
    id: task.id,
    name: task.name,
    processName: task.processName,
    state: task.taskState,
    created: instant(task.creationDate),
    due: instant(task.dueDate),
    assignee: task.assignee,
    candidateGroups: task.candidateGroups,
    formId: task.formId,
    priority: task.priority,
  }
}

async function read(tasklist, id) {
  const all = {}
  let customer
  for (const variable of await tasklist.getVariables({ taskId: id })) {
    all[variable.name] = variable.value
    if (variable.name === 'customer') customer = variable.id
  }
  return { all, one: (await tasklist.getVariable(customer)).value }
}

async function form(tasklist, task) {
  const { id, version, schema } = await tasklist.getForm(task.formId, task.processDefinitionKey)
  return { id, version: Number(version), schema }
}

async function work() {
  const tasklist = new Camunda8().getTasklistApiClient()
  const seen = { pages: await walk(tasklist), sorted: await sort(tasklist), filtered: await filter(tasklist) }
  const id = seen.filtered[0]
  seen.task = await look(tasklist, id)
  seen.variables = await read(tasklist, id)
  seen.form = await form(tasklist, await tasklist.getTask(id))
  seen.assignee = (await tasklist.assignTask({ taskId: id, assignee: 'jane' })).assignee
  seen.assigned = await refusal(tasklist.assignTask({ taskId: id, assignee: 'omar' }))
  seen.unassigned = (await tasklist.unassignTask(id)).assignee
  await tasklist.assignTask({ taskId: id, assignee: 'omar', allowOverrideAssignment: true })
  await tasklist.completeTask(id, { approved: true, count: 3, note: 'Zoë 🏝', lines: [{ text: 'tea' }] })
  seen.completed = await look(tasklist, id)
  seen.inactive = await refusal(tasklist.completeTask(id))
  seen.missing = await refusal(tasklist.getTask('1'))
  return seen
}

work().then(
  (seen) => console.log(JSON.stringify(seen)),
  (error) => {
    console.error(error)
    process.exit(1)
  }
)
