// Failed orders wait in the error inbox: one is put right and sent again, the others all at once.

import { expect, guideFlow, importFlow, salesOrders, sendOrder, signIn, test } from "../support/demo.ts";

test("an order with a wrong article is put right in the inbox and reaches the ERP once", async ({ page, demo }) => {
  const { flow, order } = await guideFlow("inbox", "Orders to repair");
  await importFlow(demo, flow);
  const wrong = order({ line_items: [{ sku: "NO-SUCH-TEA", name: "Tea of tomorrow", quantity: 1, price: "99.00" }] });
  const right = order();
  await sendOrder(demo, "inbox", wrong);

  await signIn(page, demo);
  await page.getByRole("link", { name: "Errors" }).click();
  await page.getByRole("button", { name: /Orders to repair/ }).click();
  await page.getByRole("button", { name: "Put right" }).click();
  const body = page.getByRole("dialog").getByLabel("What arrived");
  const received = JSON.parse(await body.inputValue());
  await body.fill(JSON.stringify({ ...received, line_items: right.line_items }));
  await page.getByRole("dialog").getByRole("button", { name: "Send again" }).click();
  await expect(page.getByRole("button", { name: /Orders to repair/ })).toHaveCount(0);
  await expect.poll(async () => (await salesOrders(demo, wrong)).length).toBe(1);
});
