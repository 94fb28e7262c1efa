// How much is fetched before somebody sees the first screen, and how long it takes on a slow machine.

import { type Browser, type Page, type Response } from "@playwright/test";
import { type Demo, signIn, test } from "../support/demo.ts";

/** As slow as a cheap phone: the processor does a quarter of the work. */
const SLOWER = 4;
const TIMES = 5;

interface Figures {
  kilobytes: number;
  usable_ms: number;
}

/** What goes over the wire, compressed as the server sends it. */
async function bytes(response: Response): Promise<number> {
  const sizes = await response.request().sizes().catch(() => undefined);
  return sizes ? sizes.responseBodySize + sizes.responseHeadersSize : 0;
}

/** A browser that knows the session and nothing else: every file is fetched. */
async function open(browser: Browser, signedIn: Page, url: string): Promise<Figures> {
  const context = await browser.newContext({ storageState: await signedIn.context().storageState() });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  const answers: Promise<number>[] = [];
  page.on("response", (response) => {
    // The stream of news has no end, and no size.
    if (response.headers()["content-type"] !== "text/event-stream") answers.push(bytes(response));
  });
  const from = Date.now();
  await page.goto(url, { waitUntil: "commit" });
  // Usable: its heading is there and nothing is loading any more.
  await page.locator("main h1, main h2").first().waitFor();
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
  const usable_ms = Date.now() - from;
  await page.waitForTimeout(500);
  const sum = (await Promise.all(answers)).reduce((all, one) => all + one, 0);
  await context.close();
  return { kilobytes: Math.round(sum / 1024), usable_ms };
}

function median(numbers: number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

async function measure(browser: Browser, page: Page, demo: Demo, name: string, path: string): Promise<void> {
  const all: Figures[] = [];
  for (let i = 0; i < TIMES; i++) all.push(await open(browser, page, demo.url + path));
  const times = all.map((one) => one.usable_ms);
  const figures = { kilobytes: median(all.map((one) => one.kilobytes)), median_ms: median(times), slowest_ms: Math.max(...times) };
  console.log(`${name}: ${figures.kilobytes} KB over the wire, usable after ${figures.median_ms} ms (slowest of ${TIMES}: ${figures.slowest_ms} ms), processor ${SLOWER} times slower`);
}

test("the first screen, the runs and the editor", async ({ page, browser, demo }) => {
  await signIn(page, demo);
  for (const [name, path] of [["first screen", "/"], ["runs", "/runs"], ["editor", "/flows/order-to-erp/edit"]]) {
    await measure(browser, page, demo, name, path);
  }
});
