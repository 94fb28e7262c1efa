// The start page counts while orders come in, and an order's own page leads to where it is put right.

import { type Demo, expect, guideFlow, importFlow, salesOrders, sendOrder, signIn, test } from "../support/demo.ts";
import type { Page } from "@playwright/test";

function figure(page: Page, title: string) {
  return page.locator("section").filter({ has: page.getByRole("heading", { name: title, exact: true }) });
}

async function today(page: Page, demo: Demo): Promise<void> {
  await page.goto(demo.url);
  await expect(page.getByRole("heading", { name: "Today", level: 1 })).toBeVisible();
}

async function shown(page: Page, title: string): Promise<number> {
  return Number((await figure(page, title).locator("b").first().innerText()).replaceAll(",", ""));
}

test("orders that arrive move the day's numbers without a reload", async ({ page, demo }) => {
  const { flow, order } = await guideFlow("counted", "Orders that are counted");
  await importFlow(demo, flow);
  await signIn(page, demo);
  await page.getByRole("link", { name: "Today" }).click();
  await expect(figure(page, "Orders into the ERP")).toBeVisible();
  const before = await shown(page, "Orders into the ERP");
  await sendOrder(demo, "counted", order());
  await sendOrder(demo, "counted", order());
  await expect.poll(() => shown(page, "Orders into the ERP")).toBeGreaterThanOrEqual(before + 2);
  await expect(figure(page, "Median order to ERP")).toContainText("99th percentile");

  // The chart says its numbers by key and as a table.
  const chart = page.getByRole("group", { name: "Runs per 5 minutes" });
  await chart.focus();
  await page.keyboard.press("End");
  await expect(chart.getByRole("status")).toContainText("done");
  await page.getByText("The numbers as a table").click();
  const rows = page.getByRole("row").filter({ has: page.getByRole("rowheader") });
  const done = async () => {
    const cells = await rows.evaluateAll((rows) => rows.map((row) => Number(row.querySelector("td")?.textContent)));
    return cells.reduce((sum, cell) => sum + cell, 0);
  };
  await expect.poll(done).toBeGreaterThanOrEqual(before + 2);
});

test("a failed order is found by its key, told step by step, and leads to its repair", async ({ page, demo }) => {
  const { flow, order } = await guideFlow("told", "Orders that are told");
  await importFlow(demo, flow);
  const wrong = order({ line_items: [{ sku: "NO-SUCH-TEA", name: "Tea of tomorrow", quantity: 1, price: "99.00" }] });
  const right = order();
  await sendOrder(demo, "told", wrong);

  await signIn(page, demo);
  await today(page, demo);
  await expect(page.getByRole("table").filter({ hasText: "What went wrong" })).toContainText("Orders that are told");
  await page.getByRole("searchbox", { name: "Find an order" }).fill(String(wrong.id));
  await page.getByRole("button", { name: "Find" }).click();
  await expect(page.getByRole("heading", { name: `Order ${wrong.id}`, level: 1 })).toBeVisible();
  const story = page.locator(".kl-timeline > li");
  await expect(story.first()).toContainText(`Order created ${wrong.name}`);
  await expect(story.first()).toContainText("from Shopify");
  await expect(story.last()).toContainText("Create sales order failed");
  await expect(story.last()).toContainText("NO-SUCH-TEA");

  await page.getByRole("link", { name: "Fix and retry" }).click();
  await expect(page).toHaveURL(/\/errors\?group=/);
  await page.getByRole("button", { name: "Put right" }).first().click();
  await page.getByRole("dialog").getByRole("tab", { name: "What arrived" }).click();
  const body = page.getByRole("dialog").getByRole("textbox", { name: "What arrived" });
  const received = JSON.parse(await body.inputValue());
  await body.fill(JSON.stringify({ ...received, line_items: right.line_items }));
  await page.getByRole("dialog").getByRole("button", { name: "Send again" }).click();
  await expect.poll(async () => (await salesOrders(demo, wrong)).length).toBe(1);
  const [made] = await salesOrders(demo, wrong);

  await page.goto(`${demo.url}/orders/${wrong.id}`);
  await expect(story.last()).toContainText(`Create sales order ${made.name} in Odoo`);
  await expect(story.filter({ hasText: "Retried by" })).toHaveCount(1);
  await expect(page.getByRole("link", { name: "Fix and retry" })).toHaveCount(0);
});

test("a page that could not be asked for again says that it may be old, and asks once more", async ({ page, demo }) => {
  const { flow, order } = await guideFlow("unreachable", "Orders out of reach");
  await importFlow(demo, flow);
  const first = order();
  await sendOrder(demo, "unreachable", first);
  await signIn(page, demo);
  await page.goto(`${demo.url}/orders/${first.id}`);
  const runs = page.locator(".kl-order-runs > li");
  await expect(runs).toHaveCount(1);
  const asked = /\/api\/v1\/order\?/;
  const old = page.getByText("This may be out of date.");
  let sent = 1;
  // Late news of the order may have the page ask by itself, before somebody has: then once more.
  await expect(async () => {
    const shown = await runs.count();
    await page.route(asked, (route) => route.abort());
    await sendOrder(demo, "unreachable", first);
    sent += 1;
    await expect(old).toBeVisible();
    await expect(runs).toHaveCount(shown);
    await page.unroute(asked);
    await page.getByRole("button", { name: "Try again" }).click({ timeout: 5_000 });
  }).toPass();
  await expect(old).toHaveCount(0);
  await expect(runs).toHaveCount(sent);
});

test("a key that nobody knows says so", async ({ page, demo }) => {
  await signIn(page, demo);
  await page.goto(`${demo.url}/orders?key=${encodeURIComponent("A/1 #2")}`);
  await expect(page.getByRole("heading", { name: "Order A/1 #2", level: 1 })).toBeVisible();
  await expect(page.getByText("Nothing is known of it")).toBeVisible();
});
