// A field whose value is a record of the connected system: searched, chosen, written by hand, computed.

import type { Locator, Page } from "@playwright/test";
import { type Demo, clearFaults, codeReady, draft, expect, guideFlow, importFlow, node, plan, signIn, test } from "../support/demo.ts";

async function edit(page: Page, demo: Demo, id: string): Promise<Locator> {
  const { flow } = await guideFlow(id, `Flow ${id}`);
  await importFlow(demo, flow);
  await signIn(page, demo);
  await page.goto(`${demo.url}/flows/${id}/edit`);
  await node(page, "Create sales order").click();
  return page.getByRole("complementary", { name: "Set-up" });
}

/** The fields of the node that makes the order, as the server keeps them. */
async function kept(page: Page, demo: Demo): Promise<any> {
  const { nodes } = await draft(page, demo);
  return nodes.find((one: any) => one.use === "odoo/create_sales_order").with;
}

/** Types until the system has said what it has like that: the list changes then, under whoever reaches for it. */
async function search(page: Page, field: Locator, text: string): Promise<void> {
  const said = page.waitForResponse((answer) => {
    return answer.url().endsWith("/lookup") && answer.request().postDataJSON().text === text;
  });
  await field.fill(text);
  await said;
  await expect(page.getByText("Asking the connected system…")).toHaveCount(0);
}

test("a customer is searched in the ERP, chosen by keys, and shown by name", async ({ page, demo }, info) => {
  const beside = await edit(page, demo, "picked");
  const customer = beside.getByRole("combobox", { name: "Book to customer" });
  await customer.fill("c0007");
  const option = beside.getByRole("listbox").getByRole("option", { name: /C0007/ });
  await expect(option).toHaveAttribute("aria-selected", "true");
  await page.screenshot({ path: `${info.outputDir}/picker-found.png` });
  await customer.press("Enter");
  await expect(beside.getByText(/^#\d+ · C0007 · customer7@example.com/)).toBeVisible();
  const name = await customer.inputValue();
  expect(typeof (await kept(page, demo)).customer).toBe("number");

  // Whoever comes later sees the name, too.
  await page.reload();
  await node(page, "Create sales order").click();
  await expect(customer).toHaveValue(name);

  // What is typed and not chosen changes nothing; what is emptied is gone.
  await customer.fill("somebody");
  await expect(beside.getByText("The connected system has nothing like that.")).toBeVisible();
  await customer.press("Escape");
  await expect(customer).toHaveValue(name);
  await customer.fill("");
  await customer.press("Escape");
  expect((await kept(page, demo)).customer).toBeUndefined();
});

test("a long list is loaded a page at a time", async ({ page, demo }) => {
  const beside = await edit(page, demo, "paged");
  await beside.getByRole("combobox", { name: "Book to customer" }).click();
  const options = beside.getByRole("listbox").getByRole("option");
  await expect(options).toHaveCount(26);
  await options.filter({ hasText: "Load more" }).click();
  await expect(options.nth(30)).toBeAttached();
  await expect(options.filter({ hasText: "Load more" })).toHaveCount(0);
  await options.nth(30).click();
  expect(typeof (await kept(page, demo)).customer).toBe("number");
});

test("an id is written by hand, also where the system does not answer or none is chosen", async ({ page, demo }, info) => {
  const beside = await edit(page, demo, "by-hand");
  const warehouse = beside.getByRole("combobox", { name: "Warehouse" });
  await search(page, warehouse, "2");
  await beside.getByRole("option", { name: "Use “2” as the id" }).click();
  await expect(warehouse).toHaveValue("คลังเชียงใหม่");
  await search(page, warehouse, "777");
  await beside.getByRole("option", { name: "Use “777” as the id" }).click();
  await expect(beside.getByText("The connected system has no record with this id.")).toBeVisible();

  await plan(demo, { kind: "down", status: 503 });
  await beside.getByRole("button", { name: "Ask the system again" }).last().click();
  await expect(beside.getByText(/answered 503/).first()).toBeVisible();
  await page.screenshot({ path: `${info.outputDir}/picker-failed.png` });
  // While it is asked again, it has not answered either.
  let answer = () => {};
  const answered = new Promise<void>((go) => (answer = go));
  await page.route(/\/lookup$/, async (route) => {
    await answered;
    await route.continue();
  });
  await warehouse.fill("30");
  await expect(beside.getByText("Asking the connected system…")).toBeVisible();
  await warehouse.fill("3");
  await expect.poll(async () => (await kept(page, demo)).warehouse).toBe(3);
  answer();
  await page.unrouteAll({ behavior: "wait" });
  await clearFaults(demo);
  await beside.getByRole("button", { name: "Ask the system again" }).last().click();
  await expect(beside.getByRole("option", { name: /คลังหาดใหญ่/ })).toBeVisible();
  await warehouse.press("Escape");
  await expect(warehouse).toHaveValue("คลังหาดใหญ่");

  await beside.getByLabel("Connection", { exact: true }).selectOption("");
  await expect(beside.getByText("Choose a connection to pick from its records, or write the id.").first()).toBeVisible();
  await warehouse.fill("1");
  await expect.poll(async () => (await kept(page, demo)).warehouse).toBe(1);
});

test("a record may be computed", async ({ page, demo }) => {
  const beside = await edit(page, demo, "computed");
  await beside.getByRole("combobox", { name: "Warehouse" }).press("=");
  const expression = beside.getByRole("textbox", { name: "Warehouse" });
  await codeReady(expression);
  await expression.fill("if input.total > 1000 { 1 } else { 2 }");
  expect((await kept(page, demo)).warehouse).toBe("${if input.total > 1000 { 1 } else { 2 }}");
});
