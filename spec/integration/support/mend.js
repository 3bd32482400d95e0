// mend.js DESCRIPTION LATER: Camunda's description of its API, as JSON in which Prism accepts what the server does, and no
// more. The descriptions that Camunda publishes have contradictions, by which Prism would refuse good requests, and leave
// open what the server closes. Here is said what a request may be, and nothing of its answer but the status. Effective
// variables, which a version may have got with a patch, are those of LATER.
const fs = require("fs");
const yaml = require("js-yaml");

const [document, later] = process.argv.slice(2).map(file => yaml.load(fs.readFileSync(file, "utf8")));
const schemas = { ...later.components.schemas, ...document.components.schemas };
const effective = "/user-tasks/{userTaskKey}/effective-variables/search";
const date = "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$"; // RFC 3339
const methods = ["get", "post", "put", "patch", "delete"];

const target = node => node.$ref ? schemas[node.$ref.split("/").pop()] : node;

// A schema with what its "allOf" say written into it. Apart, none of them could be closed: each would refuse what only
// the others know.
function joined(node) {
  const schema = target(node);
  const { allOf = [], ...own } = schema;
  return [...allOf.map(joined), own].reduce((whole, part) => ({
    ...whole, ...part, properties: whole.properties || part.properties ? { ...whole.properties, ...part.properties } : undefined,
  }), {});
}

function each(object, change) {
  return object && Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}

// A schema as the server takes it.
function mended(node) {
  const schema = joined(node);
  const choices = schema.oneOf || schema.anyOf;
  if (choices) {
    // Not "oneOf": { limit: 50 } is right for a page of several kinds. The "type" stays: with "object", 8.8 leaves no
    // plain text for a filter, though its server takes it.
    return { type: schema.type, anyOf: choices.map(mended) };
  }
  // Prism takes more for a date than the server does. Where null keeps a date as it is, an empty text clears it.
  if (schema.format === "date-time") {
    schema.pattern = schema.nullable ? `^$|${date}` : date;
    delete schema.format;
  }
  schema.properties = each(schema.properties, mended);
  schema.items = schema.items && mended(schema.items);
  // The server refuses members that it does not know.
  if (schema.properties && schema.additionalProperties === undefined) {
    schema.additionalProperties = false;
  }
  return schema;
}

function operation({ parameters = [], requestBody, responses }) {
  const content = requestBody && requestBody.content["application/json"];
  return {
    parameters: parameters.map(one => ({ ...one, schema: mended(one.schema) })),
    requestBody: content && { required: requestBody.required, content: { "application/json": { schema: mended(content.schema) } } },
    responses: { [Object.keys(responses).find(status => status < 300)]: { description: "fine" } },
  };
}

const paths = {};
for (const [path, item] of Object.entries({ ...document.paths, [effective]: later.paths[effective] })) {
  if (/^\/(user-tasks|variables|forms|topology|element-instances)\b/.test(path)) {
    paths[path] = Object.fromEntries(methods.filter(name => item[name]).map(name => [name, operation(item[name])]));
  }
}
process.stdout.write(JSON.stringify({ openapi: document.openapi, info: { title: "API v2", version: "2" }, paths }));
