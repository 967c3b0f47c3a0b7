// Code that a reader pastes into cnn-architect: what keras-code.js reads of it is taken over, with a word on how it went.
(() => {
  "use strict";

  const { architect_layers, h } = cnncourse;
  const LANGUAGE = document.documentElement.lang.slice(0, 2);
  const WORDS = {
    de: {
      skip: "Diese Stellen auslassen",
      unread: "Diese Stellen kann ich nicht lesen.",
      nothing: "In diesem Text finde ich kein Keras-Modell mit Schichten.",
      taken: ({ count }) => (count === 1 ? "Eine Schicht gelesen." : `${count} Schichten gelesen.`),
      left_out: ({ lines }) => `Ausgelassen: Zeile ${lines}. Was dort steht, fehlt in der Rechnung.`,
      assumed: ({ shape }) => `Der Code sagt nicht, was hineingeht. Gerechnet ist mit ${shape}, wie oben eingestellt.`,
      breaks: ({ line, i, why }) => `Zeile ${line}: Schicht ${i} ist unmöglich. ${why}`,
    },
    en: {
      skip: "Leave these out",
      unread: "I cannot read these places.",
      nothing: "I find no Keras model with layers in this text.",
      taken: ({ count }) => (count === 1 ? "One layer read." : `${count} layers read.`),
      left_out: ({ lines }) => `Left out: line ${lines}. What stands there is missing in the account.`,
      assumed: ({ shape }) => `The code does not say what goes in. The account takes ${shape}, as set above.`,
      breaks: ({ line, i, why }) => `Line ${line}: layer ${i} is impossible. ${why}`,
    },
  };
  const words = WORDS[LANGUAGE] ?? WORDS.en;

  /** Let the lab show the network of a code; what is unreadable is left out if the reader says so. */
  function read(lab, code, leaveOut) {
    const found = cnncourse.keras_code.read(code);
    const { layers, problems } = found;
    const skip = layers.length && lab.button("", () => lab.readCode(true, code), {}, words.skip);
    if (problems.length && !leaveOut) tell(lab, words.unread, problems, skip);
    else if (!layers.length) tell(lab, words.nothing);
    else if (layers.length > architect_layers.MOST_LAYERS) tell(lab, lab.t("full"));
    else takeOver(lab, found);
  }

  function takeOver(lab, { input, layers, problems, remarks }) {
    const { size, width, channels } = lab.texts;
    const shape = input ?? [size, width || size, channels];
    lab.take(shape, architect_layers.complete(layers));
    const lines = problems.map(({ line }) => line).join(", ");
    tell(lab, words.taken({ count: layers.length }), [
      ...(problems.length ? [words.left_out({ lines })] : []),
      ...(input ? [] : [words.assumed({ shape: shape.join(" × ") })]),
      ...broken(lab, layers),
      ...remarks,
    ]);
  }

  /** The first layer of a code that is impossible, with its line. */
  function broken({ cards }, layers) {
    const i = cards.findIndex(({ problem }) => problem.hasChildNodes());
    if (i < 0) return [];
    return [words.breaks({ line: layers[i].line, i: i + 1, why: cards[i].problem.firstChild.textContent })];
  }

  /** Say how the reading went, and what there is to say besides. */
  function tell(lab, said, remarks = [], button = "") {
    const told = remarks.map((each) =>
      typeof each === "string" ? each : cnncourse.keras_code.explain(each, LANGUAGE),
    );
    const list = told.map((each) => h("li", {}, each));
    lab.report.replaceChildren(h("p", {}, said), list.length ? h("ul", {}, list) : "", button || "");
  }

  cnncourse.architect_paste = { read };
})();
