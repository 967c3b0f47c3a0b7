// cnn-drill: exam tasks from a bank that cnncourse.drills has written (drill-bank.js), checked as Python checks them.
(() => {
  "use strict";

  const { Lab, define, h, number } = cnncourse;
  const SCORE = "cnncourse-drill"; // the name under which this browser keeps the score
  const SHEET = 10; // tasks on a printed sheet
  const SMALLEST_FIGURES = 3; // a rounded answer needs this many significant figures

  // -- checking: cnncourse.drills.answers and Drill.check, on exact fractions of BigInt ------------------------------

  let tables = null;

  /** Take the words and units of a bank: `units`, `mistakable`, `thousands`, `say`, `language`. */
  function use({ bank }) {
    tables = bank;
    return null;
  }

  const times = (a, b) => ({ n: a.n * b.n, d: a.d * b.d });
  const plus = (a, b) => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d });
  const minus = ({ n, d }) => ({ n: -n, d });
  /** One over a fraction, its denominator above zero. */
  function inverse({ n, d }) {
    if (n === 0n) throw new Unreadable("division by zero");
    return n < 0n ? { n: -d, d: -n } : { n: d, d: n };
  }
  const power = (base, exponent) =>
    exponent < 0 ? { n: 1n, d: BigInt(base) ** BigInt(-exponent) } : { n: BigInt(base) ** BigInt(exponent), d: 1n };
  const size = (value) => (value < 0n ? -value : value);

  class Unreadable extends Error {}

  /** The fraction that a decimal notation says: "4.25", "1e-07". */
  function decimal(text) {
    const [, sign, whole, , decimals = "", exponent = "0"] = /^([+-]?)(\d+)(\.(\d+))?(?:e([+-]?\d+))?$/.exec(text);
    const value = { n: BigInt(`${whole}${decimals}`) * (sign === "-" ? -1n : 1n), d: 10n ** BigInt(decimals.length) };
    return times(value, power(10, Number(exponent)));
  }

  const equals = ({ value }, target) => value.n * target.d === target.n * value.d;
  const rounds = ({ value, last }, target) =>
    2n * size(value.n * target.d - target.n * value.d) * last.d <= last.n * value.d * target.d;

  /** A number that somebody wrote: its value, what 1 in its last place is worth, its significant figures. */
  function written(digits, scale) {
    const decimals = (digits.split(".")[1] ?? "").length;
    const figures = digits.replace(/\D/g, "").replace(/^0+/, "").length;
    return { value: times(decimal(digits), scale), last: times(scale, power(10, -decimals)), figures };
  }

  /** One reading of an answer, as a number in the unit that was asked for. */
  function quantity({ value, last, figures }, scale) {
    const read = { value: times(value, scale), last: times(last, scale) };
    const same = (text) => equals(read, decimal(text));
    const near = (text) => rounds(read, decimal(text));
    return { equals: same, rounds: near, matches: (text) => same(text) || (near(text) && figures >= SMALLEST_FIGURES) };
  }

  /** A reading that cannot be rounded. */
  const whole = (same) => ({ equals: same, rounds: same, matches: same });

  /** A reading such as 55 × 55 × 96, which cannot be rounded. */
  function shape(answer) {
    const parts = tidy(answer)
      .replace(/^[()[\]]+|[()[\]]+$/g, "")
      .trim()
      .split(/\s*[x×*·,;]\s*|\s+/i);
    if (!parts.every((part) => /^\d+$/.test(part))) return [];
    const same = (sizes) =>
      sizes.length === parts.length && sizes.every((each, i) => BigInt(each) === BigInt(parts[i]));
    return [whole(same)];
  }

  /** A reading such as "b", "(B)" or the text of a choice. */
  function choice(answer, choices) {
    const plainly = (text) =>
      foldCase(text)
        .split(/\s+/)
        .join(" ")
        .trim()
        .replace(/^[().]+|[().]+$/g, "")
        .trim();
    const found = choices.findIndex((text, at) => [LETTERS[at], plainly(text)].includes(plainly(answer)));
    return found < 0 ? [] : [whole((letter) => letter === LETTERS[found])];
  }

  /** Python's casefold, as far as our texts need it. */
  const foldCase = (text) => text.toLowerCase().replaceAll("ß", "ss");

  const LETTERS = "abcd";
  const GROUP_SPACE = /(?<=\d)[ \u00a0\u2009\u202f'’](?=\d{3}(?!\d))/g; // 34 944, 34'944
  const WRITTEN = /^([+-]?\d[\d.,]*)(?:e([+-]?\d{1,3})|\s*[·*x×]\s*10\s*\^\s*(-?\d{1,3}))?\s*(.*)$/i;

  const CALCULATION = /^([-+(]*\d(?:[\d.,()+*/·×:÷^ x-]*[\d)])?)\s*([^\d()]*)$/i;
  const SIGN = /[()+*/·×:÷^x]|(?!^)-/i;
  const GOES_ON = /^(?:[()+*/·×:÷^-]|x[^\p{L}\p{N}_]*\d)/iu;
  const ABOUT = /^(?:≈|~|=|(?:ca|circa|etwa|rund|ungefähr|approx|about|roughly)(?![\p{L}\p{N}_])\.?)\s*/iu;
  const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  /** Take away what says nothing about the number: spaces, "about", the full stop; write 10⁷ as 10^7. */
  function tidy(answer) {
    let text = answer
      .trim()
      .replace(/[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (raised) => `^${raised}`)
      .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (digit) => RAISED.indexOf(digit))
      .replace(/[⁻−]/g, "-");
    while (ABOUT.test(text)) text = text.replace(ABOUT, "");
    return text.replace(/\.$/, "").trim().replace(GROUP_SPACE, "");
  }

  /** Every way to read a number, the language's own first, and the unit behind it. */
  function numbers(answer) {
    const text = tidy(answer);
    const found = WRITTEN.exec(text);
    if (found) {
      const scale = power(10, Number(found[2] ?? found[3] ?? 0));
      const read = plain(found[1]).map((digits) => written(digits, scale));
      if (read.length && !GOES_ON.test(found[4])) return [read, found[4]];
    }
    const sum = CALCULATION.exec(text);
    return sum ? [calculated(sum[1]), sum[2]] : [[], ""];
  }

  /** Every way to read a number with or without a unit. */
  function quantities(answer, { unit, spellings }) {
    const [read, behind] = numbers(answer);
    const scale = scaled(behind, unit, spellings);
    return scale ? read.map((number) => quantity(number, scale)) : [];
  }

  /** The number alone, as if it were in each of the units that might be meant. */
  function inOtherUnits(answer, unit) {
    const [kind, worth] = tables.units[unit.toLowerCase()] ?? [null, 1];
    const [[first]] = numbers(answer);
    return (first ? (tables.mistakable[kind] ?? []) : []).map((name) => [
      name,
      quantity(first, { n: BigInt(tables.units[name.toLowerCase()][1]), d: BigInt(worth) }),
    ]);
  }

  const looksLikeACalculation = (answer) => SIGN.test(CALCULATION.exec(tidy(answer))?.[1] ?? "");

  // -- calculations: cnncourse.drills.calculation ---------------------------------------------------------------------

  const LONGEST = 200; // characters
  const MOST_BITS = 10_000; // of a power
  const CALCULATED_FIGURES = 9;
  const TOKEN = /\s*(?:(\d[\d.,]*)|([-+*/·×xX:÷^()]))/y;

  /** The values of a calculation, one for each way to read its numbers; none where it cannot be done. */
  function calculated(text) {
    const values = [];
    for (const at of [0, -1]) {
      try {
        const value = new Calculation(text, (digits) => plain(digits).at(at)).value();
        if (!values.some((other) => equals({ value }, other))) values.push(value);
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
      }
    }
    return values.map((value) => ({
      value,
      last: { n: size(value.n), d: value.d * 10n ** BigInt(CALCULATED_FIGURES) },
      figures: CALCULATED_FIGURES,
    }));
  }

  /** A sum of products of powers, read from left to right. */
  class Calculation {
    constructor(text, read) {
      this.read = read;
      this.tokens = [];
      if (text.length > LONGEST) throw new Unreadable(text);
      for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length;) {
        const token = TOKEN.exec(text);
        if (!token) throw new Unreadable(text);
        this.tokens.push(token[1] ?? token[2]);
      }
    }

    value() {
      const found = this.sum();
      if (this.tokens.length) throw new Unreadable(this.tokens[0]);
      return found;
    }

    get next() {
      return this.tokens[0] ?? "";
    }

    take() {
      if (!this.tokens.length) throw new Unreadable("the end");
      return this.tokens.shift();
    }

    sum() {
      let total = this.product();
      while (/^[-+]$/.test(this.next))
        total = this.take() === "+" ? plus(total, this.product()) : plus(total, minus(this.product()));
      return total;
    }

    product() {
      let total = this.power();
      while (/^[*·×xX/:÷]$/.test(this.next))
        total = /[*·×xX]/.test(this.take()) ? times(total, this.power()) : times(total, inverse(this.power()));
      return total;
    }

    power() {
      if (/^[-+]$/.test(this.next)) return this.take() === "+" ? this.power() : minus(this.power());
      const base = this.single();
      if (this.next !== "^") return base;
      this.take();
      return raised(base, this.exponent());
    }

    exponent() {
      const negative = this.next === "-" && Boolean(this.take());
      const digits = this.take();
      if (!/^\d{1,3}$/.test(digits)) throw new Unreadable(digits);
      return negative ? -Number(digits) : Number(digits);
    }

    single() {
      const token = this.take();
      if (token === "(") {
        const found = this.sum();
        if (this.take() !== ")") throw new Unreadable(token);
        return found;
      }
      const digits = /^\d/.test(token) ? this.read(token) : undefined;
      if (digits === undefined) throw new Unreadable(token);
      return decimal(digits);
    }
  }

  const bits = (value) => (value === 0n ? 0 : size(value).toString(2).length);
  const divisor = (a, b) => (b === 0n ? a : divisor(b, a % b));

  /** A fraction to a power; one that would fill the memory is none. */
  function raised({ n, d }, exponent) {
    const common = size(divisor(n, d));
    const base = { n: n / common, d: d / common };
    if (Math.max(bits(base.n), bits(base.d)) * Math.abs(exponent) > MOST_BITS) throw new Unreadable(exponent);
    const power = { n: base.n ** BigInt(Math.abs(exponent)), d: base.d ** BigInt(Math.abs(exponent)) };
    return exponent < 0 ? inverse(power) : power;
  }

  // -- verdicts ------------------------------------------------------------------------------------------------------

  /** The ways to read points and commas, each with a decimal point. */
  function plain(text) {
    const own = tables.language === "de" ? [".", ","] : [",", "."];
    const readings = [own, [...own].reverse()].filter(([group, point]) =>
      new RegExp(`^[+-]?(\\d+|[1-9]\\d{0,2}(\\${group}\\d{3})+)(\\${point}\\d+)?$`).test(text),
    );
    return [...new Set(readings.map(([group, point]) => text.replaceAll(group, "").replace(point, ".")))];
  }

  /** What the written unit is worth in `unit`; null for one of another kind. */
  function scaled(text, unit, spellings) {
    const written = text.trim().toLowerCase();
    const [kind, worth] = tables.units[unit.toLowerCase()] ?? [null, 1];
    if (kind !== "memory") {
      // 34.9 k parameters, 105.4 Mio. MACs
      const [first, ...rest] = written.split(" ");
      if (Object.hasOwn(tables.thousands, first)) {
        const scale = scaled(rest.join(" "), unit, spellings);
        return scale && times(scale, power(1000, tables.thousands[first]));
      }
    }
    if (["", ...spellings.map((name) => name.toLowerCase())].includes(written)) return { n: 1n, d: 1n };
    const [otherKind, otherWorth] = tables.units[written] ?? [null, 1];
    return kind && kind === otherKind ? { n: BigInt(otherWorth), d: BigInt(worth) } : null;
  }

  function judge(reading, { answer, mistakes }) {
    const revealed = mistakes.find(({ value }) => reading.matches(value));
    if (reading.equals(answer) || (reading.matches(answer) && !revealed)) return verdict("right");
    if (reading.rounds(answer)) return verdict("unclear", "rough");
    return revealed ? { status: "mistake", message: revealed.reveals } : verdict("wrong");
  }

  const verdict = (status, word = status) => ({ status, message: tables.say[word] });

  /** Whether an answer is right, and what a typical wrong one reveals; an error for what is no answer. */
  function check({ task, answer }) {
    const readings = read(task, answer);
    if (!readings.length) throw new Error(unreadable(answer, task));
    const [first, ...others] = readings.map((reading) => judge(reading, task));
    if (first.status !== "wrong") return first;
    if (others.some(({ status }) => status === "right")) {
      const counted = /^\d+$/.test(task.answer) && !task.unit.endsWith("B");
      return counted ? verdict("right", "right_but_comma") : verdict("unclear", "comma");
    }
    return others.find(({ status }) => status === "mistake") ?? hinted(task, answer, readings[0]) ?? first;
  }

  function read(task, answer) {
    if (task.choices?.length) return choice(answer, task.choices);
    return Array.isArray(task.answer) ? shape(answer) : quantities(answer, task);
  }

  /** The verdict on an answer that lacks its channels, or is right but for its unit. */
  function hinted(task, answer, reading) {
    if (task.choices?.length) return null;
    if (Array.isArray(task.answer))
      return reading.equals(task.answer.slice(0, -1))
        ? { status: "mistake", message: tables.say.channels_missing }
        : null;
    const other = inOtherUnits(answer, task.unit).find(([, number]) => judge(number, task).status === "right");
    if (!other) return null;
    const words = tables.say[other[0] === task.unit ? "unit_wrong" : "unit_other"];
    return { status: "mistake", message: words.replace("{right}", other[0]).replace("{unit}", task.name) };
  }

  /** Which words say that this is no answer. */
  function refusal(answer, { choices, answer: right }) {
    if (choices?.length) return "no_choice";
    if (Array.isArray(right)) return "no_shape";
    return looksLikeACalculation(answer) ? "no_calculation" : "no_number";
  }

  const unreadable = (answer, task) =>
    tables.say[refusal(answer, task)]
      .replace("{unit}", task.name ? ` (${task.name})` : "")
      .replace("{answer!r}", () => repr(answer));
  const repr = (text) => (text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text}'`);

  // -- the lab ---------------------------------------------------------------------------------------------------

  const bank = cnncourse.drillBank ?? { columns: { topic: [] }, topics: {} };
  bank.tasks = bank.columns.topic.map((_, i) => {
    const task = Object.fromEntries(Object.entries(bank.columns).map(([part, values]) => [part, values[i]]));
    return { ...task, mistakes: task.mistakes.map(([value, at]) => ({ value, reveals: bank.reveals[at] })) };
  });
  const identity = ({ topic, level, seed }) => `${topic}-${level}-${seed}`;
  const stars = (level) => "★".repeat(level);
  const randomOf = (list) => list[Math.floor(Math.random() * list.length)];

  class Drill extends Lab {
    static fields = [
      { kind: "choice", name: "topic", value: "all", options: ["all", ...Object.keys(bank.topics)] },
      { kind: "choice", name: "level", value: "all", options: ["all", "1", "2", "3"] },
    ];
    static words = {
      de: {
        topic: "Thema",
        topic_all: "alle Themen",
        level: "Stufe",
        level_all: "alle Stufen",
        level_1: "★ eine Formel",
        level_2: "★★ mit überflüssigen Angaben",
        level_3: "★★★ mehrere Schritte",
        answer: "Deine Antwort",
        hint: "Eine Zahl oder eine Form wie 55\u00a0×\u00a055\u00a0×\u00a096, gern mit Einheit.",
        check: "Prüfen",
        next: "Nächste Aufgabe",
        solution: "Lösung",
        score: ({ right, tried }) => `Beim ersten Versuch richtig: ${right} von ${tried}`,
        forget: "Punkte löschen",
        print: `${SHEET} Aufgaben drucken`,
        sheet: "Übungsblatt: Faltungsnetze",
        solutions: "Lösungen",
        name: "Name",
        write: "Antwort",
      },
      en: {
        topic: "Topic",
        topic_all: "all topics",
        level: "Level",
        level_all: "all levels",
        level_1: "★ one formula",
        level_2: "★★ with numbers to spare",
        level_3: "★★★ several steps",
        answer: "Your answer",
        hint: "A number, or a shape such as 55\u00a0×\u00a055\u00a0×\u00a096, with its unit if you like.",
        check: "Check",
        next: "Next task",
        solution: "Solution",
        score: ({ right, tried }) => `Right at the first attempt: ${right} of ${tried}`,
        forget: "Clear score",
        print: `Print ${SHEET} tasks`,
        sheet: "Exercise sheet: convolutional networks",
        solutions: "Solutions",
        name: "Name",
        write: "Answer",
      },
    };

    t(key, otherwise = key) {
      return super.t(key, bank.topics[key.replace(/^topic_/, "")] ?? otherwise);
    }

    build() {
      use({ bank });
      this.task = bank.tasks[0];
      const id = `${this.id}-answer`;
      this.question = h("div", { class: "drill-question" });
      this.entry = h("input", {
        type: "text",
        id,
        name: "answer",
        autocomplete: "off",
        "aria-describedby": `${id}-hint`,
      });
      this.verdict = h("p", { class: "drill-verdict", role: "status" });
      this.solution = h("div", {});
      this.folded = h("details", { class: "drill-solution" }, h("summary", {}, this.t("solution")), this.solution);
      this.score = h("p", { class: "lab-caption" });
      return [
        this.question,
        h(
          "form",
          {
            class: "drill-answer",
            submit: (event) => {
              event.preventDefault();
              this.answered();
            },
          },
          h("label", { for: id }, this.t("answer")),
          this.entry,
          this.button("check", null, { type: "submit" }),
          this.button("next", () => this.next()),
        ),
        h("p", { class: "lab-caption", id: `${id}-hint` }, this.t("hint")),
        this.verdict,
        this.folded,
        this.score,
        h(
          "div",
          { class: "lab-tools" },
          this.button("print", () => this.print()),
          this.button("forget", () => this.forget()),
        ),
      ];
    }

    /** The tasks of the chosen topic and level. */
    get chosen() {
      const { topic, level } = this.texts;
      return bank.tasks.filter(
        (task) => (topic === "all" || task.topic === topic) && (level === "all" || String(task.level) === level),
      );
    }

    update() {
      if (!this.chosen.includes(this.task)) this.task = randomOf(this.chosen);
      if (this.shown !== this.task) this.show();
      this.tell();
    }

    show() {
      this.shown = this.task;
      this.tried = false;
      this.question.innerHTML = `<p><strong>${bank.topics[this.task.topic]}</strong> ${stars(this.task.level)}</p>${this.task.question}`;
      this.solution.innerHTML = this.task.solution;
      this.folded.open = false;
      this.entry.value = "";
      this.verdict.textContent = "";
      delete this.verdict.dataset.status;
    }

    next() {
      const others = this.chosen.filter((task) => task !== this.task);
      this.task = randomOf(others.length ? others : this.chosen);
      this.refresh();
      this.remember();
      this.entry.focus();
    }

    // -- answering -------------------------------------------------------------------------------------------------

    answered() {
      const { status, message } = this.checked();
      this.verdict.dataset.status = status;
      this.verdict.textContent = `${{ right: "✓", unclear: "?", unreadable: "?" }[status] ?? "✗"} ${message}`;
      if (this.tried || status === "unclear" || status === "unreadable") return;
      this.tried = true;
      const { right, tried } = this.kept();
      this.keep({ right: right + Number(status === "right"), tried: tried + 1 });
    }

    checked() {
      try {
        return check({ task: this.task, answer: this.entry.value });
      } catch (error) {
        return { status: "unreadable", message: error.message };
      }
    }

    /** The score that this browser keeps; nothing of it goes anywhere else. */
    kept() {
      try {
        const { right, tried } = JSON.parse(localStorage.getItem(SCORE));
        if (Number.isSafeInteger(right) && Number.isSafeInteger(tried) && right >= 0 && right <= tried)
          return { right, tried };
      } catch (error) {
        /* nothing kept, or storage is blocked */
      }
      return this.score_now ?? { right: 0, tried: 0 };
    }

    keep(score) {
      this.score_now = score;
      try {
        localStorage.setItem(SCORE, JSON.stringify(score));
      } catch (error) {
        /* it lasts as long as the page */
      }
      this.tell();
    }

    forget() {
      this.score_now = null;
      try {
        localStorage.removeItem(SCORE);
      } catch (error) {
        /* nothing was kept */
      }
      this.tell();
    }

    tell() {
      const { right, tried } = this.kept();
      this.score.textContent = tried ? this.t("score")({ right: number(right), tried: number(tried) }) : "";
    }

    // -- printing --------------------------------------------------------------------------------------------------

    /** Print tasks of the chosen topic and level, their solutions on a page of their own. */
    print() {
      const tasks = [...this.chosen].sort(() => Math.random() - 0.5).slice(0, SHEET);
      const listed = (part) =>
        h(
          "ol",
          {},
          tasks.map((task) => {
            const item = h("li", {});
            item.innerHTML = `<p><strong>${bank.topics[task.topic]}</strong> ${stars(task.level)}</p>${task[part]}`;
            if (part === "question") item.append(h("p", { class: "drill-line" }, `${this.t("write")}: `));
            return item;
          }),
        );
      const sheet = h(
        "div",
        { class: "drill-sheet bd-article" },
        h("h1", {}, this.t("sheet")),
        h("p", { class: "drill-line" }, `${this.t("name")}: `),
        listed("question"),
        h("h1", { class: "drill-solutions" }, this.t("solutions")),
        listed("solution"),
      );
      document.body.append(sheet);
      document.documentElement.classList.add("prints-drills");
      window.addEventListener(
        "afterprint",
        () => {
          sheet.remove();
          document.documentElement.classList.remove("prints-drills");
        },
        { once: true },
      );
      window.print();
    }

    // -- state -----------------------------------------------------------------------------------------------------

    encode() {
      return { ...super.encode(), task: identity(this.task) };
    }

    decode({ task: wanted, ...fields }) {
      const task = wanted === undefined ? bank.tasks[0] : bank.tasks.find((each) => identity(each) === wanted);
      if (!task || !super.decode(fields)) return false;
      this.task = task;
      return true;
    }
  }

  cnncourse.drill = { check, use };
  define("cnn-drill", Drill);
})();
