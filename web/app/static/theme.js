// Runs before the first paint: the stored theme and language are applied before anything is drawn, so that a dark page
// never flashes white. The same keys are written by the settings page.
(() => {
  try {
    const theme = localStorage.getItem("khlong.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    const language = localStorage.getItem("khlong.language") || navigator.language || "en";
    document.documentElement.lang = language.startsWith("th") ? "th" : "en";
  } catch {
    // Storage can be forbidden; the system's own theme is used then.
  }
})();
