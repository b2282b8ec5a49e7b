// Checks documents against the fields of ECS: `PACKAGE DOCUMENTS`.
const fs = require("node:fs");
const net = require("node:net");

const [, , packagePath, documentsPath] = process.argv;
const { EcsFlat } = require(packagePath);
const release = require(`${packagePath}/package.json`).version;

/** Every leaf of a document, by its dotted name. */
function* leaves(value, path = "") {
  if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    for (const [name, inner] of Object.entries(value)) {
      yield* leaves(inner, path === "" ? name : `${path}.${name}`);
    }
  } else {
    yield [path, value];
  }
}

const TYPES = {
  keyword: (value) => typeof value === "string",
  wildcard: (value) => typeof value === "string",
  match_only_text: (value) => typeof value === "string",
  long: (value) => Number.isInteger(value),
  date: (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)),
  ip: (value) => net.isIP(value) !== 0,
  boolean: (value) => typeof value === "boolean",
};

function problems(document) {
  const found = [];
  const all = new Map(leaves(document));
  for (const [path, value] of all) {
    if (path.startsWith("jwtrail.")) continue;
    const field = EcsFlat[path];
    if (field === undefined) {
      found.push(`${path} is no field of ECS`);
      continue;
    }
    const many = field.normalize.includes("array");
    if (many !== Array.isArray(value)) {
      found.push(`${path}: ${many ? "no list" : "a list"}`);
    }
    const good = TYPES[field.type];
    for (const one of many ? [].concat(value) : [value]) {
      if (good === undefined || !good(one)) found.push(`${path}: ${one} is no ${field.type}`);
      if (field.ignore_above !== undefined && String(one).length > field.ignore_above) {
        found.push(`${path} is longer than ${field.ignore_above}`);
      }
      const allowed = field.allowed_values;
      if (allowed !== undefined && !allowed.some((value) => value.name === one)) {
        found.push(`${path}: ${one} is not allowed`);
      }
    }
  }
  for (const name of ["@timestamp", "ecs.version"]) {
    if (!EcsFlat[name].required || !all.has(name)) found.push(`${name} is required and missing`);
  }
  if (all.get("ecs.version") !== release) found.push(`ecs.version is not ${release}`);
  found.push(...unexpected(all));
  return found;
}

/** Each category expects some of the types, and each type is expected by some category. */
function unexpected(all) {
  const categories = [].concat(all.get("event.category") ?? []);
  const types = [].concat(all.get("event.type") ?? []);
  const expects = (category) =>
    EcsFlat["event.category"].allowed_values.find((value) => value.name === category)
      ?.expected_event_types ?? [];
  return [
    ...categories
      .filter((category) => !types.some((type) => expects(category).includes(type)))
      .map((category) => `${category} expects none of ${types}`),
    ...types
      .filter((type) => !categories.some((category) => expects(category).includes(type)))
      .map((type) => `${type} is expected by none of ${categories}`),
  ];
}

/** Each of these has to be found. */
function* spoilt(document) {
  const changed = (change) => {
    const copy = structuredClone(document);
    change(copy);
    return copy;
  };
  yield changed((copy) => (copy.surprise = 1));
  yield changed((copy) => (copy.event.sequence = "three"));
  yield changed((copy) => (copy.event.type = ["sleep"]));
  yield changed((copy) => Object.assign(copy.event, { category: ["library"], type: ["info"] }));
  yield changed((copy) => (copy.event.outcome = "maybe"));
  yield changed((copy) => (copy.service.name = ["a", "b"]));
  yield changed((copy) => (copy.client = { ip: "somewhere" }));
  yield changed((copy) => delete copy["@timestamp"]);
}

let failed = 0;
const lines = fs.readFileSync(documentsPath, "utf8").trim().split("\n");
lines.forEach((line, index) => {
  const document = JSON.parse(line);
  const found = problems(document);
  const missed = [...spoilt(document)].filter((wrong) => problems(wrong).length === 0).length;
  const name = `ECS has ${document.event.action}`;
  if (found.length > 0 || missed > 0) {
    failed += 1;
    console.log(`not ok ${index + 1} - ${name}: ${found.join("; ")}, ${missed} not found`);
  } else {
    console.log(`ok ${index + 1} - ${name}`);
  }
});
console.log(`# pass ${lines.length - failed}`);
console.log(`# fail ${failed}`);
process.exitCode = failed > 0 || lines.length < 28 ? 1 : 0;
