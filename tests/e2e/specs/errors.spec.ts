// Failed orders wait in the error inbox: one is put right and sent again, the others all at once; somebody takes care of
// them meanwhile.

import { type Demo, expect, guideFlow, importFlow, salesOrders, sendOrder, signIn, test } from "../support/demo.ts";
import type { Page } from "@playwright/test";

const WRONG = { line_items: [{ sku: "NO-SUCH-TEA", name: "Tea of tomorrow", quantity: 1, price: "99.00" }] };

/** An order for an article that the ERP does not know, of a flow of its own. */
async function failOne(demo: Demo, id: string, name: string) {
  const { flow, order } = await guideFlow(id, name);
  await importFlow(demo, flow);
  const wrong = order(WRONG);
  await sendOrder(demo, id, wrong);
  return { wrong, right: order() };
}

/** Orders of a flow that takes none: each is a failed run, known by its number, and no other system has a part in it. */
async function failMany(demo: Demo, id: string, name: string, many: number) {
  await importFlow(demo, {
    khlong: 1,
    id,
    name,
    settings: { order_by: "${trigger.body.order}" },
    nodes: [
      { id: "in", use: "core/webhook", with: { path: id } },
      { id: "map", use: "core/script", with: { script: "throw `no postcode`" } },
    ],
    edges: [{ from: "in", to: "map" }],
  });
  const send = async (n: number) => {
    const body = JSON.stringify({ order: `${id}-${n}` });
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${demo.url}/hooks/${id}`, { method: "POST", headers, body });
    expect(answer.status).toBe(202);
  };
  for (let n = 1; n <= many; n += 1) await send(n);
  return send;
}

/** Opens a group, however many others wait there: until it is open, another one's records stand beside the list. */
async function openGroup(page: Page, name: string): Promise<void> {
  await page.getByRole("link", { name: "Errors" }).click();
  const group = page.getByRole("button", { name: new RegExp(name) });
  await group.click();
  await expect(group).toHaveAttribute("aria-pressed", "true");
}

/** The flow whose failures the inbox lists first. An order that was accepted has not failed yet. */
async function latest(demo: Demo): Promise<string | undefined> {
  const headers = { authorization: `Bearer ${demo.api_token}` };
  const answer = await fetch(`${demo.url}/api/v1/errors?open=true&snoozed=false&limit=1`, { headers });
  return (await answer.json()).groups[0]?.flow;
}

test("an order with a wrong article is put right in the inbox and reaches the ERP once", async ({ page, demo }) => {
  const { wrong, right } = await failOne(demo, "inbox", "Orders to repair");
  await signIn(page, demo);
  await openGroup(page, "Orders to repair");
  await page.getByRole("button", { name: "Put right" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("tab", { name: "What arrived" }).click();
  const body = dialog.getByRole("textbox", { name: "What arrived" });
  const received = JSON.parse(await body.inputValue());
  await body.fill(JSON.stringify({ ...received, line_items: right.line_items }));
  await dialog.getByRole("button", { name: "Send again" }).click();
  await expect(page.getByRole("button", { name: /Orders to repair/ })).toHaveCount(0);
  await expect.poll(async () => (await salesOrders(demo, wrong)).length).toBe(1);
});

test("the field that the ERP did not take is marked, mended in its form, and the record says which run repaired it", async ({ page, demo }) => {
  const { wrong } = await failOne(demo, "inbox-form", "Orders by form");
  await signIn(page, demo);
  await openGroup(page, "Orders by form");
  await page.getByRole("button", { name: "Put right" }).click();
  const dialog = page.getByRole("dialog");
  const sku = dialog.getByLabel("SKU", { exact: true });
  await expect(sku).toHaveAttribute("aria-invalid", "true");
  await expect(sku).toHaveValue("NO-SUCH-TEA");
  await expect(dialog.locator('[aria-invalid="true"]')).toHaveCount(1);
  await expect(dialog.getByText("Is sent: Create sales order")).toBeVisible();
  await sku.fill("TEA-100");
  await dialog.getByRole("button", { name: "Send again" }).click();
  await expect.poll(async () => (await salesOrders(demo, wrong)).length).toBe(1);

  await page.goto(`${demo.url}/errors?flow=inbox-form&show=all`);
  await page.getByRole("combobox", { name: "State" }).selectOption("resolved");
  const repaired = page.getByRole("link", { name: /Repaired by run \d+/ });
  await repaired.click();
  await expect(page.locator("[data-run-state=done]")).toBeVisible();
});

test("a group is assigned, talked about, put aside, and taken up again", async ({ page, demo }) => {
  await failOne(demo, "inbox-care", "Orders in care");
  await signIn(page, demo);
  await expect(page.getByRole("link", { name: /Errors.*wait/ })).toBeVisible();
  await openGroup(page, "Orders in care");
  const care = page.locator(".kl-inbox-detail > .kl-care");
  await care.getByRole("button", { name: "Take it" }).click();
  await expect(page.getByRole("button", { name: /Orders in care/ })).toContainText(demo.owner_email);
  await care.getByText("0 comments").click();
  await care.getByLabel("Comment").fill("The ERP misses this article");
  await care.getByRole("button", { name: "Say it" }).click();
  await expect(care.getByText("The ERP misses this article")).toBeVisible();
  await expect(care.getByText("1 comment", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: /Orders in care/ })).toContainText("1 comment");
  // Of one order alone, too.
  const record = page.locator(".kl-inbox-record-more");
  await record.getByRole("button", { name: "Assign or comment" }).click();
  await record.getByText("0 comments").click();
  await record.getByLabel("Comment").fill("The shop sends another one");
  await record.getByRole("button", { name: "Say it" }).click();
  await expect(record.getByText("The shop sends another one")).toBeVisible();
  await expect(record.getByRole("button", { expanded: true })).toHaveText("1 comment");

  await care.getByLabel("Put aside").selectOption("again");
  await expect(page.getByRole("button", { name: /Orders in care/ })).toHaveCount(0);
  await page.getByLabel("Which ones").selectOption("aside");
  await expect(page).toHaveURL(/show=aside/);
  await page.getByRole("button", { name: /Orders in care/ }).click();
  await expect(care.getByText("Put aside until it happens again")).toBeVisible();
  await care.getByRole("button", { name: "Take up again" }).click();
  await page.getByLabel("Which ones").selectOption("");
  await expect(page.getByRole("button", { name: /Orders in care/ })).toBeVisible();
  await page.getByRole("switch", { name: "Assigned to me" }).check();
  await expect(page.getByRole("button", { name: /Orders in care/ })).toBeVisible();
  // What people did stands in the trail.
  await page.goto(`${demo.url}/settings`);
  await expect(page.getByText("Put a failure aside").first()).toBeVisible();
});

test("what somebody works on stays while other failures come, and when it is settled", async ({ page, demo }) => {
  await failOne(demo, "inbox-stays", "Orders that stay");
  await expect.poll(() => latest(demo)).toBe("inbox-stays");
  await signIn(page, demo);
  await page.getByRole("link", { name: "Errors" }).click();
  const detail = page.locator(".kl-inbox-detail");
  const about = detail.locator("> p").getByRole("link");
  await expect(about).toHaveText("Orders that stay");
  await failOne(demo, "inbox-later", "Orders that come later");
  await expect(page.getByRole("button", { name: /Orders that come later/ })).toBeVisible();
  await expect(about).toHaveText("Orders that stay");

  await detail.getByRole("button", { name: "Ignore" }).click();
  await page.getByRole("dialog").getByLabel("Why").fill("The customer has cancelled by phone");
  await page.getByRole("dialog").getByRole("button", { name: "Ignore" }).click();
  await expect(page.getByRole("button", { name: /Orders that stay/ })).toHaveCount(0);
  await expect(about).toHaveText("Orders that stay");
  await expect(detail.getByText("Nothing of this group waits for you.")).toBeVisible();
  await detail.getByRole("combobox", { name: "State" }).selectOption("ignored");
  await expect(detail.getByRole("button", { name: "Take up again" })).toBeVisible();
  await expect(detail.getByText("The customer has cancelled by phone")).toBeVisible();

  // Who has put it right in the ERP itself says so.
  await page.getByRole("button", { name: /Orders that come later/ }).click();
  await detail.getByRole("button", { name: "Mended elsewhere" }).click();
  await expect(page.getByRole("button", { name: /Orders that come later/ })).toHaveCount(0);
  await page.goto(`${demo.url}/errors?flow=inbox-later&show=all`);
  await detail.getByRole("combobox", { name: "State" }).selectOption("resolved");
  await expect(detail.getByText(demo.owner_email).first()).toBeVisible();
});

test("the first of many failed orders is reached, and stays in sight while others fail", async ({ page, demo }) => {
  const send = await failMany(demo, "inbox-many", "Orders without a postcode", 52);
  await signIn(page, demo);
  await openGroup(page, "Orders without a postcode");
  const detail = page.locator(".kl-inbox-detail");
  const records = detail.getByRole("listitem").filter({ has: page.getByRole("button", { name: "Send again" }) });
  const first = detail.getByRole("link", { name: "inbox-many-1", exact: true });
  await expect(detail.getByText("52 waiting of 52")).toBeVisible();
  await expect(records).toHaveCount(50);
  await expect(first).toHaveCount(0);

  await detail.getByRole("button", { name: "Load more" }).click();
  await expect(first).toBeVisible();
  await expect(records).toHaveCount(52);
  await expect(detail.getByRole("button", { name: "Load more" })).toHaveCount(0);
  await send(53);
  await expect(records).toHaveCount(53);
  await expect(first).toBeVisible();

  await records.last().getByRole("button", { name: "Mended elsewhere" }).click();
  await expect(first).toHaveCount(0);
  await expect(records).toHaveCount(52);
  // Another list begins with its first page again.
  const state = detail.getByRole("combobox", { name: "State" });
  await state.selectOption("resolved");
  await expect(first).toBeVisible();
  await state.selectOption("open");
  await expect(records).toHaveCount(50);
});

test("a failed order is sent again once, however often its key and its button are pressed", async ({ page, demo }) => {
  await failMany(demo, "inbox-once", "Orders sent once", 1);
  await signIn(page, demo);
  await openGroup(page, "Orders sent once");
  let asked = 0;
  let answer = () => {};
  const held = new Promise<void>((done) => {
    answer = () => done();
  });
  await page.route(/\/api\/v1\/runs\/\w+\/retry$/, async (route) => {
    asked += 1;
    await held;
    await route.continue();
  });
  const again = page.locator(".kl-inbox-record").getByRole("button", { name: "Send again" });
  await page.locator(".kl-inbox-record .kl-walk").focus();
  await page.keyboard.press("r");
  await expect(again).toHaveAttribute("aria-busy", "true");
  await page.keyboard.press("r");
  await again.click();
  const answered = page.waitForResponse(/\/retry$/);
  answer();
  await answered;
  expect(asked).toBe(1);
});

test("on a phone an order is put right with one hand", async ({ page, demo }) => {
  const { wrong } = await failOne(demo, "inbox-phone", "Orders by phone");
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn(page, demo);
  await openGroup(page, "Orders by phone");
  await page.getByRole("button", { name: "Put right" }).click();
  await page.getByRole("dialog").getByLabel("SKU", { exact: true }).fill("TEA-100");
  const sticksOut = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(sticksOut).toBeLessThanOrEqual(0);
  await page.getByRole("dialog").getByRole("button", { name: "Send again" }).click();
  await expect.poll(async () => (await salesOrders(demo, wrong)).length).toBe(1);
});
