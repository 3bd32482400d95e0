// A day's work with Camunda's SDK for JavaScript, which speaks v2: prints as one line of JSON what it was given, or the
// text of what went wrong. Where to, and as whom, is in the environment.
'use strict'
const { createCamundaClient } = require('@camunda8/orchestration-cluster-api')

// Nothing is waited for: an answer is taken as it is.
const now = { consistency: { waitUpToMs: 0 } }

// What is said of a call that is refused.
async function refusal(call) {
  try {
    await call
  } catch (error) {
    return `${error.status} ${error.title}: ${error.detail}`
  }
  throw new Error('a call that must fail did not')
}

const keys = (found) => found.items.map((task) => task.userTaskKey)

async function walk(camunda) {
  const query = { filter: { state: 'CREATED' }, page: { limit: 2 }, sort: [{ field: 'creationDate', order: 'DESC' }] }
  const pages = []
  for (;;) {
    const found = await camunda.searchUserTasks(query, now)
    if (found.items.length === 0) return pages
    pages.push(keys(found))
    query.page.after = found.page.endCursor
  }
}

async function sort(camunda) {
  return keys(await camunda.searchUserTasks({ sort: [{ field: 'dueDate', order: 'ASC' }] }, now))
}

async function filter(camunda) {
  return keys(await camunda.searchUserTasks({
    filter: {
      state: { $in: ['CREATED', 'ASSIGNING'] },
      assignee: { $exists: false },
      candidateGroup: 'accounting',
      dueDate: { $gte: '2024-03-01T00:00:00Z', $lt: '2024-03-31T00:00:00Z' },
      processInstanceVariables: [{ name: 'currency', value: '"EUR"' }],
    },
  }, now))
}

async function look(camunda, userTaskKey) {
  const task = await camunda.getUserTask({ userTaskKey }, now)
  return {
    id: task.userTaskKey,
    name: task.name,
    processName: task.processName,
    state: task.state,
    created: task.creationDate,
    due: task.dueDate,
    followUp: task.followUpDate,
    assignee: task.assignee,
    candidateGroups: task.candidateGroups,
    priority: task.priority,
  }
}

async function read(camunda, userTaskKey) {
  const all = {}
  for (const variable of (await camunda.searchUserTaskEffectiveVariables({ userTaskKey }, now)).items) {
    all[variable.name] = variable.value
  }
  return all
}

async function form(camunda, userTaskKey) {
  const { formId: id, version, schema } = await camunda.getUserTaskForm({ userTaskKey }, now)
  return { id, version, schema }
}

async function work() {
  const camunda = createCamundaClient()
  const seen = { pages: await walk(camunda), sorted: await sort(camunda), filtered: await filter(camunda) }
  const userTaskKey = seen.filtered[0]
  seen.task = await look(camunda, userTaskKey)
  seen.variables = await read(camunda, userTaskKey)
  seen.form = await form(camunda, userTaskKey)
  await camunda.assignUserTask({ userTaskKey, assignee: 'jane', allowOverride: false })
  seen.assignee = (await look(camunda, userTaskKey)).assignee
  seen.assigned = await refusal(camunda.assignUserTask({ userTaskKey, assignee: 'omar', allowOverride: false }))
  await camunda.unassignUserTask({ userTaskKey })
  seen.unassigned = (await look(camunda, userTaskKey)).assignee
  await camunda.assignUserTask({ userTaskKey, assignee: 'omar' })
  await camunda.updateUserTask({
    userTaskKey,
    changeset: { dueDate: '', followUpDate: '2024-05-01T09:00:00+02:00', candidateGroups: [], priority: 80 },
  })
  seen.updated = await look(camunda, userTaskKey)
  await camunda.completeUserTask({
    userTaskKey,
    variables: { approved: true, count: 3, note: 'Zoë 🏝', lines: [{ text: 'tea' }] },
  })
  seen.completed = await look(camunda, userTaskKey)
  seen.inactive = await refusal(camunda.completeUserTask({ userTaskKey }))
  seen.missing = await refusal(camunda.getUserTask({ userTaskKey: '1' }, now))
  return seen
}

work().then(
  (seen) => console.log(JSON.stringify(seen)),
  (error) => {
    console.error(error)
    process.exit(1)
  }
)
