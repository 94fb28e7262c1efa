// A trigger that asks its system now and then says on the flow's page how it is getting on.

import { expect, importFlow, node, signIn, test } from "../support/demo.ts";

test("a trigger whose system is away says so in words, says when it looks again, and looks at once when told", async ({ page, demo }, info) => {
  const headers = { "content-type": "application/json", authorization: `Bearer ${demo.api_token}` };
  // Nobody listens there.
  const fields = { url: "http://127.0.0.1:9", database: "away", username: "somchai" };
  const body = JSON.stringify({ connector: "odoo", fields, secrets: { api_key: "none" } });
  expect((await fetch(`${demo.url}/api/v1/connections/away`, { method: "PUT", headers, body })).ok).toBe(true);
  await importFlow(demo, {
    khlong: 1, id: "watching", name: "Watching",
    nodes: [
      { id: "orders", title: "Orders changed", use: "odoo/orders_changed", connection: "away", with: { every: "1h" } },
      { id: "keep", title: "Keep", use: "core/script", with: { script: "input" } },
    ],
    edges: [{ from: "orders", to: "keep" }],
  });
  await signIn(page, demo);
  await page.goto(`${demo.url}/flows/watching`);
  await node(page, "Orders changed").click();
  const source = page.getByRole("region", { name: "How it is getting on" });
  await expect(source.getByText("Not yet")).toBeVisible();
  const looked = page.waitForResponse((answer) => answer.url().endsWith("/flows/watching/look"));
  await source.getByRole("button", { name: "Look now" }).click();
  expect((await looked).status()).toBe(200);
  await expect(source.getByText(/has not answered rightly since/)).toBeVisible();
  await page.screenshot({ path: `${info.outputDir}/away.png` });
});
