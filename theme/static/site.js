// What the pages do beyond the theme. Everything here is a convenience: without it the book reads just as well.
(() => {
  "use strict";

  const store = (key, value) => {
    try {
      localStorage.setItem(key, value);
    } catch (error) {
      /* storage is blocked: forget it */
    }
  };

  // For as long as the tab is open.
  const keep = (key, value) => {
    try {
      sessionStorage.setItem(key, value);
    } catch (error) {
      /* storage is blocked: forget it */
    }
  };
  const kept = (key) => {
    try {
      return sessionStorage.getItem(key);
    } catch (error) {
      return null;
    }
  };
  const pageName = () => location.pathname.split("/").slice(-2).join("/");

  // The start page opens the edition that was chosen last.
  document.querySelectorAll("[data-edition]").forEach((link) => {
    link.addEventListener("click", () => store("edition", link.dataset.edition));
  });

  // The other edition opens at the same place, in the state of the same lab: both have the same headings and labs.
  const TOP = 72; // px: what the header covers
  const article = document.querySelector("article");
  const stretches = () => {
    const tops = [...document.querySelectorAll("article :is(h1, h2, h3, h4)")].map(
      (heading) => heading.getBoundingClientRect().top + window.scrollY,
    );
    return [...tops, article.getBoundingClientRect().bottom + window.scrollY];
  };
  const leave = (link) => {
    const tops = stretches();
    const last = tops.findLastIndex((top) => top <= window.scrollY + TOP + 1);
    const share = (window.scrollY + TOP - tops[last]) / (tops[last + 1] - tops[last]);
    if (location.hash.startsWith("#cnn-")) link.hash = location.hash;
    keep("place", last > 0 ? JSON.stringify({ page: pageName(), last, share }) : "");
  };
  const arrive = () => {
    const { page, last, share } = JSON.parse(kept("place") || "{}");
    keep("place", "");
    if (page !== pageName()) return;
    const tops = stretches();
    const from = tops[Math.min(last, tops.length - 2)];
    const to = tops[Math.min(last + 1, tops.length - 1)];
    window.scrollTo({ top: from + share * (to - from) - TOP, behavior: "instant" });
  };
  document.querySelectorAll(".edition-switch").forEach((link) => link.addEventListener("click", () => leave(link)));

  // Who comes from the search sees the first hit; a folded box with it opens. What takes the marks away is a link
  // with a script in it, which the policy of our pages forbids: a button does it.
  const showHit = () => {
    const link = document.querySelector(".highlight-link a");
    if (link) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: link.textContent });
      button.addEventListener("click", () => {
        SphinxHighlight.hideSearchWords();
        document.querySelectorAll("rect.highlighted").forEach((mark) => mark.remove()); // of figures, which it forgets
      });
      link.replaceWith(button);
    }
    const hit = !location.hash && document.querySelector("article .highlighted:not(#search-results *)");
    if (!hit) return;
    const folded = hit.closest("details:not([open])");
    if (folded) folded.open = true;
    hit.closest('[hidden="until-found"]')?.dispatchEvent(new Event("beforematch")); // as the browser's own search
    hit.scrollIntoView({ block: "center", behavior: "instant" });
  };
  if (article) {
    window.addEventListener("load", () => {
      arrive();
      setTimeout(showHit, 50); // the words are marked a moment after the page is there
    });
  }

  // Ctrl+K or ⌘K leads to the search field.
  const search = document.querySelector(".book-search input");
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || !search) return;
    event.preventDefault();
    const toggle = document.querySelector(".primary-toggle");
    if (!search.checkVisibility({ visibilityProperty: true }) && toggle) toggle.click();
    search.focus();
    search.select();
  });

  // The skip link leads into the text, past the header that stands in the same part of the page.
  document.querySelector("#pst-skip-link a")?.addEventListener("click", (event) => {
    if (!article) return;
    event.preventDefault();
    location.hash = event.currentTarget.hash; // first the jump, which would take the focus away again
    article.tabIndex = -1;
    article.focus();
  });

  // Whatever closes a drawer, the focus goes back to the button that opens it.
  [
    [".primary-toggle", "#pst-primary-sidebar-modal"],
    [".secondary-toggle", "#pst-secondary-sidebar-modal"],
  ].forEach(([button, drawer]) => {
    const toggle = document.querySelector(button);
    if (toggle) document.querySelector(drawer)?.addEventListener("close", () => setTimeout(() => toggle.focus()));
  });

  // The list of contents marks the section that is read, after a jump as well.
  const entries = [...document.querySelectorAll("#page-contents-list a")];
  const sections = entries.map(({ hash }) => document.getElementById(decodeURIComponent(hash.slice(1))));
  const top = (section) => section.getBoundingClientRect().top;
  const reading = () => {
    const { scrollHeight, clientHeight } = document.documentElement;
    const jumped = sections.findIndex((section) => section.matches(":target"));
    const atEnd = window.scrollY + clientHeight >= scrollHeight - 2;
    if (atEnd && jumped >= 0 && top(sections[jumped]) < clientHeight) return jumped;
    return atEnd ? sections.length - 1 : sections.findLastIndex((section) => top(section) <= TOP + 8);
  };
  const markReading = () => {
    const now = entries[reading()];
    entries.forEach((entry) => {
      entry.classList.toggle("active", entry === now);
      if (entry === now) entry.setAttribute("aria-current", "true");
      else entry.removeAttribute("aria-current");
      entry.closest("li").classList.toggle("active", Boolean(now && entry.closest("li").contains(now)));
    });
  };
  if (entries.length && sections.every(Boolean)) {
    ["scroll", "hashchange", "load"].forEach((event) =>
      window.addEventListener(event, () => requestAnimationFrame(markReading), { passive: true }),
    );
  }

  // Whatever scrolls inside itself can be reached with the keyboard, and says what it is.
  const NAMES =
    document.documentElement.lang === "de"
      ? { math: "Formel", output: "Ausgabe", table: "Tabelle", code: "Programmcode", figure: "Abbildung" }
      : { math: "Formula", output: "Output", table: "Table", code: "Code", figure: "Figure" };
  const SCROLLERS = {
    ".math-scroll": NAMES.math,
    ".cnn-anatomy > div": NAMES.table,
    ".cell_output .output": NAMES.output,
    ".figure-scroll": NAMES.figure,
    ".pst-scrollable-table-container": NAMES.table,
    pre: NAMES.code,
  };
  const isScrolling = ({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
    scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1;
  const markScrollers = () => {
    // Measure everything, then change what has changed: in turns, each change would cost a layout of the page.
    const all = Object.entries(SCROLLERS).flatMap(([selector, name]) =>
      [...document.querySelectorAll(selector)]
        .filter((element) => !element.closest("details:not([open])")) // laid out only to be measured
        .map((element) => [element, name, isScrolling(element)]),
    );
    all
      .filter(([element, , scrolls]) => element.classList.contains("scrolls") !== scrolls)
      .forEach(([element, name, scrolls]) => {
        element.classList.toggle("scrolls", scrolls);
        if (scrolls) {
          element.tabIndex = 0;
          element.setAttribute("role", "group");
          element.setAttribute("aria-label", name);
        } else {
          ["tabindex", "role", "aria-label"].forEach((attribute) => element.removeAttribute(attribute));
        }
      });
  };
  // The fade at its right end means that there is more: not so at the end.
  const markEnd = ({ target }) => {
    if (!target.classList?.contains("scrolls")) return; // the page itself, a sidebar
    target.classList.toggle("at-end", target.scrollLeft + target.clientWidth >= target.scrollWidth - 2);
  };
  document.addEventListener("scroll", markEnd, { capture: true, passive: true });
  new ResizeObserver(markScrollers).observe(document.body);
  window.addEventListener("load", () => setTimeout(markScrollers, 350)); // after the theme's own pass

  // A link into a folded box opens it; printing opens all of them, and closes them again.
  // An exam's solutions stay as they are: folded ones are not printed.
  const openTarget = () => {
    const target = document.querySelector(":target"); // none for a lab's state, however it is written
    const folded = target && target.closest("details:not([open])");
    if (folded) {
      folded.open = true;
      target.scrollIntoView();
    }
  };
  window.addEventListener("hashchange", openTarget);
  window.addEventListener("load", openTarget); // before that, a page has no target
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("details:not([open], .left-folded)").forEach((box) => {
      box.open = true;
      box.dataset.printed = "";
    });
  });
  window.addEventListener("afterprint", () => {
    document.querySelectorAll("details[data-printed]").forEach((box) => {
      box.open = false;
      delete box.dataset.printed;
    });
  });

  // The menu that runs a notebook closes with Escape and with a click anywhere else.
  const launch = document.querySelector("details.launch");
  if (launch) {
    document.addEventListener("click", (event) => {
      if (!launch.contains(event.target)) launch.open = false;
    });
    launch.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !launch.open) return;
      launch.open = false;
      launch.querySelector("summary").focus();
    });
  }
})();
