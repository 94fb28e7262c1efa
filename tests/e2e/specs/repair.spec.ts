// Something went wrong: it is seen where it happened, with what to do, and can be tried again.

import { clearFaults, expect, guideFlow, importFlow, node, salesOrders, sendOrder, signIn, test } from "../support/demo.ts";

test.afterEach(({ demo }) => clearFaults(demo));

test("an article that the ERP does not know stops the run with advice, and a retry is a run of its own", async ({ page, demo }) => {
  const { flow, order } = await guideFlow("unknown-article", "Unknown article");
  await importFlow(demo, flow);
  const line = { sku: "NO-SUCH-TEA", name: "Tea of tomorrow", quantity: 1, price: "99.00" };
  const arrived = order({ line_items: [line] });
  expect(await sendOrder(demo, "unknown-article", arrived)).toBe(202);

  await signIn(page, demo);
  await page.goto(`${demo.url}/runs`);
  const row = page.getByRole("row").filter({ hasText: String(arrived.id) });
  await expect(row.getByText("Failed")).toBeVisible();
  await row.getByRole("link").first().click();
  await expect(node(page, "Create sales order")).toHaveAttribute("data-state", "failed");
  await expect(page.getByText("NO-SUCH-TEA").first()).toBeVisible();
  await expect(page.getByText("What to do").first()).toBeVisible();
  const failed = page.url();

  await page.getByRole("button", { name: "Retry", exact: true }).click();
  await expect(page).not.toHaveURL(failed);
  await expect(node(page, "Create sales order")).toHaveAttribute("data-state", "failed");
  expect(await salesOrders(demo, arrived)).toHaveLength(0);
});
