// What a lab's script answers to calls: `node answers.cjs <script> <object> [<other scripts that it needs>]`, from a
// JSON list to a JSON list.
// Each call is { call, arguments }, each answer { result } or { error }; "227n" is a BigInt.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const [script, object, ...others] = process.argv.slice(2);
// As much of a browser as the scripts need to be read: no lab comes to life here.
Object.assign(globalThis, {
  HTMLElement: class {},
  customElements: { get: () => true },
  document: { documentElement: { lang: "en" } },
});
const own = (name) => path.join(path.dirname(script), name);
for (const each of new Set([own("arithmetic.js"), own("shared.js"), ...others.map(own), script])) {
  vm.runInThisContext(fs.readFileSync(each, "utf8"), each);
}

const BIG = /^-?\d+n$/;
const read = (_, value) => (typeof value === "string" && BIG.test(value) ? BigInt(value.slice(0, -1)) : value);
const write = (_, value) => (typeof value === "bigint" ? `${value}n` : value);

function answer({ call, arguments: given }) {
  try {
    return { result: globalThis.cnncourse[object][call](given) };
  } catch (error) {
    return { error: error.message };
  }
}

process.stdout.write(JSON.stringify(JSON.parse(fs.readFileSync(0, "utf8"), read).map(answer), write));
