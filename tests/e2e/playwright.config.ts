import { defineConfig } from "@playwright/test";

// One worker: each starts a program of its own, for all specs that it runs, and two at once would only slow each other down.
export default defineConfig({
  testDir: "specs",
  outputDir: process.env.KHLONG_TEST_RESULTS ?? "test-results",
  workers: 1,
  forbidOnly: !!process.env.CI,
  // What the slowest machine may take, and no measure of anything: cargo xtask bench has those.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: [["list"]],
  use: {
    locale: "en-GB",
    timezoneId: "Asia/Bangkok",
    viewport: { width: 1440, height: 900 },
    // No test is about motion, and what moves has to be waited for.
    reducedMotion: "reduce",
    // A trace costs as much time as the test.
    trace: process.env.KHLONG_TRACE ? "retain-on-failure" : "off",
    launchOptions: {
      executablePath: process.env.KHLONG_CHROMIUM ?? "/usr/bin/chromium",
      // Root has no sandbox, a build machine has no graphics card, and nothing shall be asked of the network.
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
