// The list of runs: its filters are its address, it is walked by keyboard, and many runs are retried at once.

import { type Demo, expect, guideFlow, importFlow, node, salesOrders, sendOrder, signIn, test } from "../support/demo.ts";
import type { Page } from "@playwright/test";

function rows(page: Page) {
  return page.locator("tr[data-item]");
}

/** Orders for an article that the ERP does not know: each is a failed run. */
async function failSome(demo: Demo, id: string, name: string, many: number) {
  const { flow, order } = await guideFlow(id, name);
  await importFlow(demo, flow);
  const wrong = { line_items: [{ sku: "NO-SUCH-TEA", name: "Tea of tomorrow", quantity: 1, price: "99.00" }] };
  const orders = [];
  for (let n = 0; n < many; n += 1) {
    const arrived = order(wrong);
    expect(await sendOrder(demo, id, arrived)).toBe(202);
    orders.push(arrived);
  }
  return { orders, order };
}

/** When the first run of a flow began. */
async function firstStart(demo: Demo, flow: string): Promise<number> {
  const headers = { authorization: `Bearer ${demo.api_token}` };
  const { runs } = await (await fetch(`${demo.url}/api/v1/runs?flow=${flow}`, { headers })).json();
  return Math.min(...runs.map((run: { started_at: number }) => run.started_at));
}

function bangkokDay(at: number): string {
  return new Date(at).toLocaleDateString("sv-SE", { timeZone: "Asia/Bangkok" });
}

test("the filters are the address, and coming back finds the list as it was", async ({ page, demo }) => {
  const { orders, order } = await failSome(demo, "list-filters", "Filtered orders", 2);
  const good = order();
  await sendOrder(demo, "list-filters", good);
  await signIn(page, demo);
  await page.goto(`${demo.url}/runs?flow=list-filters`);
  await expect(rows(page)).toHaveCount(3);

  await page.getByLabel("State").selectOption("failed");
  await expect(page).toHaveURL(/state=failed/);
  await expect(rows(page)).toHaveCount(2);
  await page.getByLabel("Key (SO-* for all that begin so)").fill(String(orders[1].id));
  await expect(page).toHaveURL(new RegExp(`key=${orders[1].id}`));
  await expect(rows(page)).toHaveCount(1);
  await expect(page.getByText("1 run", { exact: true })).toBeVisible();
  await page.getByLabel("Key (SO-* for all that begin so)").fill(`${String(orders[1].id).slice(0, -2)}*`);
  await expect(rows(page)).toHaveCount(2);

  const day = bangkokDay(await firstStart(demo, "list-filters"));
  await page.getByLabel("Time").selectOption("yesterday");
  await expect(page).toHaveURL(/when=yesterday/);
  // Midnight may have passed since they ran.
  if (bangkokDay(Date.now()) === day) await expect(page.getByText("No run matches these filters.")).toBeVisible();
  await page.getByLabel("Time").selectOption("range");
  await page.getByLabel("From", { exact: true }).fill(day);
  await expect(page).toHaveURL(new RegExp(`when=range&from=${day}`));
  await expect(rows(page)).toHaveCount(2);

  const address = page.url();
  await rows(page).first().getByRole("checkbox").check();
  await rows(page).first().getByRole("link").first().click();
  await expect(page).toHaveURL(/\/runs\/\d+/);
  await page.goBack();
  await expect(page).toHaveURL(address);
  await expect(rows(page).first().getByRole("checkbox")).toBeChecked();
  await expect(page.getByLabel("State")).toHaveValue("failed");

  // What looks like a piece of an address is searched for as it was typed.
  await page.getByLabel("Search key or error").fill("50%25");
  await expect(page).toHaveURL(/text=50%2525/);
  await expect(page.getByText("No run matches these filters.")).toBeVisible();
  await expect(page.getByLabel("Search key or error")).toHaveValue("50%25");
});

