// What somebody does in the first ten minutes.

import { writeFile } from "node:fs/promises";
import { clearFaults, expect, guideFlow, importFlow, node, plan, salesOrders, sendOrder, signIn, test } from "../support/demo.ts";

test.afterEach(({ demo }) => clearFaults(demo));

test("an imported flow carries an order into the ERP while somebody watches", async ({ page, demo }, info) => {
  const { flow, order } = await guideFlow("my-first-flow", "My first flow");
  const file = info.outputPath("my-first-flow.json");
  await writeFile(file, JSON.stringify(flow, null, 2));
  await signIn(page, demo);

  await page.getByRole("button", { name: "Import a flow" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Import a flow" });
  await dialog.locator("input[type=file]").setInputFiles(file);
  await expect(dialog.getByText("No problems found")).toBeVisible();
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page).toHaveURL(/\/flows\/my-first-flow$/);
  await expect(node(page, "Create sales order")).toBeVisible();

  await page.goto(`${demo.url}/runs`);
  await expect(page.getByRole("heading", { name: "Runs", level: 1 })).toBeVisible();
  // The ERP takes its time, so that the run can be seen under way also where this page takes some, too.
  await plan(demo, { kind: "slow", ms: 10_000, times: 2, match: { model: "sale.order" } });
  const arrived = order();
  expect(await sendOrder(demo, "my-first-flow", arrived)).toBe(202);

  const row = page.getByRole("row").filter({ hasText: String(arrived.id) });
  await expect(row).toBeVisible();
  await row.getByRole("link").first().click();
  await expect(page).toHaveURL(/\/runs\/.+/);
  await expect(node(page, "To sales order")).toHaveAttribute("data-state", "done");
  await expect(node(page, "Create sales order")).toHaveAttribute("data-state", "running");
  await expect(node(page, "Create sales order")).toHaveAttribute("data-state", "done", { timeout: 90_000 });

  const sold = await salesOrders(demo, arrived);
  expect(sold).toHaveLength(1);
  expect(sold[0].reference).toBe(`SHOPIFY-${arrived.id}`);
  expect(sold[0].lines.length).toBeGreaterThan(0);
});

test("the same delivery three times is one run and one sales order", async ({ page, demo }) => {
  const { flow, order } = await guideFlow("thrice", "Thrice");
  await importFlow(demo, flow);
  const arrived = order();
  for (let times = 0; times < 3; times += 1) {
    const status = await sendOrder(demo, "thrice", arrived, "0199b0a0-0000-7000-8000-000000000001");
    expect(status).toBeGreaterThanOrEqual(200);
    expect(status).toBeLessThan(300);
  }
  await signIn(page, demo);
  await page.goto(`${demo.url}/runs`);
  const rows = page.getByRole("row").filter({ hasText: String(arrived.id) });
  await expect(rows.filter({ hasText: "Done" })).toHaveCount(1);
  await expect(rows).toHaveCount(1);
  expect(await salesOrders(demo, arrived)).toHaveLength(1);
});

test("a flow with mistakes shows all of them and is not saved", async ({ page, demo }) => {
  const { flow } = await guideFlow("mistaken", "Mistaken");
  flow.nodes[1].use = "core/scrip";
  flow.nodes[2].with = { ...flow.nodes[2].with, confrim: true };
  await signIn(page, demo);
  await page.getByRole("button", { name: "Import a flow" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Import a flow" });
  await dialog.getByLabel("Flow JSON").fill(JSON.stringify(flow, null, 2));
  await expect(dialog.getByText("core/scrip").first()).toBeVisible();
  await expect(dialog.getByText("confrim").first()).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Import", exact: true })).toBeDisabled();

  const answer = await fetch(`${demo.url}/api/v1/flows/mistaken`, {
    headers: { authorization: `Bearer ${demo.api_token}` },
  });
  expect(answer.status).toBe(404);
});

test("a flow is seen again as it was left", async ({ page, demo }) => {
  const { flow } = await guideFlow("left-and-found", "Left and found");
  await importFlow(demo, flow);
  await signIn(page, demo);
  await page.getByRole("link", { name: "Left and found" }).click();
  const zoom = page.getByTitle("Zoom to 100 %");
  await expect(zoom).toHaveText("100%");
  const box = () => node(page, "To sales order").boundingBox();
  const before = (await box())!.width;
  await page.getByRole("button", { name: "Zoom in" }).click();
  await expect(zoom).toHaveText("119%");
  // The drawing follows a frame after the number.
  await expect.poll(async () => (await box())!.width).toBeGreaterThan(before * 1.15);
  const left = await box();

  await page.getByRole("link", { name: "Flows" }).first().click();
  await page.getByRole("link", { name: "Left and found" }).click();
  await expect(zoom).toHaveText("119%");
  await expect.poll(box).toEqual(left);
  await page.reload();
  await expect(zoom).toHaveText("119%");
});
