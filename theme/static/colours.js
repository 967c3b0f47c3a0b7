// Before the first paint: the remembered colours, or the system's.
(() => {
  let mode = "auto";
  try {
    mode = localStorage.getItem("mode") || mode;
  } catch (error) {
    /* storage is blocked */
  }
  const dark = mode === "dark" || (mode === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  Object.assign(document.documentElement.dataset, { mode, theme: dark ? "dark" : "light" });
})();
