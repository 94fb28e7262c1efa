// Each page in both languages, both themes and on a phone: it fits, and its picture is kept to be looked at.

import type { Browser, Page } from "@playwright/test";
import { type Demo, expect, guideFlow, importFlow, sendOrder, signIn, test } from "../support/demo.ts";
import { Program } from "../support/program.ts";

const LANGUAGES = ["en", "th"] as const;
const THEMES = ["light", "dark"] as const;
const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

interface Look {
  language: string;
  theme: string;
  size: keyof typeof SIZES;
}

function looks(): Look[] {
  const sizes = Object.keys(SIZES) as (keyof typeof SIZES)[];
  return sizes.flatMap((size) => THEMES.flatMap((theme) => LANGUAGES.map((language) => ({ size, theme, language }))));
}

async function open(browser: Browser, look: Look, signedIn?: Awaited<ReturnType<Page["context"]>>): Promise<Page> {
  const storageState = signedIn && (await signedIn.storageState());
  const context = await browser.newContext({ viewport: SIZES[look.size], storageState, timezoneId: "Asia/Bangkok" });
  await context.addInitScript(({ language, theme }) => {
    localStorage.setItem("khlong.language", language);
    localStorage.setItem("khlong.theme", theme);
  }, look);
  return context.newPage();
}

/** Waits until the page is drawn and its fonts are there, checks that nothing sticks out, and keeps a picture. */
async function keep(page: Page, name: string, look: Look, folder: string): Promise<void> {
  await expect(page.locator("h1, h2").first()).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready);
  const picture = `${folder}/${name}-${look.language}-${look.theme}-${look.size}.png`;
  await page.screenshot({ path: picture, animations: "disabled" });
  const sticksOut = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(sticksOut, `${picture} is wider than its window`).toBeLessThanOrEqual(0);
  expect(await page.locator("html").getAttribute("lang")).toBe(look.language);
}

/** One run that is done and one that failed, and where they are. */
async function makeRuns(page: Page, demo: Demo): Promise<{ done: string; failed: string }> {
  const { flow, order } = await guideFlow("pictures", "ออร์เดอร์ใหม่ → ERP");
  await importFlow(demo, flow);
  const good = order();
  const bad = order({ line_items: [{ sku: "NO-SUCH-TEA", name: "Tea of tomorrow", quantity: 1, price: "99.00" }] });
  await sendOrder(demo, "pictures", good);
  await sendOrder(demo, "pictures", bad);
  await page.goto(`${demo.url}/runs`);
  const link = async (id: number, state: string) => {
    const row = page.getByRole("row").filter({ hasText: String(id) }).filter({ hasText: state });
    await expect(row).toBeVisible();
    return (await row.getByRole("link").first().getAttribute("href"))!;
  };
  return { done: await link(good.id, "Done"), failed: await link(bad.id, "Failed") };
}

test("every page fits and speaks, in each language, theme and size", async ({ page, browser, demo }, info) => {
  test.setTimeout(300_000);
  const folder = info.project.outputDir + "/pages";
  await signIn(page, demo);
  const runs = await makeRuns(page, demo);
  const pages = {
    flows: "/flows",
    flow: "/flows/pictures",
    editor: "/flows/pictures/edit",
    errors: "/errors",
    runs: "/runs",
    "run-done": runs.done,
    "run-failed": runs.failed,
    connections: "/connections",
    settings: "/settings",
    nowhere: "/nowhere",
  };
  for (const look of looks()) {
    const visitor = await open(browser, look, page.context());
    for (const [name, path] of Object.entries(pages)) {
      await visitor.goto(demo.url + path);
      await keep(visitor, name, look, folder);
    }
    await visitor.context().close();
  }
});

test("the doors fit and speak too", async ({ browser, demo }, info) => {
  test.setTimeout(120_000);
  const folder = info.project.outputDir + "/pages";
  const fresh = await Program.start("serve");
  try {
    for (const look of looks()) {
      const visitor = await open(browser, look);
      await visitor.goto(demo.url);
      await keep(visitor, "sign-in", look, folder);
      await visitor.goto(fresh.said.url);
      await keep(visitor, "first-run", look, folder);
      await visitor.context().close();
    }
  } finally {
    await fresh.stop();
  }
});
