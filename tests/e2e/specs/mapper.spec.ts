// The field mapper: an order of a shop becomes one of the ERP, by dragging, by keys and by suggestion.

import type { Locator, Page } from "@playwright/test";
import { type Demo, atRest, changeDraft, expect, guideFlow, importFlow, node, signIn, test } from "../support/demo.ts";

/** A draft of the guide's flow with a mapping where its script is. */
async function open(page: Page, demo: Demo, id: string, fields: object = {}, target?: string, signedIn = false): Promise<void> {
  const { flow } = await guideFlow(id, `Flow ${id}`);
  await importFlow(demo, flow);
  await changeDraft(demo, id, (document) => {
    document.nodes[1] = { id: "map", title: "To sales order", use: "core/map", with: { ...(target ? { target } : {}), fields } };
  });
  if (!signedIn) await signIn(page, demo);
  await page.goto(`${demo.url}/flows/${id}/edit`);
  await node(page, "To sales order").click();
}

const ORDER = "odoo/create_sales_order.order";

async function mapper(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: "Open the mapper" }).click();
  const large = page.getByRole("dialog", { name: "Set-up" });
  await expect(large.getByRole("tree", { name: "What comes in" })).toBeVisible();
  return large;
}

function source(large: Locator, name: string): Locator {
  return large.getByRole("treeitem", { name: new RegExp(`^${name}\\b`) }).first();
}

function line(large: Locator, target: string): Locator {
  return large.locator(`[data-mapper-target="${target}"]`);
}

/** The mapping as the server keeps it. */
async function kept(page: Page, demo: Demo): Promise<any> {
  await expect(page.locator('[data-saving="saved"]')).toBeAttached();
  const id = new URL(page.url()).pathname.split("/")[2];
  const headers = { authorization: `Bearer ${demo.api_token}` };
  const draft = await (await fetch(`${demo.url}/api/v1/flows/${id}/draft`, { headers })).json();
  return draft.document.nodes[1].with;
}

async function drag(page: Page, from: Locator, to: Locator): Promise<void> {
  await from.scrollIntoViewIfNeeded();
  await to.scrollIntoViewIfNeeded();
  const [a, b] = [await atRest(from), await atRest(to)];
  await page.mouse.move(a.x + 30, a.y + a.height / 2);
  await page.mouse.down();
  await page.mouse.move(a.x + 60, a.y + a.height / 2, { steps: 3 });
  // Let go elsewhere than where it was seen last, as a quick hand does.
  await page.mouse.move(b.x + 40, b.y + b.height / 2, { steps: 2 });
  await page.mouse.up();
}

