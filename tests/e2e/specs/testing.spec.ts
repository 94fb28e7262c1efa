// Testing while building: what a test marks on the drawing, one step at a time, pins, and a real event taken for tests.

import type { Page } from "@playwright/test";
import { type Demo, codeReady, draft, expect, guideFlow, importFlow, node, sendOrder, signIn, test } from "../support/demo.ts";

/** `Order in → Total → Pay → Note`, where one way is not taken. */
function small(id: string): object {
  return {
    khlong: 1,
    id,
    name: `Test ${id}`,
    nodes: [
      { id: "in", title: "Order in", use: "core/webhook", with: { path: id } },
      { id: "total", title: "Total", use: "core/script", with: { script: "#{ sum: input.a + input.b }" } },
      { id: "way", title: "Way", use: "core/switch", with: { cases: [{ port: "much", when: "${input.sum > 10}" }] } },
      { id: "big", title: "Big order", use: "core/set", with: { value: "big ${input.sum}" } },
      { id: "small", title: "Small order", use: "core/set", with: { value: "small ${input.sum}" } },
    ],
    edges: [
      { from: "in", to: "total" },
      { from: "total", to: "way" },
      { from: "way.much", to: "big" },
      { from: "way.else", to: "small" },
    ],
    samples: { in: { body: { a: 7, b: 8 } } },
  };
}

async function open(page: Page, demo: Demo, id: string, flow: object = small(id)): Promise<void> {
  await importFlow(demo, flow);
  await signIn(page, demo);
  await page.goto(`${demo.url}/flows/${id}/edit`);
  await expect(page.locator(".kl-node").first()).toBeVisible();
}

const panel = (page: Page) => page.getByRole("region", { name: "Test", exact: true });
const steps = (page: Page) => panel(page).getByRole("list", { name: "Steps in the order in which they ran" });

test("a test marks what ran, what was skipped and what was changed since", async ({ page, demo }, info) => {
  await open(page, demo, "test-marks");
  await page.getByRole("button", { name: "Test run" }).click();
  await expect(node(page, "Total")).toHaveAttribute("data-state", "done");
  await expect(node(page, "Big order")).toHaveAttribute("data-state", "done");
  await expect(node(page, "Small order")).toHaveAttribute("data-state", "skipped");
  await expect(steps(page).getByRole("button")).toHaveCount(4);
  await expect(page.locator('.kl-edges path[data-taken="yes"]')).toHaveCount(3);
  await expect(page.locator('.kl-edges path[data-taken="no"]')).toHaveCount(1);
  await page.screenshot({ path: `${info.outputDir}/test-run.png` });

  // From the list to the node, and what it gave.
  await steps(page).getByRole("button", { name: /Total/ }).click();
  await expect(node(page, "Total")).toHaveAttribute("aria-pressed", "true");
  await expect(panel(page).getByRole("region", { name: "Output (out)" })).toContainText("15");

  // A change makes stale what it changes, and nothing before it.
  const script = page.getByLabel("Script", { exact: true });
  await codeReady(script);
  await script.fill("#{ sum: input.a - input.b }");
  await expect(node(page, "Total").locator(".kl-node-mark")).toHaveAttribute("data-stale", "");
  await expect(node(page, "Big order").locator(".kl-node-mark")).toHaveAttribute("data-stale", "");
  await expect(node(page, "Order in").locator(".kl-node-mark")).not.toHaveAttribute("data-stale");

  // Tried again from the field.
  await script.press("Control+Enter");
  await expect(node(page, "Small order")).toHaveAttribute("data-state", "done");
  await expect(node(page, "Big order")).toHaveAttribute("data-state", "skipped");
});

