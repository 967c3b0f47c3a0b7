// Python beside the page, so that no loop stops the page: a classic worker, the only kind that a page from disk may
// start. Before this in one script: Pyodide's own two (tools/python_pack.py puts them together).
"use strict";

self.importScripts = undefined; // Pyodide refuses a worker that has it
let check;

/** Answer what Pyodide fetches: it has everything, so nothing is asked of any network. */
function serve({ module, library }) {
  self.fetch = async (url) => new Response(String(url).endsWith(".zip") ? library : null);
  WebAssembly.instantiateStreaming = async (_, imports) => ({
    module,
    instance: await WebAssembly.instantiate(module, imports),
  });
}

async function start({ language, lock, course, ...parts }) {
  serve(parts);
  const python = await loadPyodide({
    indexURL: "https://python.invalid/",
    packageBaseUrl: "https://python.invalid/",
    stdLibURL: "https://python.invalid/library.zip",
    lockFileContents: lock, // the default asks a server for it
    createPyodideModule,
  });
  python.FS.writeFile("/cnncourse.zip", course);
  python.globals.set("language", language);
  python.runPython(`
import json, sys
sys.path.insert(0, "/cnncourse.zip")
import cnncourse
cnncourse.use_language(language)

def check(name, source):
    verdict = cnncourse.check_text(name, source)
    return json.dumps([verdict.status, verdict.message])
`);
  check = python.globals.get("check");
}

self.onmessage = async ({ data }) => {
  try {
    if (data.start) await start(data.start);
    else {
      const [status, message] = JSON.parse(check(data.name, data.source));
      postMessage({ status, message });
      return;
    }
    postMessage({ started: true });
  } catch (error) {
    postMessage({ failed: String(error.message ?? error) });
  }
};
