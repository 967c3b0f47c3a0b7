// cnn-drill: exam tasks from a bank that cnncourse.drills has written (drill-bank.js), checked as Python checks them.
(() => {
  "use strict";

  const { Lab, define, h, load, number } = cnncourse;
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

  const TODAY = 5; // tasks a day
  const WEAK = 0.7; // a topic is weak below this share of right first attempts
  const bank = cnncourse.drillBank ?? { columns: { topic: [] }, topics: {}, sections: {}, later: [] };
  bank.tasks = unpacked(bank);
  const identity = ({ topic, level, seed }) => `${topic}-${level}-${seed}`;
  const stars = (level) => "★".repeat(level);
  const randomOf = (list) => list[Math.floor(Math.random() * list.length)];

  /** The tasks of a bank, of which it has one list for each of their parts. */
  function unpacked({ columns, reveals }) {
    return columns.topic.map((_, i) => {
      const task = Object.fromEntries(Object.entries(columns).map(([part, values]) => [part, values[i]]));
      return { ...task, mistakes: task.mistakes.map(([value, at]) => ({ value, reveals: reveals[at] })) };
    });
  }

  const used = new Set();

  /** Load a script of the bank, and use what it has once; without it the lab goes on as it is. */
  const fetched = (script, use) =>
    load(script).then(
      () => {
        if (!used.has(script)) use();
        used.add(script);
      },
      () => {},
    );

  /** The tasks on concepts. */
  const concepts = () => fetched(bank.concepts, () => bank.tasks.push(...unpacked(cnncourse.conceptBank)));

  /** The solutions of the calculations, which are the first tasks. */
  const solutions = () =>
    fetched(bank.solutions, () =>
      cnncourse.drillSolutions.forEach((solution, at) => Object.assign(bank.tasks[at], { solution })),
    );

  /** Numbers from 0 to 1 that a text determines, the same everywhere (mulberry32). */
  function dice(text) {
    let state = [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.codePointAt(0)) | 0, 7);
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  /** The tasks of a day: of different topics, three to calculate and two on concepts, from easy to hard. */
  function tasksOf(date) {
    const roll = dice(date);
    const drawn = (list, count) =>
      Array.from({ length: count }, () => list.splice(Math.floor(roll() * list.length), 1)[0]);
    const later = new Set(bank.later);
    const topics = [
      ...drawn(
        Object.keys(bank.topics).filter((topic) => !later.has(topic)),
        TODAY - 2,
      ),
      ...drawn([...later], 2),
    ];
    const tasks = topics.map(
      (topic) =>
        drawn(
          bank.tasks.filter((task) => task.topic === topic),
          1,
        )[0],
    );
    return tasks.filter(Boolean).sort((a, b) => a.level - b.level);
  }

  const isDate = (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

  /** A date as the reader writes it: 17.5.2030 in German, 17/05/2030 in English. */
  const shownDate = (date) =>
    new Date(`${date}T12:00`).toLocaleDateString(document.documentElement.lang.startsWith("de") ? "de-DE" : "en-GB");

  /** Today's date where the reader is. */
  function today() {
    const now = new Date();
    return [now.getFullYear(), now.getMonth() + 1, now.getDate()]
      .map((part) => String(part).padStart(2, "0"))
      .join("-");
  }

  /** Where the book explains it, seen from a page in the same folder. */
  function addressOf(section) {
    const [page, label] = section.split("#");
    return `${page}.html${label ? `#${label}` : ""}`;
  }

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
        level_1: "★ eine Formel, ein Begriff",
        level_2: "★★ mit überflüssigen Angaben, Begriffe anwenden",
        level_3: "★★★ mehrere Schritte, Aussagen beurteilen",
        answer: "Deine Antwort",
        hint: "Eine Zahl, eine Rechnung oder eine Form wie 55\u00a0×\u00a055\u00a0×\u00a096, gern mit Einheit.",
        choose: "Kreuze eine Antwort an.",
        section: "Nachlesen",
        today: "Heute: fünf Aufgaben",
        of_day: ({ at, date }) => `Aufgabe ${at} von ${TODAY}, ${date}`,
        day_done: ({ right }) =>
          `Geschafft: ${right} von ${TODAY} beim ersten Versuch richtig. „Link kopieren“ gibt dieselben Aufgaben weiter.`,
        topics: "Deine Themen, die schwächsten zuerst",
        of_topic: ({ right, tried }) => `${right} von ${tried}`,
        save: "Ergebnisse speichern",
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
        level_1: "★ one formula, one concept",
        level_2: "★★ with numbers to spare, applying concepts",
        level_3: "★★★ several steps, judging statements",
        answer: "Your answer",
        hint: "A number, a calculation, or a shape such as 55\u00a0×\u00a055\u00a0×\u00a096, with its unit if you like.",
        choose: "Tick an answer.",
        section: "Read up on it",
        today: "Today: five tasks",
        of_day: ({ at, date }) => `Task ${at} of ${TODAY}, ${date}`,
        day_done: ({ right }) =>
          `Done: ${right} of ${TODAY} right at the first attempt. "Copy link" passes on the same tasks.`,
        topics: "Your topics, the weakest first",
        of_topic: ({ right, tried }) => `${right} of ${tried}`,
        save: "Save results",
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
      this.day = null;
      const id = `${this.id}-answer`;
      this.question = h("div", { class: "drill-question" });
      this.entry = h("input", {
        type: "text",
        id,
        name: "answer",
        autocomplete: "off",
        "aria-describedby": `${id}-hint`,
      });
      this.toWrite = [h("label", { for: id }, this.t("answer")), this.entry];
      this.choices = h("fieldset", { class: "drill-choices", hidden: true });
      this.verdict = h("p", { class: "drill-verdict", role: "status" });
      this.solution = h("div", {});
      this.section = h("a", {}, this.t("section"));
      this.folded = h(
        "details",
        { class: "drill-solution", toggle: () => this.solve() },
        h("summary", {}, this.t("solution")),
        this.solution,
        h("p", {}, this.section),
      );
      this.ofDay = h("p", { class: "drill-day" });
      this.hint = h("p", { class: "lab-caption", id: `${id}-hint` });
      this.topics = h("ol", {});
      this.overview = h("details", { class: "drill-topics" }, h("summary", {}, this.t("topics")), this.topics);
      this.score = h("p", { class: "lab-caption" });
      return [
        this.ofDay,
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
          this.choices,
          this.toWrite,
          this.button("check", null, { type: "submit" }),
          this.button("next", () => this.next()),
          this.button("today", () => this.start(today())),
        ),
        this.hint,
        this.verdict,
        this.folded,
        this.overview,
        this.score,
        h(
          "div",
          { class: "lab-tools" },
          this.button("print", () => this.print()),
          this.button("forget", () => this.forget()),
          this.button("save", () => this.save()),
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
      if (!this.chosen.length) {
        concepts().then(() => this.chosen.length && this.renew());
        return;
      }
      if (!this.day && !this.chosen.includes(this.task)) this.task = randomOf(this.chosen);
      if (this.shown !== this.task) this.show();
      this.tell();
    }

    /** Show what the fields choose, now that it is loaded. */
    renew() {
      this.refresh();
      this.remember();
    }

    show() {
      const { task } = this;
      this.shown = task;
      this.tried = false;
      this.question.innerHTML = `<p><strong>${bank.topics[task.topic]}</strong> ${stars(task.level)}</p>${task.question}`;
      this.solution.innerHTML = task.solution ?? "";
      this.section.href = addressOf(task.section);
      this.folded.open = false;
      this.entry.value = "";
      for (const part of this.toWrite) part.hidden = task.choices.length > 0;
      this.choices.hidden = !task.choices.length;
      this.choices.replaceChildren(h("legend", {}, this.t("answer")), ...task.options.map((_, at) => this.option(at)));
      this.hint.textContent = this.t(task.choices.length ? "choose" : "hint");
      this.ofDay.textContent = this.day
        ? this.t("of_day")({ at: this.day.at + 1, date: shownDate(this.day.date) })
        : "";
      this.verdict.textContent = "";
      delete this.verdict.dataset.status;
    }

    /** Fill in the solution that is unfolded, once it is there. */
    async solve() {
      if (!this.folded.open) return;
      await solutions();
      this.solution.innerHTML = this.task.solution ?? "";
    }

    /** A choice to tick. */
    option(at) {
      const words = h("span", {});
      words.innerHTML = this.task.options[at];
      return h("label", {}, h("input", { type: "radio", name: `${this.id}-choice`, value: LETTERS[at] }), words);
    }

    /** The next task of the day, or one of the chosen ones. */
    async next() {
      if (this.day) return this.nextOfDay();
      if (this.texts.topic === "all") await concepts();
      const others = this.pool().filter((task) => task !== this.task);
      this.open(randomOf(others.length ? others : this.chosen));
    }

    open(task) {
      this.task = task;
      this.renew();
      (this.task.choices.length ? this.choices.querySelector("input") : this.entry).focus();
    }

    /** What the next task is drawn from: every second time from the weak topics, if all are chosen. */
    pool() {
      const weak = this.weak().map(([topic]) => topic);
      const theirs = this.chosen.filter((task) => weak.includes(task.topic));
      return this.texts.topic === "all" && theirs.length > 1 && Math.random() < 0.5 ? theirs : this.chosen;
    }

    // -- the tasks of a day ----------------------------------------------------------------------------------------

    async start(date) {
      await concepts();
      this.day = { date, at: 0, right: 0, tasks: tasksOf(date) };
      this.open(this.day.tasks[0]);
    }

    nextOfDay() {
      this.day.at += 1;
      const { at, right, tasks } = this.day;
      if (at < tasks.length) return this.open(tasks[at]);
      if (at === tasks.length) {
        this.ofDay.textContent = this.t("day_done")({ right });
        return this.write();
      }
      this.leaveDay();
      return this.next();
    }

    leaveDay() {
      this.day = null;
      this.ofDay.textContent = "";
    }

    changed() {
      this.leaveDay();
      super.changed();
    }

    // -- answering -------------------------------------------------------------------------------------------------

    answered() {
      const { status, message } = this.checked();
      this.verdict.dataset.status = status;
      this.verdict.textContent = `${{ right: "✓", unclear: "?", unreadable: "?" }[status] ?? "✗"} ${message}`;
      if (this.tried || status === "unclear" || status === "unreadable") return;
      this.tried = true;
      const one = Number(status === "right");
      const { right, tried, topics } = this.kept();
      const [before, times] = topics[this.task.topic] ?? [0, 0];
      if (this.day) this.day.right += one;
      this.keep({
        right: right + one,
        tried: tried + 1,
        topics: { ...topics, [this.task.topic]: [before + one, times + 1] },
      });
    }

    checked() {
      if (this.task.choices.length && !this.ticked) return { status: "unreadable", message: this.t("choose") };
      try {
        return check({ task: this.task, answer: this.ticked || this.entry.value });
      } catch (error) {
        return { status: "unreadable", message: error.message };
      }
    }

    /** The letter of the choice that is ticked. */
    get ticked() {
      return this.choices.querySelector("input:checked")?.value ?? "";
    }

    /** The score that this browser keeps, in all and by topic; nothing of it goes anywhere else. */
    kept() {
      try {
        const { right, tried, topics = {} } = JSON.parse(localStorage.getItem(SCORE));
        const counted = ([some, all]) =>
          Number.isSafeInteger(some) && Number.isSafeInteger(all) && some >= 0 && some <= all;
        const known = Object.entries(topics).filter(
          ([topic, score]) => Object.hasOwn(bank.topics, topic) && counted(score),
        );
        if (counted([right, tried])) return { right, tried, topics: Object.fromEntries(known) };
      } catch (error) {
        /* nothing kept, or storage is blocked */
      }
      return this.score_now ?? { right: 0, tried: 0, topics: {} };
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

    /** Give the results as a file. */
    save() {
      const file = new Blob([`${JSON.stringify(this.kept(), null, 2)}\n`], { type: "application/json" });
      const link = h("a", { href: URL.createObjectURL(file), download: "cnncourse-drill.json" });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    }

    /** The topics with their scores, the weakest first. */
    ranked() {
      const share = ([, [right, tried]]) => right / tried;
      return Object.entries(this.kept().topics).sort((a, b) => share(a) - share(b));
    }

    weak() {
      return this.ranked().filter(([, [right, tried]]) => right / tried < WEAK);
    }

    tell() {
      const { right, tried } = this.kept();
      this.score.textContent = tried ? this.t("score")({ right: number(right), tried: number(tried) }) : "";
      const ranked = this.ranked();
      this.overview.hidden = !ranked.length;
      this.topics.replaceChildren(
        ...ranked.map(([topic, [some, all]]) =>
          h(
            "li",
            {},
            h("a", { href: addressOf(bank.sections[topic]) }, bank.topics[topic]),
            `: ${this.t("of_topic")({ right: number(some), tried: number(all) })}`,
          ),
        ),
      );
    }

    // -- printing --------------------------------------------------------------------------------------------------

    /** Print tasks of the chosen topic and level, their solutions on a page of their own. */
    async print() {
      await solutions();
      const tasks = [...this.chosen].sort(() => Math.random() - 0.5).slice(0, SHEET);
      const listed = (part) =>
        h(
          "ol",
          {},
          tasks.map((task) => {
            const item = h("li", {});
            item.innerHTML = `<p><strong>${bank.topics[task.topic]}</strong> ${stars(task.level)}</p>${task[part]}`;
            if (part === "question") item.append(...this.room(task));
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

    /** On paper: boxes to tick, or a line to write on. */
    room(task) {
      if (!task.choices.length) return [h("p", { class: "drill-line" }, `${this.t("write")}: `)];
      return task.options.map((option) => {
        const line = h("p", {});
        line.innerHTML = `☐ ${option}`;
        return line;
      });
    }

    // -- state -----------------------------------------------------------------------------------------------------

    encode() {
      return this.day ? { today: this.day.date } : { ...super.encode(), task: identity(this.task) };
    }

    decode({ task: wanted, today: date, ...fields }) {
      if (date !== undefined) return this.decodeDay(date);
      const later = bank.later.some((topic) => wanted?.startsWith(`${topic}-`));
      const task = wanted === undefined ? bank.tasks[0] : bank.tasks.find((each) => identity(each) === wanted);
      if (!task && later && !this.waited) {
        this.waited = true; // for the tasks on concepts; a link to one that is not there is broken
        concepts().then(() => this.restore());
        return super.decode(fields);
      }
      if (!task || !super.decode(fields)) return false;
      this.day = null;
      this.task = task;
      return true;
    }

    decodeDay(date) {
      if (!isDate(date)) return false;
      if (this.day?.date !== date) this.start(date);
      return super.decode({});
    }
  }

  cnncourse.drill = { check, use };
  define("cnn-drill", Drill);
})();
