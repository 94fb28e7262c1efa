// What is set in a node: fields that are computed, values that are dragged, conditions, schedules, and the script editor.

import type { Locator, Page } from "@playwright/test";
import { type Demo, atRest, codeReady, draft, expect, guideFlow, importFlow, node, signIn, test } from "../support/demo.ts";

async function edit(page: Page, demo: Demo, id: string): Promise<void> {
  const { flow } = await guideFlow(id, `Flow ${id}`);
  await importFlow(demo, flow);
  await signIn(page, demo);
  await page.goto(`${demo.url}/flows/${id}/edit`);
}

async function begin(page: Page, name: string, first: RegExp): Promise<void> {
  await page.getByRole("button", { name: "New flow" }).click();
  await page.getByLabel("Name of the flow").fill(name);
  await page.getByRole("button", { name: "Create" }).click();
  await add(page, first);
}

async function add(page: Page, name: RegExp): Promise<void> {
  await page.getByRole("complementary", { name: "Nodes to add" }).getByRole("button", { name }).click();
}

/** As a person does: what was there is deleted by the editor's own key. */
async function write(page: Page, script: Locator, text: string): Promise<void> {
  await codeReady(script);
  await script.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(text);
}

test("a node is opened large, walked from to its neighbour, and closed", async ({ page, demo }) => {
  await edit(page, demo, "large");
  await node(page, "Create sales order").dblclick();
  const large = page.getByRole("dialog", { name: "Set-up" });
  await expect(large.getByRole("region", { name: "Input" }).first()).toBeVisible();
  await expect(large.getByText("Would send")).toBeVisible();

  await large.getByRole("button", { name: "Go to the node before: To sales order" }).click();
  await expect(large.getByLabel("Name", { exact: true })).toHaveValue("To sales order");
  await page.keyboard.press("Escape");
  await expect(large).toBeHidden();
  await expect(node(page, "To sales order")).toBeFocused();

  // By keys alone, and a pane keeps the width it was given.
  await page.keyboard.press("Enter");
  const divider = large.getByRole("separator").first();
  const before = Number(await divider.getAttribute("aria-valuenow"));
  await divider.focus();
  await page.keyboard.press("ArrowRight");
  await expect(divider).toHaveAttribute("aria-valuenow", String(before + 2));
  await page.keyboard.press("Escape");
  await expect(large).toBeHidden();
  await expect(node(page, "To sales order")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(divider).toHaveAttribute("aria-valuenow", String(before + 2));
});

test("panes keep the size that they were given", async ({ page, demo }) => {
  await edit(page, demo, "panes");
  await page.getByRole("button", { name: "Test run" }).click();
  for (const name of ["Width of the set-up", "Height of the test"]) {
    const divider = page.getByRole("separator", { name });
    const before = Number(await divider.getAttribute("aria-valuenow"));
    await divider.press(name.startsWith("Width") ? "ArrowLeft" : "ArrowUp");
    await expect(divider).toHaveAttribute("aria-valuenow", String(before + 16));
  }
  const panel = page.getByRole("region", { name: "Test", exact: true });
  const divider = page.getByRole("separator", { name: "Height of the test" });
  const [from, high] = [await atRest(divider), (await atRest(panel)).height];
  await page.mouse.move(from.x + 200, from.y + 3);
  await page.mouse.down();
  await page.mouse.move(from.x + 200, from.y + 103, { steps: 4 });
  await page.mouse.up();
  const height = async () => (await panel.boundingBox())!.height;
  await expect.poll(async () => Math.abs(high - (await height()) - 100)).toBeLessThan(8);
  const lower = await height();
  await page.reload();
  await page.getByRole("button", { name: "Test run" }).click();
  await expect.poll(async () => Math.abs((await height()) - lower)).toBeLessThan(2);
});

test("a node in a for-each is looked at from the element that is picked", async ({ page, demo }) => {
  const event = { body: { lines: [{ sku: "TEA" }, { sku: "CUP" }] } };
  await importFlow(demo, {
    khlong: 1, id: "elements", name: "Elements", samples: { in: event },
    nodes: [
      { id: "in", use: "core/webhook", with: { path: "elements" } },
      { id: "each", title: "Each line", use: "core/for_each", with: { items: "${input.lines}" } },
      { id: "sku", title: "Its SKU", use: "core/set", with: { value: "${item.sku}" } },
    ],
    edges: [{ from: "in", to: "each" }, { from: "each.item", to: "sku" }],
  });
  await signIn(page, demo);
  await page.goto(`${demo.url}/flows/elements/edit`);
  await node(page, "Its SKU").click();
  const beside = page.getByRole("complementary", { name: "Set-up" });
  await expect(beside.locator(".kl-preview").getByText('"TEA"')).toBeVisible();
  await beside.getByLabel("Seen from").first().selectOption("Item 2");
  await expect(beside.locator(".kl-preview").getByText('"CUP"')).toBeVisible();
  await page.getByRole("tab", { name: "Input" }).click();
  const shown = (text: string) => beside.getByText(text).filter({ visible: true });
  await expect(shown('"CUP"').first()).toBeVisible();
});

test("a value is dragged into a field, put there by a click, and shown while it is written", async ({ page, demo }) => {
  await signIn(page, demo);
  await begin(page, "Values", /^Webhook/);
  await page.getByLabel("Path").fill("values");
  await page.getByLabel("Example event").fill('{"body": {"name": "Somchai", "lines": [{"sku": "TEA"}, {"sku": "CUP"}]}}');
  await add(page, /^Set a value/);
  await node(page, "Set a value").dblclick();
  const large = page.getByRole("dialog", { name: "Set-up" });
  const input = large.getByRole("region", { name: "Input" }).last();

  // The schema shows a list as one entry.
  await expect(input.getByText("2 items")).toBeVisible();
  await expect(input.getByText('"TEA"')).toBeVisible();
  await expect(input.getByText('"CUP"')).toBeHidden();
  await input.getByLabel("Search in this data").fill("sku");
  await expect(input.getByText("name", { exact: true })).toBeHidden();
  await input.getByLabel("Search in this data").fill("");

  const row = input.getByRole("listitem").filter({ hasText: "Somchai" });
  await row.dragTo(large.getByRole("region", { name: "Set-up" }).locator(".kl-editing").first());
  await expect(large.locator(".kl-preview").getByText('"Somchai"')).toBeVisible();

  // Without a pointer: the row's own button, and a field from a list. The first Escape may be the expression's.
  await expect(async () => {
    if (await large.isVisible()) await page.keyboard.press("Escape");
    await expect(large).toBeHidden({ timeout: 2_000 });
  }).toPass();
  await expect(node(page, "Set a value")).toBeFocused();
  await page.keyboard.press("Control+z");
  await expect.poll(async () => (await draft(page, demo)).nodes[1].with?.value).toBeUndefined();
  await page.getByRole("tab", { name: "Input" }).click();
  const beside = page.getByRole("complementary", { name: "Set-up" });
  await beside.getByRole("button", { name: "Copy or use: sku" }).press("Enter");
  await expect(beside.getByText("input.lines[0].sku")).toBeVisible();
  await beside.getByLabel("Use in field").selectOption({ label: "Value" });
  await beside.getByRole("button", { name: "Use in field" }).click();
  await expect(beside.locator(".kl-preview").getByText('"TEA"')).toBeVisible();
  expect((await draft(page, demo)).nodes[1].with).toEqual({ value: "${input.lines[0].sku}" });
});

test("conditions are rows, and what is more than rows stays an expression", async ({ page, demo }) => {
  await signIn(page, demo);
  await begin(page, "Conditions", /^Webhook/);
  await page.getByLabel("Path").fill("conditions");
  await add(page, /^Filter/);
  const beside = page.getByRole("complementary", { name: "Set-up" });
  await beside.getByLabel("Value to look at").fill("input.total");
  await beside.getByLabel("How it is compared").selectOption("is greater than");
  await beside.getByLabel("Value to compare with").fill("1000");
  await beside.getByRole("button", { name: "Add a row" }).click();
  await beside.getByLabel("Value to look at").last().fill("input.tags");
  await beside.getByLabel("How it is compared").last().selectOption("does not contain");
  await beside.getByLabel("Value to compare with").last().fill("gift");
  expect((await draft(page, demo)).nodes[1].with).toEqual({
    when: '${input.total > 1000 && !input.tags.contains("gift")}',
  });

  // Written by hand it is kept to the letter, and it does not become rows.
  await beside.getByRole("button", { name: "Expression: When" }).click();
  const expression = beside.getByRole("textbox", { name: "When" });
  await codeReady(expression);
  await expression.fill("input.total>1000 && (input.paid || input.vip)");
  expect((await draft(page, demo)).nodes[1].with.when).toBe("${input.total>1000 && (input.paid || input.vip)}");
  await page.reload();
  await node(page, "Filter").click();
  await codeReady(expression);
  await expect(beside.getByLabel("Value to look at")).toHaveCount(0);
  expect((await draft(page, demo)).nodes[1].with.when).toBe("${input.total>1000 && (input.paid || input.vip)}");
});

test("an amount of money has commas for the eye, digits in the flow, and the places of its currency", async ({ page, demo }) => {
  const order = { reference: "A-1", currency: "THB", partner: { name: "Mali" }, lines: [{ sku: "TEA-100", quantity: 1 }] };
  await importFlow(demo, {
    khlong: 1, id: "amount", name: "Amount",
    nodes: [
      { id: "in", use: "core/manual" },
      { id: "erp", title: "Book it", use: "odoo/create_sales_order", connection: "erp", with: { order } },
    ],
    edges: [{ from: "in", to: "erp" }],
  });
  await signIn(page, demo);
  await page.goto(`${demo.url}/flows/amount/edit`);
  await node(page, "Book it").click();
  const beside = page.getByRole("complementary", { name: "Set-up" });
  const amount = beside.getByRole("textbox", { name: "Expected total" });
  await expect(amount).toHaveAttribute("inputmode", "decimal");
  await expect(amount).toHaveAccessibleDescription(/^THB /);
  await expect(amount).toHaveCSS("text-align", "right");

  // Pasted as a shop writes it.
  await amount.fill("1,234,567.50");
  expect((await draft(page, demo)).nodes[1].with.total).toBe("1234567.50");
  await page.reload();
  await node(page, "Book it").click();
  await expect(amount).toHaveValue("1234567.50");
  await expect(beside.getByText("1,234,567.50", { exact: true })).toBeVisible();
  await amount.focus();
  await expect(beside.getByText("1,234,567.50", { exact: true })).toBeHidden();

  await amount.fill("10.005");
  await expect(beside.getByText(/"10.005" has more digits after the point than THB/)).toBeVisible();
  await amount.fill("about 10");
  await expect(beside.getByText(/"about 10" is not an amount of money/)).toBeVisible();
  await amount.fill("${input.total}");
  await expect(beside.getByRole("button", { name: "Expression: Expected total" })).toHaveAttribute("aria-pressed", "true");
  expect((await draft(page, demo)).nodes[1].with.total).toBe("${input.total}");
});

test("what is picked from a list is taken back pick by pick, and the list shows it", async ({ page, demo }) => {
  await edit(page, demo, "picked");
  await node(page, "Create sales order").click();
  const connection = page.getByRole("complementary", { name: "Set-up" }).getByLabel("Connection", { exact: true });
  const undo = page.getByRole("button", { name: "Undo" });
  await expect(connection).toHaveValue("erp");
  await connection.selectOption("");
  await connection.selectOption("erp");
  await undo.click();
  await expect(connection).toHaveValue("");
  await undo.click();
  await expect(connection).toHaveValue("erp");
  await expect(undo).toBeDisabled();
});

test("the connection that is set is shown, also where the others cannot be asked for", async ({ page, demo }) => {
  await page.route(/\/api\/v1\/connections$/, (route) => route.abort());
  await edit(page, demo, "unlisted");
  await node(page, "Create sales order").click();
  const beside = page.getByRole("complementary", { name: "Set-up" });
  await expect(beside.getByLabel("Connection", { exact: true })).toHaveValue("erp");
});

test("a schedule is said in words and shows its next times", async ({ page, demo }) => {
  await signIn(page, demo);
  await begin(page, "Times", /^Schedule/);
  const beside = page.getByRole("complementary", { name: "Set-up" });
  await beside.getByRole("combobox", { name: "When" }).selectOption("Every day");
  await beside.getByLabel("at", { exact: true }).fill("08:30");
  await expect(beside.getByText("Next times (Asia/Bangkok)")).toBeVisible();
  await expect(beside.locator(".kl-next li")).toHaveCount(5);
  await expect(beside.locator(".kl-next li").first()).toContainText("08:30");
  expect((await draft(page, demo)).nodes[0].with).toEqual({ cron: "30 8 * * *" });
  await beside.getByRole("combobox", { name: "When" }).selectOption("Cron line");
  await beside.getByLabel("Cron line").fill("at nine");
  await expect(beside.getByText(/"at nine" is not a schedule/)).toBeVisible();
});

test("a script is written with suggestions, and its mistakes stand at their line", async ({ page, demo }) => {
  await edit(page, demo, "script");
  await node(page, "To sales order").click();
  const script = page.getByRole("textbox", { name: "Script" });
  await write(page, script, "let customer = input.customer;\ncustomer.");
  await expect(page.getByRole("option", { name: /^first_name/ })).toBeVisible();
  await page.keyboard.type("ema");
  await expect(page.getByRole("option", { name: /^email/ }).first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(script).toContainText("customer.email");
  await expect(page.getByText(/Runs on the example/)).toBeVisible();

  await write(page, script, "let a = 1;\nlet b = input.nothing.at;\na");
  await expect(page.locator(".cm-lintRange-error")).toHaveText("at");

  // Tab indents; after Escape it leaves.
  await page.keyboard.press("Tab");
  await expect(script).toBeFocused();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  await expect(script).not.toBeFocused();
});
