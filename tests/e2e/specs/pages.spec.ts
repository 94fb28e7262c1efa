// Each page in both languages, both themes and on a phone: it fits, everybody can read and reach what is on it, and its picture
// is kept to be looked at.

import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "@playwright/test";
import { type Demo, changeDraft, expect, guideFlow, importFlow, sendOrder, signIn, test } from "../support/demo.ts";
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
  // What axe looks at is the same in both languages.
  if (look.language === "en") expect.soft(await barriers(page), `barriers on ${picture}`).toEqual([]);
}

/** What keeps people from reading or reaching something, as axe finds it. */
async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter((one) => one.impact === "serious" || one.impact === "critical");
  return grave.flatMap((one) => one.nodes.map((found) => `${one.id}: ${found.target.join(" ")}: ${found.failureSummary}`));
}

/** One run that is done and one that failed, and where they are. */
async function makeRuns(page: Page, demo: Demo): Promise<{ done: string; failed: string; order: string }> {
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
  return { done: await link(good.id, "Done"), failed: await link(bad.id, "Failed"), order: `/orders/${bad.id}` };
}

for (const [theme, size] of [["light", "desktop"], ["light", "phone"], ["dark", "desktop"], ["dark", "phone"]]) {
  test(`every page fits and speaks in each language, ${theme} on a ${size}`, async ({ page, browser, demo }, info) => {
    test.setTimeout(600_000);
    const folder = info.project.outputDir + "/pages";
    await signIn(page, demo);
    const runs = await makeRuns(page, demo);
    const pages = {
      today: "/",
      flows: "/flows",
      templates: "/flows/new",
      wizard: "/flows/new?template=order-to-erp",
      flow: "/flows/pictures",
      versions: "/flows/pictures/versions",
      editor: "/flows/pictures/edit",
      errors: "/errors",
      runs: "/runs",
      "run-done": runs.done,
      "run-failed": runs.failed,
      order: runs.order,
      connections: "/connections",
      apis: "/connectors",
      "import-api": "/connectors/import",
      settings: "/settings",
      keys: "/settings/keys",
      xref: "/settings/xref",
      nowhere: "/nowhere",
    };
    for (const look of looks().filter((look) => look.theme === theme && look.size === size)) {
      const visitor = await open(browser, look, page.context());
      for (const [name, path] of Object.entries(pages)) {
        await visitor.goto(demo.url + path);
        await keep(visitor, name, look, folder);
      }
      await visitor.context().close();
    }
  });
}

/** Half of what the ERP asks for. */
const MAPPED = {
  reference: { from: "${input.id}", as: "text" },
  date: "${input.created_at}",
  lines: { each: "${input.line_items}", fields: { sku: "${item.sku}", quantity: "${item.quantity}" } },
};

/** What opens on a page, by keys and places that are the same in every language. */
const OPENED: Record<string, { path: string; open: (page: Page) => Promise<void> }> = {
  menu: {
    path: "/flows/pictures/edit",
    open: async (page) => {
      await page.locator(".kl-node").nth(1).click({ button: "right" });
      await page.getByRole("menu").waitFor();
    },
  },
  "set-up": {
    path: "/flows/pictures/edit",
    open: async (page) => {
      await page.locator(".kl-node").nth(2).click();
      await page.locator(".kl-setup").first().waitFor();
    },
  },
  large: {
    path: "/flows/pictures/edit",
    open: async (page) => {
      await page.locator(".kl-node").nth(1).dblclick();
      await page.getByRole("dialog").waitFor();
    },
  },
  mapper: {
    path: "/flows/mapped/edit",
    open: async (page) => {
      await page.locator(".kl-node").nth(1).click();
      await page.getByRole("button", { name: /^(Open the mapper|เปิดหน้าจับคู่ฟิลด์)$/ }).click();
      await page.locator("[data-mapper-target]").first().waitFor();
    },
  },
  tested: {
    path: "/flows/pictures/edit",
    open: async (page) => {
      await page.keyboard.press("Control+Enter");
      await page.locator(".kl-node[data-state=done]").first().waitFor();
    },
  },
  "command-bar": {
    path: "/",
    open: async (page) => {
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog").getByRole("combobox").waitFor();
    },
  },
  group: {
    path: "/errors?flow=pictures",
    open: async (page) => {
      await page.locator(".kl-inbox-group").first().click();
      await page.locator(".kl-inbox-record").first().waitFor();
    },
  },
  repair: {
    path: "/errors?flow=pictures",
    open: async (page) => {
      await page.locator(".kl-inbox-group").first().click();
      await page.getByRole("button", { name: /^(Put right|แก้ข้อมูล)$/ }).first().click();
      await page.getByRole("dialog").waitFor();
    },
  },
};

test("what opens on a page fits and speaks too", async ({ page, browser, demo }, info) => {
  test.setTimeout(600_000);
  const folder = info.project.outputDir + "/pages";
  await signIn(page, demo);
  await makeRuns(page, demo);
  const { flow } = await guideFlow("mapped", "Orders, mapped");
  await importFlow(demo, flow);
  await changeDraft(demo, "mapped", (document) => {
    const target = "odoo/create_sales_order.order";
    document.nodes[1] = { id: "map", title: "To sales order", use: "core/map", with: { target, fields: MAPPED } };
  });
  // Each language, theme and size twice.
  for (const look of [0, 3, 5, 6].map((at) => looks()[at])) {
    const visitor = await open(browser, look, page.context());
    for (const [name, { path, open }] of Object.entries(OPENED)) {
      await visitor.goto(demo.url + path);
      await expect(visitor.locator("h1, h2, .kl-node").first()).toBeVisible();
      await expect(visitor.locator("[aria-busy=true]")).toHaveCount(0);
      await open(visitor);
      await keep(visitor, name, look, folder);
    }
    await visitor.context().close();
  }
});

test("on a phone every link of the rail is as large as a thumb, and one signs out in the settings", async ({ page, demo }) => {
  await page.setViewportSize(SIZES.phone);
  await signIn(page, demo);
  const rail = page.getByRole("navigation", { name: "Main menu" });
  const links = async () => {
    const boxes = await Promise.all((await rail.locator("a, button").all()).map((link) => link.boundingBox()));
    const sizes = boxes.flatMap((box) => (box ? [Math.min(box.width, box.height)] : []));
    return { all: sizes.length, small: sizes.filter((size) => size < 44).length };
  };
  await expect.poll(links).toEqual({ all: 7, small: 0 });
  await rail.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByLabel("E-mail")).toBeVisible();
});

test("the doors fit and speak too", async ({ browser, demo }, info) => {
  test.setTimeout(600_000);
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
