// What the search page does beyond Sphinx's search: numbers, mistyped and joined words, and the chapter that explains a
// term comes first. Sphinx calls what is replaced here.
(() => {
  "use strict";

  const WORDS = {
    de: {
      nothing: (words) => `Zu „${words}“ gibt es nichts.`,
      meant: "Meintest du",
      group: ".",
      // What the book's code names in English, and no entry of the glossary translates.
      german: { color: "Farbe", colour: "Farbe", edge: "Kante", image: "Bild", size: "Größe", weight: "Gewicht" },
    },
    en: { nothing: (words) => `Nothing for “${words}”.`, meant: "Did you mean", group: ",", german: {} },
  }[document.documentElement.lang];

  const { terms, titleterms, alltitles, docnames, titles, filenames, spellings, explained } = Search._index;

  // "constructor" and "__proto__" are words like any other: what every object inherits is no entry of the index.
  const bare = Object.assign(Object.create(null), { hasOwnProperty: Object.prototype.hasOwnProperty });
  [terms, titleterms].forEach((words) => Object.setPrototypeOf(words, bare));

  // ---------- The words of the book ----------
  const stemmer = new Stemmer();
  const stemOf = (word) => stemmer.stemWord(word.toLowerCase()).toLowerCase();
  const isNumber = (word) => /^[0-9]/.test(word);
  const pagesOf = (stem) => [terms[stem] ?? [], titleterms[stem] ?? []].flat();
  const isKnown = (stem) => pagesOf(stem).length > 0;

  const spell = (stem, end) => {
    if (end.startsWith("=")) return end.slice(1);
    return end.startsWith("^") ? stem[0].toUpperCase() + stem.slice(1) + end.slice(1) : stem + end;
  };
  const all = [...new Set([...Object.keys(terms), ...Object.keys(titleterms)])];
  const isCommon = (stem) => titleterms[stem] !== undefined || Array.isArray(terms[stem]);
  const stems = all.filter((stem) => /^\p{L}+$/u.test(stem) && isCommon(stem)).sort();
  const ends = spellings.split(" "); // see extensions/search.py
  const spelled = new Map(stems.map((stem, place) => [stem, spell(stem, ends[place])]));

  // ---------- What somebody may have meant ----------
  const often = (a, b) => pagesOf(b).length - pagesOf(a).length;

  // ae for ä, or a plain a: a stem has no dots.
  const withoutDots = (word) =>
    word.replace(/ae|oe|ue/g, ([vowel]) => vowel).replace(/[äöü]/g, (vowel) => "aou"["äöü".indexOf(vowel)]);

  // "gefaltet" is what a "Faltung" does.
  const isNoun = (stem) => /^\p{Lu}/u.test(spelled.get(stem));
  const noun = (word) => {
    const [, before, root] = withoutDots(word).match(/^(\p{L}*?)ge(\p{L}{3,}?)(?:e?t|en)$/u) ?? [];
    return root && stems.filter((stem) => stem.startsWith(before + root) && isNoun(stem)).sort(often)[0];
  };

  const nounFor = (word) => {
    const stem = noun(word.toLowerCase());
    return stem && { stems: [stem], instead: [spelled.get(stem)] };
  };

  // "Kernelgröße" is about a kernel and its size: the two commonest words that make the one.
  const LEAST = 4;
  const parts = (word) => {
    const cuts = Array.from({ length: Math.max(0, word.length - 2 * LEAST + 1) }, (_, place) => place + LEAST);
    const weight = (pair) => Math.min(...pair.map((part) => pagesOf(stemOf(part)).length));
    const pairs = cuts.map((cut) => [word.slice(0, cut), word.slice(cut)]).filter((pair) => weight(pair) > 0);
    return pairs.sort((a, b) => weight(b) - weight(a))[0];
  };
  const capitals = (words) => words.map((word) => word[0].toUpperCase() + word.slice(1));

  // How many letters are wrong, missing, too many or swapped with their neighbour.
  const mistakes = (a, b, most) => {
    if (Math.abs(a.length - b.length) > most) return most + 1;
    let before = [];
    let row = Array.from({ length: b.length + 1 }, (_, place) => place);
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++) {
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
        if (swapped) next[j] = Math.min(next[j], before[j - 2] + 1);
      }
      [before, row] = [row, next];
    }
    return row[b.length];
  };
  const near = (word) => {
    const most = word.length < 4 ? 0 : word.length < 8 ? 1 : 2;
    const away = (stem) =>
      Math.min(mistakes(stemOf(word), stem, most), mistakes(word, spelled.get(stem).toLowerCase(), most));
    const found = stems
      .map((stem) => [away(stem), stem])
      .filter(([distance, stem]) => distance <= most && stem !== stemOf(word));
    return found.sort(([a, first], [b, second]) => a - b || often(first, second))[0]?.[1];
  };

  const similar = (word) => {
    const stem = near(word.toLowerCase());
    return stem && { stems: [stem], instead: [spelled.get(stem)] };
  };

  // What stands in the book instead of a word: its stems, and how they are written.
  const translated = (word) => {
    const german = new Map(Object.entries(WORDS.german)).get(word.toLowerCase());
    return german && { stems: [stemOf(german)], instead: [german] };
  };
  const meant = (word) => {
    const small = word.toLowerCase();
    const plain = stemOf(withoutDots(small));
    if (isKnown(plain)) return { stems: [plain], instead: [spelled.get(plain)] };
    const verb = nounFor(word);
    if (verb) return verb;
    const pair = parts(small) ?? parts(small.replace(/[aou]e/g, ([vowel]) => "äöü"["aou".indexOf(vowel)]));
    if (pair) return { stems: pair.map(stemOf), instead: word[0] === small[0] ? pair : capitals(pair) };
    return similar(word);
  };

  // ---------- The query ----------
  // What stands in the book is looked for, and so is what begins or ends as words of the book do. If another word is
  // much commoner, it may have been meant: "color" is the name of one thing, "colour" what the chapters are about.
  const MUCH = 4;
  const pagesWithin = (stem) =>
    stem.length > 2 ? new Set(all.filter((each) => each.includes(stem)).flatMap(pagesOf)) : new Set();
  const rarest = ({ stems }) => Math.min(...stems.map((each) => pagesOf(each).length));
  const read = (word) => {
    const stem = stemOf(word);
    const [exact, within] = [pagesOf(stem).length, pagesWithin(stem).size];
    const asTyped = { word, stems: [stem] };
    const german = translated(word);
    if (german) return exact ? { ...asTyped, perhaps: german.instead } : { ...asTyped, ...german };
    if (isNumber(stem) || exact > 1) return asTyped;
    const other = exact ? (nounFor(word) ?? similar(word)) : meant(word);
    if (!other || rarest(other) <= (exact ? MUCH : within)) return asTyped;
    return exact ? { ...asTyped, perhaps: other.instead } : { ...asTyped, ...other };
  };

  // As the edition writes a number: 34.944 or 34,944.
  const grouped = (number) => number.replace(/\B(?=(?:\d{3})+$)/g, WORDS.group);
  const shown = ({ word, stems, instead }) => {
    if (isNumber(word)) return [word, grouped(word)];
    return [...(instead ?? [word]), ...stems.map((stem) => spelled.get(stem)).filter(Boolean)];
  };

  let marked = new Set();

  // [query, words to find, words to leave out, words to mark, names of the package]
  Search._parseQuery = (query) => {
    const words = splitQuery(query.trim()).filter((word) => !stopwords.includes(word.toLowerCase()));
    const readings = words.map(read);
    marked = new Set(readings.flatMap(shown).map((word) => word.toLowerCase()));
    try {
      localStorage.setItem("sphinx_highlight_terms", [...marked].join(" ")); // the page that is opened marks them
    } catch (error) {
      /* storage is blocked: the pages stay unmarked */
    }
    suggest(readings);
    Search.status.setAttribute("role", "status"); // a screen reader tells how many there are, and not each quotation
    const names = new Set(words.map((word) => word.toLowerCase()));
    return [query, new Set(readings.flatMap(({ stems }) => stems)), new Set(), marked, names];
  };

  const suggest = (readings) => {
    const missing = readings.filter(({ instead }) => instead);
    const query = readings.map(({ word, instead, perhaps }) => (instead ?? perhaps ?? [word]).join(" ")).join(" ");
    if (query === readings.map(({ word }) => word).join(" ")) return;
    const link = Object.assign(document.createElement("a"), {
      href: `?q=${encodeURIComponent(query)}`,
      textContent: query,
    });
    const line = Object.assign(document.createElement("p"), { className: "search-meant" });
    const nothing = missing.length ? `${WORDS.nothing(missing.map(({ word }) => word).join(" "))} ` : "";
    line.append(`${nothing}${WORDS.meant} `, link, "?");
    Search.output.before(line);
  };

  // ---------- The results, the best one last ----------
  const explanation = (found) => {
    const key = [...found].join(" ");
    if (!Object.hasOwn(explained, key)) return [];
    const [page, id] = explained[key];
    const section = Object.entries(alltitles).find(
      ([, places]) => id && places.some(([on, at]) => on === page && at === id),
    );
    const title = section ? `${titles[page]} > ${section[0]}` : titles[page];
    return [[docnames[page], title, id ? `#${id}` : "", null, Infinity, filenames[page]]];
  };
  const performSearch = Search._performSearch;
  Search._performSearch = (query, found, ...others) => {
    const first = explanation(found);
    const isFirst = ([page, , anchor]) => first.some((each) => each[0] === page && each[2] === anchor);
    return [...performSearch(query, found, ...others).filter((result) => !isFirst(result)), ...first];
  };

  // What the search quotes from a page: its text, without buttons and without every formula twice.
  Search.htmlToText = (source, anchor) => {
    // The policy of this page allows no style sheet of another, not even where nothing is shown.
    const unstyled = source.replace(/<style[^]*?<\/style>/g, "");
    const page = new DOMParser().parseFromString(unstyled, "text/html");
    page.querySelectorAll(".headerlink, script, svg, annotation, .katex-html").forEach((part) => part.remove());
    const target = anchor ? page.querySelector(`article ${anchor}`) : null;
    const text = (target?.textContent.trim() ? target : target?.closest("section")) ?? page.querySelector("article");
    return text ? text.textContent.replace(/\s+/g, " ") : "";
  };

  // A quotation begins where a marked word stands, however its stem is spelled. It is fetched when its result comes near:
  // all pages with a common word would be a megabyte. Pages opened from disk cannot be fetched, so there are titles only.
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  const sources = new Map();
  const fetched = async (address) => (await fetch(address)).text();
  const source = (address) => {
    if (!sources.has(address))
      sources.set(
        address,
        fetched(address).catch(() => ""),
      );
    return sources.get(address);
  };
  const quote = async (result) => {
    const { pathname, hash } = result.querySelector("a");
    const summary = Search.makeSearchSummary(await source(pathname), marked, hash);
    if (summary) result.append(summary);
    result.classList.remove("unquoted");
    marked.forEach((word) => _highlightText(result, word, "highlighted"));
  };
  const inSight = new IntersectionObserver(
    (entries) =>
      entries
        .filter(({ isIntersecting }) => isIntersecting)
        .forEach(({ target }) => {
          inSight.unobserve(target);
          quote(target);
        }),
    { rootMargin: "50%" },
  );
  const isResult = (node) => node.localName === "li" && node.closest("#search-results");
  const isName = (result) => result.querySelector(":scope > span"); // of the package, which says what it is
  const watch = (records) =>
    records
      .flatMap(({ addedNodes }) => [...addedNodes])
      .filter((node) => isResult(node) && !isName(node))
      .forEach((result) => {
        result.classList.add("unquoted"); // as high as it will be, or all of them would be in sight
        inSight.observe(result);
      });
  if (location.protocol !== "file:") new MutationObserver(watch).observe(document, { childList: true, subtree: true });
})();
