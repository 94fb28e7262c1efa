// Rhai for the eye: words, texts, numbers, comments, calls. What it means is decided by the compiler, not here.
import { StreamLanguage } from "@codemirror/language";

const WORDS = new Set(
  "let const if else for in while loop do until fn return throw try catch switch break continue true false this".split(" "),
);

function quoted(stream, quote) {
  let escaped = false;
  for (let letter = stream.next(); letter; letter = stream.next()) {
    if (letter === quote && !escaped) return true;
    escaped = !escaped && letter === "\\";
  }
  return false;
}

export const rhai = StreamLanguage.define({
  name: "rhai",
  startState: () => ({ comment: 0, text: null }),
  token(stream, state) {
    if (state.comment) {
      while (!stream.eol()) {
        if (stream.match("*/")) {
          state.comment -= 1;
          if (!state.comment) break;
        } else if (stream.match("/*")) state.comment += 1;
        else stream.next();
      }
      return "comment";
    }
    if (state.text) {
      if (quoted(stream, state.text)) state.text = null;
      return "string";
    }
    if (stream.eatSpace()) return null;
    if (stream.match("//")) {
      stream.skipToEnd();
      return "comment";
    }
    if (stream.match("/*")) {
      state.comment = 1;
      return "comment";
    }
    const letter = stream.next();
    if (letter === '"' || letter === "`" || letter === "'") {
      // Only a back-quoted text goes on in the next line.
      if (!quoted(stream, letter) && letter === "`") state.text = letter;
      return "string";
    }
    if (/\d/.test(letter)) {
      stream.match(/^[\w]*(\.\d[\w]*)?/);
      return "number";
    }
    if (/[\p{L}_]/u.test(letter)) {
      stream.match(/^[\p{L}\p{M}\p{N}_]*/u);
      if (WORDS.has(stream.current())) return "keyword";
      return stream.match(/^\s*\(/, false) ? "variableName.function" : "variableName";
    }
    return /[-+*/%=<>!&|?:.]/.test(letter) ? "operator" : null;
  },
  languageData: { commentTokens: { line: "//", block: { open: "/*", close: "*/" } } },
});
