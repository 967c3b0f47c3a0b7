// One formula per line in, one answer per line out, both JSON and in the same order.
const katex = require("katex");
const { createInterface } = require("node:readline");

// Numbers come from Sphinx, so that {eq}`label` finds them: KaTeX's own would be a second count.
const NUMBERED = /\\begin\{(equation|align|gather|alignat|CD)\}/;

function render({ tex, display, output }) {
  const numbered = NUMBERED.exec(tex);
  if (numbered) {
    return {
      error: `\\begin{${numbered[1]}} numbers by itself: write $$…$$ (label) around aligned, or ${numbered[1]}*`,
    };
  }
  try {
    return { html: katex.renderToString(tex, { displayMode: display, output, throwOnError: true, strict: "error" }) };
  } catch (error) {
    return { error: error.message };
  }
}

createInterface({ input: process.stdin }).on("line", (line) => {
  process.stdout.write(`${JSON.stringify(render(JSON.parse(line)))}\n`);
});