test("one step, to here, and step by step", async ({ page, demo }) => {
  await open(page, demo, "test-steps");
  await node(page, "Total").click();
  await page.keyboard.press("l");
  await panel(page).getByRole("button", { name: "To here" }).click();
  await expect(steps(page).getByRole("button")).toHaveCount(2);
  await expect(node(page, "Way")).not.toHaveAttribute("data-state");

  await panel(page).getByRole("button", { name: "Next step" }).click();
  await expect(steps(page).getByRole("button")).toHaveCount(1);
  await panel(page).getByRole("button", { name: "Next step" }).click();
  await expect(steps(page).getByRole("button")).toHaveCount(2);
  await expect(node(page, "Total")).toHaveAttribute("data-state", "done");
  await panel(page).getByRole("button", { name: "Stop" }).click();
  await expect(node(page, "Total")).not.toHaveAttribute("data-state");

  // One step alone, with what is known of those before it.
  await panel(page).getByRole("button", { name: "Run all" }).click();
  await node(page, "Total").click();
  const script = page.getByLabel("Script", { exact: true });
  await codeReady(script);
  await script.fill("#{ sum: 1 }");
  await expect(node(page, "Total").locator(".kl-node-mark")).toHaveAttribute("data-stale", "");
  await panel(page).getByRole("button", { name: "This step" }).click();
  await expect(node(page, "Total").locator(".kl-node-mark")).not.toHaveAttribute("data-stale");
  await expect(panel(page).getByRole("region", { name: "Output (out)" })).toContainText("1");
});

test("a test begins at the trigger that was chosen, also when the panel is opened again", async ({ page, demo }) => {
  const flow: any = small("test-triggers");
  flow.nodes.push({ id: "by-hand", title: "By hand", use: "core/manual" });
  flow.edges.push({ from: "by-hand", to: "total" });
  flow.samples["by-hand"] = { body: { a: 1, b: 1 } };
  await open(page, demo, "test-triggers", flow);
  const run = page.getByRole("button", { name: "Test run" });
  await run.click();
  const from = panel(page).getByLabel("Begin at");
  await expect(from).toHaveValue("in");
  await from.selectOption("by-hand");
  await panel(page).getByRole("button", { name: "Close" }).click();
  await run.click();
  await expect(from).toHaveValue("by-hand");
  await panel(page).getByRole("button", { name: "Run all" }).click();
  await expect(node(page, "Small order")).toHaveAttribute("data-state", "done");
});

test("an output is pinned, edited and let go", async ({ page, demo }) => {
  await open(page, demo, "test-pins");
  await page.keyboard.press("Control+Enter");
  await expect(node(page, "Total")).toHaveAttribute("data-state", "done");
  await node(page, "Total").click();
  await page.keyboard.press("p");
  await expect(node(page, "Total").getByText("Pinned").first()).toBeAttached();
  await expect(panel(page).getByText("a real run never sees it")).toBeVisible();
  await panel(page).getByLabel("Pinned data").fill('{"sum": 2}');
  await page.keyboard.press("Control+Enter");
  await expect(node(page, "Small order")).toHaveAttribute("data-state", "done");
  await expect(node(page, "Total")).toHaveAttribute("data-state", "pinned");
  await node(page, "Total").click();
  await page.keyboard.press("p");
  await page.keyboard.press("Control+Enter");
  await expect(node(page, "Big order")).toHaveAttribute("data-state", "done");
});

test("an event that really came is taken for tests, and nothing is sent", async ({ page, demo }) => {
  const id = "test-past";
  const { flow, order } = await guideFlow(id, "Orders tested");
  await importFlow(demo, flow);
  const real = order();
  expect(await sendOrder(demo, id, real)).toBe(202);
  await open(page, demo, id, flow);
  await page.keyboard.press("Control+Enter");
  await panel(page).getByRole("button", { name: "Past events" }).click();
  await page.getByRole("dialog").getByRole("listitem").first().getByRole("button").click();
  await expect(panel(page).getByText("would send 1")).toBeVisible();
  const trigger = page.locator('.kl-node[data-family="trigger"]');
  await trigger.click();
  await panel(page).getByRole("tab", { name: "Output" }).click();
  await expect(panel(page).getByRole("region", { name: "Output (out)" })).toContainText(String(real.name));
  const erp = page.locator('.kl-node[data-family="action"]');
  await expect(erp).toHaveAttribute("data-state", "sends");
});

