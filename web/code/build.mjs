// One file out of the editor's packages; nothing of it is loaded before a script is shown.
import { build } from "esbuild";

await build({
  entryPoints: ["src/editor.js"],
  outfile: "dist/code.js",
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  legalComments: "none",
});
