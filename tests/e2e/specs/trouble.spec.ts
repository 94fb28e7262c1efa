// What goes wrong around whoever works here, and that nothing is lost or hidden by it.

import type { Page } from "@playwright/test";
import { type Demo, atRest, codeReady, draft, expect, guideFlow, importFlow, node, signIn, test } from "../support/demo.ts";

async function open(page: Page, demo: Demo, id: string): Promise<void> {
  await importFlow(demo, (await guideFlow(id, id)).flow);
  await signIn(page, demo);
  await page.goto(`${demo.url}/flows/${id}/edit`);
  await expect(node(page, "Create sales order")).toBeVisible();
}

async function addScript(page: Page): Promise<void> {
  const palette = page.getByRole("complementary", { name: "Nodes to add" });
  await palette.getByRole("button", { name: /^Script/ }).click();
}

test("a click beside all nodes leaves the keys with the drawing", async ({ page, demo }) => {
  await open(page, demo, "beside");
  const nodes = await page.locator(".kl-node").count();
  await addScript(page);
  await expect(page.locator(".kl-node")).toHaveCount(nodes + 1);
  const sheet = await atRest(page.locator(".kl-canvas"));
  await page.mouse.click(sheet.x + 12, sheet.y + sheet.height / 2);
  await page.keyboard.press("Control+z");
  await expect(page.locator(".kl-node")).toHaveCount(nodes);
});

test("a save that a server in trouble did not take is sent again", async ({ page, demo }) => {
  await open(page, demo, "trouble");
  const nodes = await page.locator(".kl-node").count();
  const answers = [
    { status: 502, contentType: "text/html", body: "<h1>Bad Gateway</h1>" },
    { status: 503, contentType: "application/json", body: '{"code":"E0417","message":"busy","advice":"","request":"x"}' },
  ];
  await page.route("**/api/v1/flows/trouble/draft", async (route) => {
    const answer = route.request().method() === "PUT" ? answers.shift() : undefined;
    await (answer ? route.fulfill(answer) : route.continue());
  });
  await addScript(page);
  await expect(page.locator('[data-saving="saved"]')).toBeVisible();
  expect(answers).toEqual([]);
  expect((await draft(page, demo)).nodes.length).toBe(nodes + 1);
});

test("a save whose answer was lost is no conflict with oneself", async ({ page, demo }) => {
  await open(page, demo, "lost");
  let saves = 0;
  await page.route("**/api/v1/flows/lost/draft", async (route) => {
    if (route.request().method() !== "PUT") return route.continue();
    saves += 1;
    // The first arrives, and its answer does not; the second does not even arrive.
    if (saves === 1) await route.fetch();
    return saves <= 2 ? route.abort() : route.continue();
  });
  const name = page.getByLabel("Name of the flow");
  await name.fill("Once");
  await expect(page.locator('[data-saving="offline"]')).toBeVisible();
  await name.fill("Twice");
  await expect.poll(() => saves).toBeGreaterThan(1);
  await expect(page.locator('[data-saving="saved"]')).toBeVisible();
  await expect(page.getByRole("alert", { name: "Two have changed the same" })).toHaveCount(0);
  expect((await draft(page, demo)).name).toBe("Twice");
});

test("what one tab could not save stays kept while another one saves", async ({ page, demo }) => {
  await open(page, demo, "tabs");
  const nodes = await page.locator(".kl-node").count();
  const other = await page.context().newPage();
  await other.goto(page.url());
  await expect(node(other, "Create sales order")).toBeVisible();
  await page.route("**/api/v1/flows/tabs/draft", (route) =>
    route.request().method() === "PUT" ? route.abort() : route.continue(),
  );
  await page.getByLabel("Name of the flow").fill("Offline");
  await expect(page.locator('[data-saving="offline"]')).toBeVisible();
  await addScript(other);
  await expect(other.locator('[data-saving="saved"]')).toBeVisible();
  const address = page.url();
  await page.close();
  const again = await other.context().newPage();
  await again.goto(address);
  await expect(again.getByLabel("Name of the flow")).toHaveValue("Offline");
  const kept = await draft(again, demo);
  expect([kept.name, kept.nodes.length]).toEqual(["Offline", nodes + 1]);
});

test("what is changed while the flow is published is still to be saved", async ({ page, demo }) => {
  await open(page, demo, "meanwhile");
  await addScript(page);
  const saved = await draft(page, demo);
  // A script says something before it can be published.
  const script = page.getByLabel("Script", { exact: true });
  await codeReady(script);
  await script.fill("input");
  await expect(page.getByRole("button", { name: "Publish" })).toBeEnabled();
  let publish = () => {};
  let save = () => {};
  const [published, saving] = [new Promise<void>((go) => (publish = go)), new Promise<void>((go) => (save = go))];
  await page.route("**/api/v1/flows/meanwhile/publish", async (route) => {
    await published;
    await route.continue();
  });
  await page.getByRole("button", { name: "Publish" }).click();
  await page.route("**/api/v1/flows/meanwhile/draft", async (route) => {
    if (route.request().method() === "PUT") await saving;
    await route.continue();
  });
  await addScript(page);
  publish();
  await expect(page.getByText("Live v2")).toBeVisible();
  await expect(page.locator('[data-saving="unsaved"]')).toBeVisible();
  save();
  expect((await draft(page, demo)).nodes.length).toBe(saved.nodes.length + 1);
});

test("an order's key is looked for as it is, whatever signs are in it", async ({ page, demo }) => {
  await signIn(page, demo);
  await page.goto(`${demo.url}/orders?key=${encodeURIComponent("ก %2F50 a/b")}`);
  await expect(page.getByRole("heading", { name: "ก %2F50 a/b" })).toBeVisible();
});

test("on a phone no name is too long for the list of flows", async ({ page, demo }) => {
  const { flow } = await guideFlow("long", "N".repeat(190));
  await importFlow(demo, { ...flow, folder: "F".repeat(60), tags: ["t".repeat(40)] });
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn(page, demo);
  // The other specs' flows may fill the list before it.
  await page.getByRole("searchbox", { name: "Search flows" }).fill("N".repeat(190));
  await expect(page.getByText("N".repeat(190))).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

test("where a browser keeps nothing, it does not say that it does", async ({ page, demo }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, "localStorage", { get: () => null });
  });
  await open(page, demo, "forbidden");
  await page.route("**/api/v1/flows/forbidden/draft", (route) => route.abort());
  await addScript(page);
  await expect(page.getByText("this browser keeps nothing")).toBeVisible();
  await page.unroute("**/api/v1/flows/forbidden/draft");
  await expect(page.locator('[data-saving="saved"]')).toBeVisible();
});