test("chosen runs are retried together, and the job says what came of it", async ({ page, demo }) => {
  const { orders } = await failSome(demo, "list-bulk", "Orders in bulk", 3);
  await signIn(page, demo);
  await page.goto(`${demo.url}/runs?flow=list-bulk&state=failed`);
  await expect(rows(page)).toHaveCount(3);
  await page.getByLabel("Choose all shown").check();
  await page.getByRole("button", { name: "Retry 3" }).click();
  await expect(page.getByRole("dialog")).toContainText("3 runs");
  await page.getByRole("dialog").getByRole("button", { name: "Retry" }).click();
  await expect(page.locator('[data-job="done"]')).toContainText("Retried: 3 of 3");
  // Each failed again, as a run of its own.
  await page.goto(`${demo.url}/runs?flow=list-bulk&state=failed`);
  await expect(rows(page)).toHaveCount(6);
  // Of a run that another one goes on with there is nothing left to retry.
  await rows(page).last().getByRole("checkbox").check();
  await page.getByRole("button", { name: "Retry 1" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Retry" }).click();
  await expect(page.locator('[data-job="done"]').first()).toContainText("1 not possible");
  for (const order of orders) expect(await salesOrders(demo, order)).toHaveLength(0);
});

test("the list is walked by keyboard, and R retries the run that has the focus", async ({ page, demo }) => {
  await failSome(demo, "list-keys", "Orders by key", 2);
  await signIn(page, demo);
  await page.goto(`${demo.url}/runs?flow=list-keys`);
  // Only what has failed is retried.
  await expect(rows(page).filter({ hasText: "Failed" })).toHaveCount(2);
  await page.keyboard.press("j");
  await page.keyboard.press("ArrowDown");
  await expect(rows(page).nth(1).getByRole("link").first()).toBeFocused();
  await page.keyboard.press("k");
  await expect(rows(page).first().getByRole("link").first()).toBeFocused();
  await page.keyboard.press("x");
  await expect(rows(page).first().getByRole("checkbox")).toBeChecked();
  await page.keyboard.press("x");
  await page.keyboard.press("r");
  await expect(rows(page)).toHaveCount(3);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/runs\/\d+/);
});

/** Opens the first run of the list. */
async function openFirst(page: Page, demo: Demo, flow: string): Promise<void> {
  await page.goto(`${demo.url}/runs?flow=${flow}`);
  await rows(page).first().getByRole("link").first().click();
  await expect(page).toHaveURL(/\/runs\/\d+/);
}

test("the steps stand in time below the drawing, and a click in one shows it in the other", async ({ page, demo }) => {
  await failSome(demo, "run-gantt", "Steps in time", 1);
  await signIn(page, demo);
  await openFirst(page, demo, "run-gantt");
  const panel = page.getByRole("region", { name: "Steps in time" });
  const bar = (title: string) => panel.getByRole("button", { name: new RegExp(title) });
  await expect(bar("To sales order")).toBeVisible();
  await bar("To sales order").click();
  await expect(node(page, "To sales order")).toHaveAttribute("aria-pressed", "true");
  await node(page, "Create sales order").click();
  await expect(bar("Create sales order")).toHaveAttribute("aria-pressed", "true");
  await expect(bar("To sales order")).toHaveAttribute("aria-pressed", "false");
  // The way to what failed is red.
  await expect(page.locator('.kl-edges path[data-taken="failed"]')).toHaveCount(1);
});

test("a run is retried from a step with other data, and says before what will be sent", async ({ page, demo }) => {
  const { orders } = await failSome(demo, "run-again", "Orders again", 1);
  await signIn(page, demo);
  await openFirst(page, demo, "run-again");
  await node(page, "To sales order").click();
  await page.getByRole("button", { name: "Retry from here" }).click();
  const dialog = page.getByRole("dialog", { name: "Retry from To sales order" });
  await expect(dialog.getByText("Runs again, writes nothing: To sales order")).toBeVisible();
  await expect(dialog.getByText("Is sent: Create sales order")).toBeVisible();
  await dialog.getByRole("tab", { name: "Input as JSON" }).click();
  const input = dialog.getByRole("textbox", { name: "Input" });
  const given = await input.inputValue();
  await input.fill("{");
  await dialog.getByRole("button", { name: "Send again" }).click();
  await expect(input).toHaveAttribute("aria-invalid", "true");
  await input.fill(given.replaceAll("NO-SUCH-TEA", "TEA-100"));
  const failed = page.url();
  await dialog.getByRole("button", { name: "Send again" }).click();
  await expect(page).not.toHaveURL(failed);
  await expect(node(page, "Create sales order")).toHaveAttribute("data-state", "done");
  expect(await salesOrders(demo, orders[0])).toHaveLength(1);

  // What succeeded is begun anew as a whole, and only when a person says so.
  await node(page, "Create sales order").click();
  await expect(page.getByRole("button", { name: "Retry from here" })).toHaveCount(0);
  await page.getByRole("button", { name: "Begin anew" }).click();
  const anew = page.getByRole("dialog", { name: "Begin anew" });
  await expect(anew.getByText("a system that has it already gets it twice")).toBeVisible();
  await anew.getByRole("button", { name: "Back" }).click();
  await expect(anew).toBeHidden();
});

test("the event of a run opens in the editor as the trigger's example", async ({ page, demo }) => {
  const { orders } = await failSome(demo, "run-sample", "Orders as examples", 1);
  await signIn(page, demo);
  await openFirst(page, demo, "run-sample");
  await node(page, "Order created").click();
  await page.getByRole("link", { name: "Open in the editor with this event" }).click();
  await expect(page.getByText("is the trigger's example now")).toBeVisible();
  // It is done once: drawn or loaded anew, the page would do it over later work.
  await expect(page).toHaveURL(/\/flows\/run-sample\/edit$/);
  await node(page, "Order created").click();
  await expect(page.getByText(String(orders[0].id)).first()).toBeAttached();
});