test("an event is waited for at a test address, and starts no run", async ({ page, demo }, info) => {
  const id = "test-listen";
  await open(page, demo, id);
  await page.keyboard.press("l");
  await panel(page).getByRole("button", { name: "Listen" }).click();
  await expect(panel(page).getByText(/Waiting for one event at this address/)).toBeVisible();
  await page.screenshot({ path: `${info.outputDir}/listening.png` });
  const body = JSON.stringify({ a: 1, b: 2 });
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${demo.url}/hooks-test/${id}`, { method: "POST", body, headers });
  expect(answer.status).toBe(202);
  await expect(node(page, "Small order")).toHaveAttribute("data-state", "done");
  await expect(panel(page).getByText(/Waiting for one event/)).toHaveCount(0);
  await node(page, "Order in").click();
  await expect(page.getByLabel("Example event")).toHaveValue(/"a": 1/);
  const runs = await fetch(`${demo.url}/api/v1/runs?flow=${id}`, { headers: { authorization: `Bearer ${demo.api_token}` } });
  expect((await runs.json()).runs).toEqual([]);
});

test("a node that only reads is asked for real, once it was agreed to, and one that writes is not", async ({ page, demo }) => {
  const id = "test-real";
  const orders = `${demo.erp_url}/_sandbox/orders`;
  await open(page, demo, id, {
    khlong: 1,
    id,
    name: id,
    nodes: [
      { id: "in", title: "Order in", use: "core/webhook", with: { path: id } },
      { id: "look", title: "Look up", use: "http/request", with: { url: orders, query: { reference: "${input.ref}" } } },
      { id: "told", title: "Told", use: "core/set", with: { value: "status ${input.status}" } },
      { id: "write", title: "Write", use: "http/request", with: { method: "POST", url: orders, body: 1 } },
    ],
    edges: [{ from: "in", to: "look" }, { from: "look", to: "told" }, { from: "told", to: "write" }],
    samples: { in: { body: { ref: "NOBODY-KNOWS" } } },
  });
  await node(page, "Look up").click();
  await page.keyboard.press("Control+Enter");
  await panel(page).getByRole("button", { name: "Ask the system now" }).click();
  const dialog = page.getByRole("dialog", { name: "Ask the system now" });
  await expect(dialog.getByText("“Look up” is called for real")).toBeVisible();
  await expect(dialog).toContainText(orders);
  await expect(dialog).toContainText("NOBODY-KNOWS");
  await dialog.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.getByText(/The system answered in \d+ ms/)).toBeVisible();
  expect((await draft(page, demo)).samples.look).toMatchObject({ status: 200, body: [] });

  // The nodes behind it go on with what really came.
  await page.keyboard.press("Control+Enter");
  await node(page, "Told").click();
  await expect(panel(page).getByRole("region", { name: "Output (out)" })).toContainText("status 200");
  await node(page, "Write").click();
  await expect(panel(page).getByText("Not sent: this is a test")).toBeVisible();
  await expect(panel(page).getByRole("button", { name: "Ask the system now" })).toHaveCount(0);
});

test("an output is written by hand where nothing came, and files are shown as what they are", async ({ page, demo }) => {
  const id = "test-mock";
  // The smallest picture there is, and Thai as older systems write it.
  const picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  await open(page, demo, id, {
    khlong: 1,
    id,
    name: id,
    nodes: [
      { id: "in", title: "Slip in", use: "core/webhook", with: { path: id } },
      { id: "read", title: "Read it", use: "core/script", with: { script: "input.nothing.at.all" } },
      { id: "told", title: "Told", use: "core/set", with: { value: "paid ${input.paid}" } },
    ],
    edges: [{ from: "in", to: "read" }, { from: "read", to: "told" }],
    samples: { in: { body: { slip: { base64: picture }, note: { base64: "VEVBO6rS" } } } },
  });
  await page.keyboard.press("Control+Enter");
  await expect(node(page, "Read it")).toHaveAttribute("data-state", "failed");
  await panel(page).getByRole("tab", { name: "Input" }).click();
  const slip = panel(page).getByRole("figure", { name: "input.slip" });
  await expect(slip.getByRole("img")).toHaveJSProperty("naturalWidth", 1);
  await expect(panel(page).getByRole("figure", { name: "input.note" })).toContainText("TEA;ชา");

  await panel(page).getByRole("tab", { name: "Output" }).click();
  await panel(page).getByRole("button", { name: "Write it by hand" }).click();
  await panel(page).getByLabel("Pinned data").fill('{"paid": 350}');
  await expect(panel(page).getByText("a real run never sees it")).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await node(page, "Told").click();
  const given = panel(page).getByRole("region", { name: "Output (out)" });
  await expect(given).toContainText("paid 350");

  // What is looked at can be taken along.
  await panel(page).getByRole("tab", { name: "Input" }).click();
  await panel(page).getByRole("button", { name: "Copy or use: paid" }).click();
  await expect(panel(page).getByText("input.paid")).toBeVisible();
  await expect(panel(page).getByRole("button", { name: "Expression" })).toBeVisible();
});
