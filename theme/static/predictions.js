// Predictions wait: what answers one is folded until its reader asks for it, finds it, or follows a link into it.
// The answer of a `.prediction` is everything from the first cell after it to the next one, within its section.
(() => {
  "use strict";

  const WORDS = {
    de: {
      ask: "Deine Vorhersage",
      show: "Zeig das Ergebnis",
      hide: "Verbirg das Ergebnis",
      covered: "Die Ergebnisse sind verdeckt: Sag zuerst, was du erwartest.",
      showAll: "Alle zeigen",
      hideAll: "Alle verbergen",
    },
    en: {
      ask: "Your prediction",
      show: "Show the result",
      hide: "Hide the result",
      covered: "The results are covered: say first what you expect.",
      showAll: "Show all",
      hideAll: "Hide all",
    },
  }[document.documentElement.lang];

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  // The same in both editions, so that a reader who changes the language goes on. As long as the tab is open.
  const PLACE = `predictions/${location.pathname.split("/").pop()}`;
  const recall = () => {
    try {
      return JSON.parse(sessionStorage.getItem(PLACE)) ?? {};
    } catch (error) {
      return {}; // storage is blocked, or holds something else
    }
  };
  const remember = () => {
    const states = predictions.map(({ result, field, shown }) => [result.id, { text: field.value, shown }]);
    try {
      sessionStorage.setItem(PLACE, JSON.stringify(Object.fromEntries(states)));
    } catch (error) {
      /* storage is blocked: forget it */
    }
  };

  const answerTo = (question) => {
    const parts = [];
    for (let next = question.nextElementSibling; next; next = next.nextElementSibling) {
      if (next.matches("section, .prediction")) break;
      if (parts.length || next.matches(".cell")) parts.push(next);
    }
    return parts;
  };

  class Prediction {
    constructor(parts) {
      const id = `${parts[0].id}-result`;
      this.field = element("input", { type: "text", autocomplete: "off" });
      this.button = element("button", { type: "submit", className: "prediction-show" });
      this.button.setAttribute("aria-controls", id);
      const label = element("label", {}, element("span", { textContent: WORDS.ask }), this.field);
      this.form = element("form", { className: "prediction-ask" }, label, this.button);
      this.result = element("div", { className: "prediction-result", id });
      parts[0].before(this.form, this.result);
      this.result.append(...parts);
      this.form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.show(!this.shown);
        remember();
      });
      this.field.addEventListener("change", remember);
      this.result.addEventListener("beforematch", () => this.show(true)); // the browser's search found it
    }

    show(shown) {
      this.shown = shown;
      if (shown) this.result.removeAttribute("hidden");
      else this.result.setAttribute("hidden", "until-found");
      this.button.textContent = shown ? WORDS.hide : WORDS.show;
      this.button.setAttribute("aria-expanded", shown);
      nameAll();
    }
  }

  const all = element("button", { type: "button" });
  const covered = element("span", { textContent: WORDS.covered });
  const allShown = () => predictions.every(({ shown }) => shown);
  const nameAll = () => {
    covered.hidden = allShown();
    all.textContent = allShown() ? WORDS.hideAll : WORDS.showAll;
  };
  all.addEventListener("click", () => {
    const shown = !allShown();
    predictions.forEach((each) => each.show(shown));
    remember();
  });

  const predictions = [...document.querySelectorAll(".prediction")]
    .map(answerTo)
    .filter((parts) => parts.length)
    .map((parts) => new Prediction(parts));
  const before = recall();
  predictions.forEach((each) => {
    const { text = "", shown = false } = before[each.result.id] ?? {};
    each.field.value = text;
    each.show(shown === true);
  });
  document.querySelector("article h1").after(element("p", { className: "prediction-all" }, covered, all));

  const openTarget = () => {
    const target = document.querySelector(":target");
    const folded = predictions.find(({ result, shown }) => !shown && result.contains(target));
    if (!folded) return;
    folded.show(true);
    target.scrollIntoView();
  };
  window.addEventListener("hashchange", openTarget);
  openTarget();
})();
