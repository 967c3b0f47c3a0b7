// A box in which the reader writes a function: Python itself runs it in the page, against the package's own formula.
//
// The page holds the task, the function to fill in, two hints and the solution (extensions/code_box.py), and it works
// on paper. Python is loaded on the first check, into a worker, which `stop` ends: one Python for all boxes of the page.
(() => {
  "use strict";

  const { h, load } = cnncourse;
  const WORDS = {
    de: {
      code: "Dein Python-Code",
      keys: "Umschalt + Eingabe prüft. Tab rückt ein, sobald du schreibst; nach Esc verlässt Tab das Feld.",
      check: "Prüfen",
      stop: "Anhalten",
      hint: "Tipp",
      solution: "Lösung",
      reset: "Zurücksetzen",
      loading: "Python wird geladen, einmal, etwa 5 MB …",
      starting: "Python startet …",
      running: "Deine Funktion wird geprüft …",
      stopped: "Angehalten. Gibt es eine Schleife, die nicht endet?",
      failed: "Python ist ausgefallen. Versuch es noch einmal: Es startet dann neu.",
    },
    en: {
      code: "Your Python code",
      keys: "Shift + Enter checks. Tab indents once you write; after Esc, Tab leaves the field.",
      check: "Check",
      stop: "Stop",
      hint: "Hint",
      solution: "Solution",
      reset: "Reset",
      loading: "Loading Python, once, about 5 MB …",
      starting: "Python is starting …",
      running: "Checking your function …",
      stopped: "Stopped. Is there a loop that does not end?",
      failed: "Python has failed. Try again: it then starts anew.",
    },
  };
  const LANGUAGE = document.documentElement.lang.startsWith("de") ? "de" : "en";
  const words = WORDS[LANGUAGE];
  const MARKS = { right: "✓ ", wrong: "✗ " };
  const INDENT = "    ";

  // -- Python ------------------------------------------------------------------------------------------------------

  const PARTS = 8; // tools/python_pack.py writes as many

  /** The one Python of the page: loaded once, started in a worker, ended by `stop`. */
  class Python {
    parts = [];

    /** A part of the pack brings itself: a page from disk may load scripts and nothing else. */
    take(index, text) {
      const letters = atob(text);
      const bytes = (this.parts[index] = new Uint8Array(letters.length));
      for (let at = 0; at < letters.length; at++) bytes[at] = letters.charCodeAt(at);
    }

    /** Check a function; `tell` hears how far it is. Gives a verdict, or `null` if it was stopped. */
    async check(name, source, tell) {
      this.stopping ??= stoppable();
      return Promise.race([this.stopping.promise, this.checked(name, source, tell)]);
    }

    async checked(name, source, tell) {
      const worker = await (this.worker ??= this.start(tell).catch((error) => {
        this.worker = undefined;
        throw error;
      }));
      tell(words.running);
      return ask(worker, { name, source });
    }

    async start(tell) {
      const { stopping } = this;
      tell(words.loading, 0);
      const { lock, script, ...parts } = await (this.pack ??= this.load(tell).catch((error) => {
        this.pack = undefined;
        throw error;
      }));
      if (stopping !== this.stopping) return new Promise(() => {}); // stopped while loading
      tell(words.starting);
      const worker = (this.running = new Worker(script));
      await ask(worker, { start: { ...parts, lock, language: LANGUAGE } });
      return worker;
    }

    /** All parts, unpacked; the machine's own code is compiled once, however often Python is started. */
    async load(tell) {
      for (let index = 0; index < PARTS; index++) {
        await load(`../../../python/${index + 1}.js`);
        tell(words.loading, (index + 1) / PARTS);
      }
      const packed = new Blob(this.parts).stream().pipeThrough(new DecompressionStream("gzip"));
      const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
      const start = bytes.indexOf(10) + 1; // the first line says where everything is
      const { lock, places } = JSON.parse(new TextDecoder().decode(bytes.subarray(0, start)));
      const part = (name) => bytes.slice(...places[name].map((place) => start + place));
      const module = await WebAssembly.compile(part("wasm"));
      this.parts = []; // only now: after a failure, what has arrived is not loaded again
      return {
        lock,
        module,
        script: URL.createObjectURL(new Blob([part("script")], { type: "text/javascript" })),
        library: part("library"),
        course: part("course"),
      };
    }

    /** End whatever runs; the next check starts Python anew. */
    stop() {
      this.running?.terminate();
      this.running = this.worker = undefined;
      this.stopping?.resolve(null);
      this.stopping = undefined;
    }
  }

  /** A promise, and what resolves it. */
  function stoppable() {
    const made = {};
    made.promise = new Promise((resolve) => (made.resolve = resolve));
    return made;
  }

  /** Send the worker a message and wait for its answer; it answers in the order in which it is asked. */
  function ask(worker, message) {
    const port = (worker.asked ??= []);
    return new Promise((resolve, reject) => {
      port.push({ resolve, reject });
      worker.onmessage = ({ data }) => {
        const { resolve, reject } = port.shift();
        if (data.failed === undefined) resolve(data);
        else reject(new Error(data.failed));
      };
      worker.onerror = (event) => port.splice(0).forEach((each) => each.reject(new Error(event.message)));
      worker.postMessage(message);
    });
  }

  const python = new Python();

  // -- what it says ------------------------------------------------------------------------------------------------

  /** The Markdown of a verdict: paragraphs, blocks between ```, `code` and **strong**. */
  function blocks(markdown) {
    return markdown.split(/^```\n([^]*?)\n```$/m).flatMap((text, index) => {
      if (index % 2) return [h("pre", {}, text)];
      return text
        .split("\n\n")
        .filter((each) => each.trim())
        .map((each) => h("p", {}, spans(each.trim())));
    });
  }

  function spans(text) {
    return text.split(/(`[^`]*`|\*\*[^*]*\*\*)/).map((part) => {
      if (part.startsWith("`")) return h("code", {}, part.slice(1, -1));
      return part.startsWith("**") ? h("strong", {}, part.slice(2, -2)) : part;
    });
  }

  // -- the element -------------------------------------------------------------------------------------------------

  class CodeBox extends HTMLElement {
    connectedCallback() {
      if (this.text) return; // moved within the page
      const fallback = this.querySelector(".lab-fallback");
      this.exercise = this.dataset.exercise;
      this.starter = fallback.querySelector("pre").textContent.trimEnd() + "\n";
      this.help = [...fallback.querySelectorAll("details")];
      for (const each of this.help) each.hidden = true;
      fallback.remove();
      this.append(...this.parts());
      this.text.value = this.recall() ?? this.starter;
      this.fit();
      this.busy(false);
    }

    parts() {
      const keys = `${this.id}-keys`;
      const listen = {
        input: () => this.written(),
        keydown: (event) => this.key(event),
        focus: () => (this.indents = false),
      };
      const field = { "aria-label": words.code, "aria-describedby": keys, spellcheck: "false", autocapitalize: "off" };
      this.text = h("textarea", { class: "code-text", ...field, ...listen });
      const button = (name, click) => h("button", { type: "button", class: "lab-button", name, click }, words[name]);
      this.buttons = {
        check: button("check", () => this.check()),
        stop: button("stop", () => this.stop()),
        hint: button("hint", () => this.hint()),
        solution: button("solution", () => this.solve()),
        reset: button("reset", () => this.reset()),
      };
      this.buttons.check.classList.add("code-check");
      this.buttons.solution.disabled = true;
      this.progress = h("progress", { max: 1, hidden: true, "aria-label": words.loading });
      this.state = h("p", { class: "lab-caption", role: "status" });
      this.said = h("div", { role: "status" });
      this.alarm = h("div", { role: "alert" });
      this.verdict = h("div", { class: "code-verdict", "data-result": "verdict" }, this.said, this.alarm);
      const tools = h("div", { class: "lab-tools" }, Object.values(this.buttons));
      const note = h("p", { class: "lab-caption code-keys", id: keys }, words.keys);
      const help = h("div", { class: "code-help", "aria-live": "polite" }, this.help);
      return [h("div", { class: "lab-output" }, this.text, note, tools, this.progress, this.state, this.verdict), help];
    }

    // -- writing ---------------------------------------------------------------------------------------------------

    written() {
      this.indents = true;
      this.fit();
      this.keep(this.text.value);
    }

    fit() {
      this.text.rows = Math.min(Math.max(this.text.value.split("\n").length + 1, 4), 24);
    }

    /** Tab indents for whoever is writing, and moves on for whoever passes by, or has pressed Escape. */
    key(event) {
      if (event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.check();
      } else if (event.key === "Enter" && !event.isComposing) {
        event.preventDefault();
        this.insert(`\n${this.indentation()}`);
      } else if (event.key === "Tab" && this.indents && !event.shiftKey) {
        event.preventDefault();
        this.insert(INDENT);
      } else if (event.key === "Escape") this.indents = false;
    }

    /** The spaces that a new line begins with: those of this line, and more after a colon. */
    indentation() {
      const line = this.text.value.slice(0, this.text.selectionStart).split("\n").pop();
      return line.match(/^ */)[0] + (line.trimEnd().endsWith(":") ? INDENT : "");
    }

    /** As if typed, so that the reader can undo it. */
    insert(text) {
      if (!document.execCommand("insertText", false, text)) {
        this.text.setRangeText(text, this.text.selectionStart, this.text.selectionEnd, "end");
        this.written();
      }
    }

    // -- checking --------------------------------------------------------------------------------------------------

    async check() {
      if (this.working) return;
      this.show("", "");
      this.busy(true);
      try {
        const verdict = await python.check(this.exercise, this.text.value, (...state) => this.tell(...state));
        if (verdict) this.show(verdict.status === "mistake" ? "wrong" : verdict.status, verdict.message);
        else this.show("stopped", words.stopped);
      } catch (error) {
        python.stop();
        this.show("error", `${words.failed}\n\n\`\`\`\n${error.message}\n\`\`\``);
      }
      this.busy(false);
    }

    stop() {
      this.buttons.check.focus();
      python.stop();
    }

    busy(working) {
      this.working = working;
      this.buttons.check.setAttribute("aria-disabled", working);
      this.buttons.stop.disabled = !working;
      if (working) return this.verdict.setAttribute("aria-busy", "true");
      this.verdict.removeAttribute("aria-busy");
      this.tell("");
    }

    /** What is going on, and how much of it is done, if that is known. */
    tell(state, share) {
      if (this.state.textContent !== state) this.state.textContent = state;
      this.progress.hidden = share === undefined;
      this.progress.value = share ?? 0;
    }

    show(value, message) {
      if (value) this.verdict.dataset.value = value;
      else delete this.verdict.dataset.value;
      const told = blocks((MARKS[value] ?? "") + message);
      this.said.replaceChildren(...(value === "error" ? [] : told));
      this.alarm.replaceChildren(...(value === "error" ? told : []));
      if (value === "right") this.buttons.solution.disabled = false;
    }

    // -- help ------------------------------------------------------------------------------------------------------

    hint() {
      const hints = this.help.slice(0, -1);
      this.open(hints.find((each) => each.hidden));
      if (hints.some((each) => each.hidden)) return;
      this.buttons.solution.disabled = false;
      this.buttons.solution.focus();
      this.buttons.hint.disabled = true;
    }

    solve() {
      this.open(this.help.at(-1));
      this.help.at(-1).querySelector("summary").focus();
      this.buttons.solution.disabled = true;
    }

    open(help) {
      help.hidden = false;
      help.open = true;
    }

    reset() {
      if (this.working) python.stop();
      this.text.value = this.starter;
      this.fit();
      this.keep(null);
      this.show("", "");
    }

    // -- kept in this browser, for both editions ---------------------------------------------------------------------

    keep(text) {
      try {
        if (text === null) localStorage.removeItem(`code/${this.exercise}`);
        else localStorage.setItem(`code/${this.exercise}`, text);
      } catch (error) {
        /* storage is blocked or full: forget it */
      }
    }

    recall() {
      try {
        return localStorage.getItem(`code/${this.exercise}`);
      } catch (error) {
        return null;
      }
    }
  }

  globalThis.cnncourse.python = python;
  cnncourse.define("cnn-code", CodeBox);
})();
