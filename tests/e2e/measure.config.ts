import { defineConfig } from "@playwright/test";
import usual from "./playwright.config.ts";

// Figures, not verdicts: `cargo xtask bench --browser` runs these against the release binary on a quiet machine.
export default defineConfig({ ...usual, testDir: "measure", testMatch: /\.(spec|measure)\.ts$/, timeout: 300_000, use: { ...usual.use, reducedMotion: "no-preference", trace: "off" } });