test("a shop's order becomes the ERP's by dragging, by keys and by suggestion", async ({ page, demo }) => {
  await open(page, demo, "map-order");
  const beside = page.getByRole("complementary", { name: "Set-up" });
  await beside.getByRole("button", { name: /^Use what comes next: .*Create a sales order/ }).click();
  await expect(beside.getByText("0 of 5 required fields, 0 %")).toBeVisible();
  const large = await mapper(page);

  // Dragged: the number becomes a text, as the field takes one. (JavaScript has rounded it when the flow was imported.)
  await drag(page, source(large, "id"), line(large, "reference"));
  await expect(line(large, "reference").getByRole("textbox", { name: "Reference" })).toHaveValue("input.id");
  await expect(line(large, "reference").locator("output")).toHaveText('"820982911946154500"');
  await expect(line(large, "reference").getByRole("button", { name: "Conversions of Reference" })).toHaveText("Text");
  await expect(large.getByText("1 of 5 required fields, 20 %")).toBeVisible();
  // Its bar is one line here.
  await expect.poll(async () => (await large.locator(".kl-mapper-bar").boundingBox())!.height).toBeLessThan(64);

  // By keys: chosen with Enter, put with Enter, and back at the source.
  await source(large, "created_at").focus();
  await page.keyboard.press("Enter");
  await expect(large.getByRole("textbox", { name: "Customer › Customer's number" })).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await expect(large.getByRole("textbox", { name: "Date" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(large.getByRole("textbox", { name: "Date" })).toHaveValue("input.created_at");
  await expect(source(large, "created_at")).toBeFocused();

  // By suggestion: one is accepted, one is not wanted, and the others are taken together.
  await large.getByRole("button", { name: "Fill what is alike" }).click();
  const offer = large.getByRole("group", { name: "Suggestion for Currency" });
  await expect(offer.getByText("input.currency")).toBeVisible();
  await expect(offer.locator("output")).toHaveText('"THB"');
  await offer.getByRole("button", { name: "Accept" }).click();
  await expect(offer).toBeHidden();
  await expect(large.getByRole("textbox", { name: "Currency" })).toHaveValue("input.currency");
  await large.getByRole("group", { name: "Suggestion for Note" }).getByRole("button", { name: "Dismiss" }).click();
  await large.getByRole("button", { name: "Accept all" }).click();
  await expect(large.getByText("5 of 5 required fields, 100 %")).toBeVisible();
  await expect(line(large, "lines").locator("output")).toHaveText("1 item");
  await expect(line(large, "lines[].sku").locator("output")).toHaveText('"TEA-100"');
  await expect(line(large, "lines[].quantity").locator("output")).toHaveText("2");
  await expect(line(large, "note").locator("output")).toHaveCount(0);

  // One step each: all that was accepted together goes and comes back as one.
  await page.keyboard.press("Control+z");
  await expect(large.getByText("1 of 5 required fields, 20 %")).toBeVisible();
  await page.keyboard.press("Control+Shift+z");
  await expect(large.getByText("5 of 5 required fields, 100 %")).toBeVisible();

  const { target, fields } = await kept(page, demo);
  expect(target).toBe(ORDER);
  expect(fields).toMatchObject({
    reference: { from: "${input.id}", as: "text" },
    date: "${input.created_at}",
    currency: "${input.currency}",
    "partner.zip": "${input.shipping_address.zip}",
    lines: {
      each: "${input.line_items}",
      fields: { sku: "${item.sku}", quantity: "${item.quantity}", price: { from: "${item.price}", as: "decimal" } },
    },
  });
});

test("values are converted: money, a table, and words joined", async ({ page, demo }) => {
  const lines = { each: "${input.line_items}", fields: { price: { from: "${item.price}", as: "decimal" } } };
  await open(page, demo, "map-convert", { lines }, ORDER);
  const large = await mapper(page);

  const price = line(large, "lines[].price");
  await price.getByRole("button", { name: "Conversions of Unit price" }).click();
  await price.getByRole("button", { name: "Remove: Number" }).click();
  await price.getByLabel("Add a conversion").selectOption("Money");
  await price.getByLabel("Currency").fill("JP");
  await expect(price.getByText("It cannot be set so.")).toBeVisible();
  await price.getByLabel("Currency").fill("JPY");
  await expect(price.locator("output").first()).toHaveText("535");
  await price.getByLabel("Currency").fill("THB");
  await expect(price.locator("output").first()).toHaveText("535.00");

  // A table, put in front of what is there already.
  await large.getByRole("textbox", { name: "Note" }).fill("input.financial_status");
  const note = line(large, "note");
  await note.getByRole("button", { name: "Conversions of Note" }).click();
  await note.getByLabel("Add a conversion").selectOption("UPPER CASE");
  await note.getByLabel("Add a conversion").selectOption("Lookup table");
  await note.getByRole("button", { name: "Earlier: Lookup table" }).click();
  await note.getByRole("button", { name: "Add a row" }).click();
  await note.getByLabel("When it is").fill("paid");
  await note.getByLabel("it becomes").fill("Paid in the shop");
  await note.getByRole("button", { name: "Add a row" }).click();
  await note.getByLabel("When it is").last().fill("pending");
  await note.getByLabel("it becomes").last().fill("Not yet");
  await note.getByLabel("Everything else").selectOption("becomes this value");
  await note.getByLabel("becomes this value").last().fill("To be paid");
  await expect(note.locator("output").first()).toHaveText('"PAID IN THE SHOP"');

  // A text made of several values.
  await large.getByRole("textbox", { name: "Customer › Name" }).fill('["${input.customer.first_name}", "${input.customer.last_name}"]');
  const name = line(large, "partner.name");
  await name.getByRole("button", { name: "Conversions of Customer › Name" }).click();
  await name.getByLabel("Add a conversion").selectOption("Join a list");
  await name.getByLabel("Between the parts").fill(" ");
  await expect(name.locator("output").first()).toHaveText('"สมชาย ใจดี"');

  expect((await kept(page, demo)).fields).toEqual({
    "partner.name": { from: ["${input.customer.first_name}", "${input.customer.last_name}"], as: { join: " " } },
    lines: { each: "${input.line_items}", fields: { price: { from: "${item.price}", as: { money: "THB" } } } },
    note: {
      from: "${input.financial_status}",
      as: [{ lookup: { paid: "Paid in the shop", pending: "Not yet" }, else: "To be paid" }, "upper"],
    },
  });

  // What is taken back comes out of the table too.
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await expect(large.getByRole("textbox", { name: "Customer › Name" })).toHaveValue(/first_name/);
});

test("a field of a list brings the list along, and only some of its elements are taken", async ({ page, demo }) => {
  await open(page, demo, "map-each", {}, ORDER);
  const large = await mapper(page);
  await drag(page, source(large, "sku"), line(large, "lines[].sku"));
  await expect(large.getByRole("textbox", { name: "Lines", exact: true })).toHaveValue("input.line_items");
  await expect(large.getByRole("textbox", { name: "SKU" })).toHaveValue("item.sku");

  const lines = line(large, "lines");
  await lines.getByRole("button", { name: "Elements of Lines" }).click();
  await lines.getByLabel("Only elements for which this holds").fill("item.quantity > 2");
  await expect(lines.locator("output")).toHaveText("0 items");
  await lines.getByLabel("Only elements for which this holds").fill("item.quantity > 1");
  await expect(lines.locator("output")).toHaveText("1 item");
  expect((await kept(page, demo)).fields).toEqual({
    lines: { each: "${input.line_items}", when: "${item.quantity > 1}", fields: { sku: "${item.sku}" } },
  });

  // The list folds, and clearing its name takes all of it out, to be taken back as one.
  await lines.getByRole("button", { name: "Fields of Lines" }).click();
  await expect(line(large, "lines[].sku")).toBeHidden();
  await lines.getByRole("button", { name: "Clear Lines" }).click();
  await expect.poll(async () => (await kept(page, demo)).fields).toEqual({});
  await large.getByRole("button", { name: "Undo" }).click();
  await expect(lines.locator("output")).toHaveText("1 item");

  // Also by a key, and on a Thai keyboard, which has another letter there.
  await lines.getByRole("button", { name: "Clear Lines" }).click();
  await expect.poll(async () => (await kept(page, demo)).fields).toEqual({});
  await large.locator(".kl-mapper").dispatchEvent("keydown", { key: "ผ", code: "KeyZ", ctrlKey: true });
  await expect(lines.locator("output")).toHaveText("1 item");
});

test("what is open and what is wrong stands at its line, and one jumps from one to the next", async ({ page, demo }) => {
  await open(page, demo, "map-wrong", { reference: "${input.id}", total: 1 }, ORDER);
  const large = await mapper(page);
  await expect(line(large, "total").getByText(/has no field "total"/)).toBeVisible();
  await expect(line(large, "lines[].sku").getByText("Required, and nothing fills it yet")).toBeVisible();

  await large.getByRole("button", { name: "Next open field" }).click();
  await expect(large.getByRole("textbox", { name: "Customer › Customer's number" })).toBeFocused();

  // While a line is written, it says what is wrong with it and the others go on showing theirs.
  await large.getByRole("textbox", { name: "Note" }).fill("Order ${input.name");
  await expect(line(large, "note").locator("[data-tone=bad]")).toBeVisible();
  await expect(line(large, "reference").locator("output")).toHaveText("820982911946154500");
  await large.getByRole("textbox", { name: "Note" }).fill("Order ${input.name}!");
  await expect(line(large, "note").locator("output")).toHaveText('"Order #1001!"');

  // A number where a text is wanted is offered as one.
  const reference = line(large, "reference");
  await reference.getByRole("button", { name: "Conversions of Reference" }).click();
  await reference.getByRole("button", { name: "Suggested: Text" }).click();
  await expect(reference.locator("output").first()).toHaveText('"820982911946154500"');
});

test("without a target any fields may be made, also of lists", async ({ page, demo }) => {
  await open(page, demo, "map-free");
  const large = await mapper(page);
  const add = large.getByLabel("Name of a field, such as partner.name");
  await add.fill("customer.mail");
  await page.keyboard.press("Enter");
  await expect(large.getByRole("textbox", { name: "customer.mail" })).toBeFocused();
  await page.keyboard.type("input.email");
  await add.fill("rows");
  await page.keyboard.press("Enter");

  // By touch or click: a source in hand, then the field.
  await source(large, "line_items").click();
  await large.getByRole("button", { name: "Put here: rows" }).click();
  const rows = line(large, "rows");
  await rows.getByRole("button", { name: "Conversions of rows" }).click();
  await rows.getByRole("switch", { name: "An object for each element" }).check();
  await rows.getByLabel("Name of a field, such as partner.name").fill("code");
  await page.keyboard.press("Enter");
  await drag(page, source(large, "sku"), line(large, "rows[].code"));
  await expect(line(large, "rows[].code").locator("output")).toHaveText('"TEA-100"');
  expect((await kept(page, demo)).fields).toEqual({
    "customer.mail": "${input.email}",
    rows: { each: "${input.line_items}", fields: { code: "${item.sku}" } },
  });
  // A source in hand is let go of before the window closes.
  await source(large, "email").click();
  await page.keyboard.press("Escape");
  await expect(large.getByRole("button", { name: "Put here: rows" })).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(large).toBeHidden();
});

test("a line that is emptied is taken out", async ({ page, demo }) => {
  await open(page, demo, "map-emptied", { note: "Order ${input.name}!" }, ORDER);
  const large = await mapper(page);
  await large.getByRole("textbox", { name: "Note" }).press("Control+a");
  await page.keyboard.press("Delete");
  await page.keyboard.press("Tab");
  await expect(line(large, "note").locator("output")).toHaveCount(0);
});

test("a customer of the shop is looked up in the cross-references, and the line shows the partner", async ({ page, demo }) => {
  await signIn(page, demo);
  await page.goto(`${demo.url}/settings/xref`);
  await expect(page.getByRole("heading", { name: "No cross-references yet" })).toBeVisible();
  await page.getByRole("button", { name: "Add", exact: true }).first().click();
  const adding = page.getByRole("dialog", { name: "Add" });
  await adding.getByLabel("Kind of record").fill("currency");
  await adding.getByLabel("System", { exact: true }).fill("shopify");
  await adding.getByLabel("Id in the system").fill("THB");
  await adding.getByLabel("Our id").fill("17");
  await adding.getByRole("button", { name: "Save" }).click();
  await expect(adding.getByLabel("Our id")).toHaveValue("");
  await adding.getByLabel("Id in the system").fill("USD");
  await adding.getByLabel("Our id").fill("18");
  await adding.getByRole("button", { name: "Save" }).click();
  await expect(adding.getByLabel("Our id")).toHaveValue("");
  await adding.getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByRole("row", { name: /shopify USD 18/ })).toBeVisible();
  await page.getByLabel("Search by id").fill("usd");
  await expect(page.getByRole("row", { name: /THB/ })).toHaveCount(0);
  await page.getByRole("row", { name: /USD/ }).getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog", { name: "Remove" }).getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("Nothing is like that.")).toBeVisible();

  await open(page, demo, "map-xref", { partner: "${input.currency}" }, undefined, true);
  const large = await mapper(page);
  const partner = line(large, "partner");
  await partner.getByRole("button", { name: "Conversions of partner" }).click();
  await partner.getByLabel("Add a conversion").selectOption("Lookup table");
  await partner.getByLabel("Where to look").selectOption("Cross-references");
  await partner.getByLabel("Kind of record").fill("currency");
  await partner.getByLabel("System", { exact: true }).fill("shopify");
  await expect(partner.locator("output").first()).toHaveText('"17"');
  expect((await kept(page, demo)).fields).toEqual({
    partner: { from: "${input.currency}", as: { xref: { entity: "currency", from: "shopify" } } },
  });
});
