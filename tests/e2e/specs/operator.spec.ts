// The whole way of somebody who has never programmed: a flow from nothing into the ERP, an order that passes, one that fails
// for its postcode, and its repair.

import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { atRest, codeReady, expect, guideFlow, importFlow, node, salesOrders, sendOrder, signIn, test } from "../support/demo.ts";

const palette = (page: Page) => page.getByRole("complementary", { name: "Nodes to add" });

/** The script of the guide, which stands in for what a colleague sends by mail. */
async function guideScript(): Promise<string> {
  const text = await readFile(new URL("../../../flows/order-to-erp.json", import.meta.url), "utf8");
  return JSON.parse(text).nodes.find((node: any) => node.id === "map").with.script;
}

/** Draws an edge out of a node over nothing, and chooses what comes next, all with the mouse. */
async function continueWith(page: Page, from: string, next: RegExp): Promise<void> {
  const port = await atRest(node(page, from).locator('.kl-port[data-kind="out"]'));
  const at = { x: port.x + port.width / 2, y: port.y + port.height / 2 };
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  await page.mouse.move(at.x + 60, at.y + 10, { steps: 4 });
  await page.mouse.move(at.x + 150, at.y + 10, { steps: 4 });
  await page.mouse.up();
  await expect(palette(page).getByText("Choose what comes next")).toBeVisible();
  await palette(page).getByRole("button", { name: next }).click();
}

/** Into the script's editor, as a paste. */
async function paste(page: Page, text: string): Promise<void> {
  const script = page.getByLabel("Script", { exact: true });
  await codeReady(script);
  await script.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
}

async function begin(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "New flow" }).click();
  await page.getByLabel("Name of the flow").fill(name);
  await page.getByRole("button", { name: "Create" }).click();
  await expect(page.getByText("Never published")).toBeVisible();
}

test("new orders go into the ERP by a flow that is built, tested and published with the mouse", async ({ page, demo }, info) => {
  const { order } = await guideFlow("unused", "unused");
  await signIn(page, demo);
  await begin(page, "My orders");
  await palette(page).getByRole("button", { name: /^Shopify/ }).click();
  await palette(page).getByRole("button", { name: /^Order created/ }).click();
  await page.getByLabel("Connection").selectOption("shop");
  await page.getByLabel("Path").fill("my-orders");
  await continueWith(page, "Order created", /^Script/);
  await paste(page, await guideScript());
  // What the ERP can do is one line of its own until it is opened.
  await continueWith(page, "Script", /^Odoo/);
  await palette(page).getByRole("button", { name: /^Create a sales order/ }).click();
  const erp = node(page, "Create a sales order");
  await expect(erp).toBeVisible();

  // It says what is missing, leads there, and is not published before.
  await expect(page.getByRole("button", { name: "Publish" })).toBeDisabled();
  await page.getByRole("button", { name: "Show the whole flow" }).click();
  await node(page, "Order created").click();
  await page.getByRole("button", { name: /^\d+ problems? to mend$/ }).click();
  await expect(erp).toHaveAttribute("aria-pressed", "true");
  await page.screenshot({ path: `${info.outputDir}/what-is-missing.png` });
  await page.getByLabel("Connection").selectOption("erp");
  await page.getByLabel("Order", { exact: true }).fill('"${input}"');
  await expect(page.getByRole("button", { name: /problems? to mend/ })).toHaveCount(0);

  // Tried without sending anything.
  await page.getByRole("button", { name: "Test run" }).click();
  await expect(node(page, "Script")).toHaveAttribute("data-state", "done");
  await expect(page.getByText(/would send/i).first()).toBeVisible();
  await page.screenshot({ path: `${info.outputDir}/tested.png` });
  await page.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByText("Live v1")).toBeVisible();

  // And a real order passes while somebody watches.
  const live = order();
  expect(await sendOrder(demo, "my-orders", live)).toBe(202);
  await page.getByRole("navigation").getByRole("link", { name: "Runs" }).click();
  await expect(page.getByRole("link", { name: /My orders/ }).first()).toBeVisible();
  await expect.poll(async () => (await salesOrders(demo, live)).length).toBe(1);
  await page.screenshot({ path: `${info.outputDir}/passed.png` });
});

test("an order without a postcode is stopped, put right by hand, and arrives once", async ({ page, demo }, info) => {
  const { flow, order } = await guideFlow("postcodes", "Orders with a postcode");
  const check = `if type_of(input.shipping_address.zip) != "string" { throw "The order has no postcode" }\n\ninput\n`;
  flow.nodes.splice(1, 0, { id: "check", title: "Has a postcode", use: "core/script", with: { script: check } });
  flow.edges = [
    { from: "ordered", to: "check" },
    { from: "check", to: "map" },
    { from: "map", to: "erp" },
  ];
  delete flow.layout;
  await importFlow(demo, flow);
  const wrong = order();
  (wrong.shipping_address as { zip: string | null }).zip = null;
  await sendOrder(demo, "postcodes", wrong);

  await signIn(page, demo);
  await page.getByRole("link", { name: "Errors" }).click();
  const group = page.getByRole("button", { name: /Orders with a postcode/ });
  await group.click();
  await expect(group).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByText("The order has no postcode").first()).toBeVisible();
  await page.screenshot({ path: `${info.outputDir}/no-postcode.png` });
  await page.getByRole("button", { name: "Put right" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("zip", { exact: true }).first().fill("10110");
  await dialog.getByRole("button", { name: "Send again" }).click();
  await expect(group).toHaveCount(0);
  await expect.poll(async () => (await salesOrders(demo, wrong)).length).toBe(1);
});
