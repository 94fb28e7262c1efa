// The editor for scripts. What is suggested and what is wrong comes from the page: the same compiler as the server's.
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { HighlightStyle, bracketMatching, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintKeymap, linter } from "@codemirror/lint";
import { Annotation, EditorState, Transaction } from "@codemirror/state";
import { EditorView, drawSelection, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { rhai } from "./rhai.js";

/** Marks what the page itself has put into the editor, so that it is not told of it again. */
const fromPage = Annotation.define();

// Colours are the page's tokens: they reach into the shadow tree and follow light and dark.
const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--transform)" },
  { tag: tags.string, color: "var(--good)" },
  { tag: tags.number, color: "var(--info)" },
  { tag: tags.comment, color: "var(--ink-3)" },
  { tag: tags.function(tags.variableName), color: "var(--trigger)" },
]);

const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--surface)", fontSize: "var(--text-s)", border: "1px solid var(--line-strong)", borderRadius: "8px" },
  "&.cm-focused": { outline: "none", borderColor: "var(--brand)", boxShadow: "0 0 0 3px color-mix(in srgb, var(--brand) 22%, transparent)" },
  ".cm-scroller": { fontFamily: "var(--mono)", fontVariantLigatures: "none", lineHeight: "1.6", maxHeight: "60vh", borderRadius: "8px" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 8px" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--ground)", color: "var(--ink-3)", border: "none", borderRadius: "8px 0 0 8px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--brand-soft)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--brand-soft)", outline: "1px solid var(--brand)" },
  ".cm-placeholder": { color: "var(--ink-3)" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line-strong)", borderRadius: "8px", boxShadow: "var(--shadow-2)", overflow: "hidden" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "14em" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--brand-soft)", color: "var(--ink)" },
  ".cm-completionDetail": { color: "var(--ink-3)", fontStyle: "normal", marginLeft: "1em" },
  ".cm-completionMatchedText": { color: "var(--brand)", textDecoration: "none", fontWeight: "600" },
  ".cm-completionInfo": { padding: "8px 10px", maxWidth: "320px", fontFamily: "var(--font)", whiteSpace: "pre-wrap" },
  ".cm-diagnostic": { padding: "6px 10px", fontFamily: "var(--font)" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad)" },
});

/** For how long Tab leaves the editor after Escape. */
const TAB_LEAVES_MS = 4000;

/** Ctrl+Enter tries the flow. */
const usualKeys = defaultKeymap.filter((one) => one.key !== "Mod-Enter");

/** Lines of their own, numbers beside them, and Tab indents; after Escape, Tab leaves. */
const script = [lineNumbers(), keymap.of([indentWithTab])];

function suggestions(complete) {
  return (context) => {
    const before = context.state.sliceDoc(0, context.pos);
    const { partial, items } = JSON.parse(complete(before));
    if (!items.length || (!context.explicit && !partial && !before.endsWith("."))) return null;
    return { from: context.pos - partial.length, options: items, validFor: /^[\p{L}\p{M}\p{N}_]*$/u };
  };
}

function place(state, { line, column }) {
  const found = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines));
  const from = Math.min(found.from + Math.max(column - 1, 0), found.to);
  const word = /^[\p{L}\p{M}\p{N}_]+/u.exec(state.sliceDoc(from, found.to));
  const to = Math.min(from + (word ? word[0].length : 1), found.to);
  // A mistake at the end of a line is shown at its last letter.
  return from === to ? { from: Math.max(found.from, from - 1), to } : { from, to };
}

/**
 * Puts an editor into an element, in a shadow tree: its styles are made by script, which the page's policy allows only
 * there.
 */
export function mount(host, options) {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const parent = document.createElement("div");
  root.append(parent);
  let armed = false;
  const check = linter((view) => {
    const found = JSON.parse(options.check(view.state.doc.toString()));
    return found.map((wrong) => ({ ...place(view.state, wrong), severity: "error", message: wrong.message }));
  }, { delay: 250 });
  const view = new EditorView({
    root,
    parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        // Before the other keys: a suggestion is taken by Enter and by Tab.
        keymap.of([{ key: "Tab", run: acceptCompletion }]),
        // A short expression is a field like any other: Tab goes on to the next one.
        options.short ? [] : script,
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        indentUnit.of("    "),
        rhai,
        syntaxHighlighting(colours),
        theme,
        autocompletion({ override: [suggestions(options.complete)], icons: false }),
        check,
        EditorView.lineWrapping,
        placeholder(options.placeholder),
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...usualKeys]),
        EditorView.contentAttributes.of({ "aria-label": options.label, spellcheck: "false", tabindex: "0" }),
        EditorView.updateListener.of((update) => {
          const own = update.transactions.some((change) => change.annotation(fromPage));
          if (update.docChanged && !own) options.changed(update.state.doc.toString());
        }),
        EditorView.domEventHandlers({
          drop(event, view) {
            const dragged = event.dataTransfer.getData("application/x-khlong-expression");
            if (!dragged) return false;
            const at = view.posAtCoords({ x: event.clientX, y: event.clientY }) ?? view.state.selection.main.head;
            view.dispatch({ changes: { from: at, insert: dragged }, selection: { anchor: at + dragged.length } });
            view.focus();
            event.preventDefault();
            event.stopPropagation();
            return true;
          },
          keydown(event, view) {
            // The first Escape lets Tab leave; only the next one closes what the editor is in.
            if (event.key === "Escape" && !armed) {
              view.setTabFocusMode(TAB_LEAVES_MS);
              event.preventDefault();
            }
            armed = event.key === "Escape";
          },
        }),
      ],
    }),
  });
  return {
    /** Follows the page, without a step of undo of its own. */
    set(text) {
      if (view.state.doc.toString() === text) return;
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: text },
        annotations: [fromPage.of(true), Transaction.addToHistory.of(false)],
      });
    },
    /** Writes at the cursor. */
    insert(text) {
      view.dispatch(view.state.replaceSelection(text), { scrollIntoView: true });
    },
    focus() {
      view.focus();
    },
    /** Puts the cursor behind so many characters. */
    go_to(at) {
      view.dispatch({ selection: { anchor: Math.min(at, view.state.doc.length) } });
    },
    destroy() {
      view.destroy();
      parent.remove();
    },
  };
}
