// What a hit is worth. Pages with the word in their title come first, then whole names of the package, such as
// output_size, then pages with the word in their text; a name that only contains the word comes last.
var Scorer = {
  // A hit is [page, title, anchor, description, score, file]; only names of the package have a description.
  score: ([page, title, , description, score]) => {
    if (description) return score;
    const words = (new URLSearchParams(location.search).get("q") || "").trim().toLowerCase();
    return score + (title.toLowerCase().includes(words) ? 10 : 0) - (page.startsWith("notebooks/") ? 1 : 0);
  },
  objNameMatch: 8,
  objPartialMatch: 0,
  objPrio: {},
  objPrioDefault: 0,
  title: 30,
  partialTitle: 14,
  term: 5,
  partialTerm: 2,
};
