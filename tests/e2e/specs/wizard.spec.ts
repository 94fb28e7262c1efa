// A template becomes somebody's own flow: connections, a few settings in business words, published, and an order goes through.

import { expect, guideFlow, salesOrders, sendOrder, signIn, test } from "../support/demo.ts";

test("a template asks for connections and settings, and an order goes through what comes of it", async ({ page, demo }, info) => {
  await signIn(page, demo);
  await page.getByRole("button", { name: "New flow" }).click();
  await page.getByRole("searchbox", { name: "Search templates" }).fill("erp odoo sales");
  await page.screenshot({ path: `${info.outputDir}/wizard-choose.png` });
  await page.getByRole("link", { name: "Use it: New order into the ERP" }).click();

  // The demo has one shop and one ERP: they are chosen already, and can be tried.
  await expect(page.getByLabel("The shop (Shopify)")).toHaveValue("shop");
  await expect(page.getByLabel("The ERP (Odoo)")).toHaveValue("erp");
  await page.screenshot({ path: `${info.outputDir}/wizard-connect.png` });
  await page.getByRole("button", { name: "Next" }).click();

  // The demo's own flow has the template's address: this one gets another.
  await expect(page.getByLabel("Address of the webhook")).toHaveValue("shopify/order-created-2");
  await page.getByLabel("Name of the flow").fill("Orders, our way");
  await page.getByLabel("Product for shipping charges").fill("");
  await page.getByRole("button", { name: "Next" }).click();
  await expect(page.getByText("Please fill this in.")).toBeVisible();
  await page.getByLabel("Product for shipping charges").fill("TEA-100");
  await page.screenshot({ path: `${info.outputDir}/wizard-settings.png` });
  await page.getByRole("button", { name: "Next" }).click();

  // Back and forth loses nothing.
  await expect(page.getByRole("heading", { name: "What you said" })).toBeVisible();
  await page.goBack();
  await expect(page.getByLabel("Product for shipping charges")).toHaveValue("TEA-100");
  await page.reload();
  await expect(page.getByLabel("Name of the flow")).toHaveValue("Orders, our way");
  await page.getByRole("button", { name: "Next" }).click();
  await expect(page.getByText("/hooks/shopify/order-created-2")).toBeVisible();
  await page.screenshot({ path: `${info.outputDir}/wizard-check.png` });
  await page.getByRole("button", { name: "Make the flow" }).click();

  await expect(page.getByRole("heading", { name: "The flow is made" })).toBeVisible();
  await page.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByText("It is published and runs.")).toBeVisible();
  await page.screenshot({ path: `${info.outputDir}/wizard-left.png` });

  const { order } = await guideFlow("unused", "unused");
  const bought = order({ shipping_lines: [{ title: "Express", price: "45.00" }] });
  expect(await sendOrder(demo, "shopify/order-created-2", bought)).toBe(202);
  await expect.poll(async () => (await salesOrders(demo, bought)).length).toBe(1);
  // The article that was named for shipping is on the order.
  expect((await salesOrders(demo, bought))[0].lines).toHaveLength(2);
});

test("a connection that is missing is made on the spot", async ({ page, demo }) => {
  await signIn(page, demo);
  await page.goto(`${demo.url}/flows/new?template=webhook-to-http`);
  await expect(page.getByText("1 connection is still to be chosen.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Next" })).toBeDisabled();
  await page.getByRole("button", { name: "New connection to HTTP" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Base address").fill(demo.erp_url);
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByLabel("The system that gets it (HTTP)")).toHaveValue("http");
  await page.getByRole("button", { name: "Test" }).click();
  await expect(page.getByText("Complete. Enter a test address to try it.")).toBeVisible();
  await page.getByRole("button", { name: "Next" }).click();
  await expect(page.getByLabel("Where it goes")).toHaveValue("/events");
});
