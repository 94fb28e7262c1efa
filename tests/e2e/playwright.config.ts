import { defineConfig } from "@playwright/test";

// One worker: each spec starts the whole program, and two at once would only slow each other down.
export default defineConfig({
  testDir: "specs",
  outputDir: process.env.KHLONG_TEST_RESULTS ?? "test-results",
  workers: 1,
  forbidOnly: !!process.env.CI,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    locale: "en-GB",
    timezoneId: "Asia/Bangkok",
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
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
