// The page of all flows: found by typing, by folder and tag, changed one by one and several at once, and linked to.

import type { Page } from "@playwright/test";
import { type Demo, expect, guideFlow, importFlow, signIn, test } from "../support/demo.ts";

/** Flows of these specs beside the demo's own one. */
async function furnish(demo: Demo): Promise<void> {
  const names = { "f-stock": "Stock to the shop", "f-thai": "ใบกำกับภาษีส่งอีเมล", "f-refund": "Refund into the ERP" };
  for (const [id, name] of Object.entries(names)) {
    const { flow } = await guideFlow(id, name);
    await importFlow(demo, flow);
  }
}

function row(page: Page, name: string) {
  return page.getByRole("row").filter({ hasText: name });
}

async function menu(page: Page, name: string, item: string): Promise<void> {
  await row(page, name).getByLabel(`More: ${name}`).click();
  await row(page, name).getByRole("button", { name: item }).click();
}

test.beforeEach(async ({ page, demo }) => {
  await furnish(demo);
  await signIn(page, demo);
});

test("a search finds by name, in Thai too, and by what a flow uses", async ({ page }) => {
  await expect(row(page, "Stock to the shop")).toBeVisible();
  await page.keyboard.press("/");
  const search = page.getByRole("searchbox", { name: "Search flows" });
  await expect(search).toBeFocused();
  await page.keyboard.type("ใบกำกับ");
  await expect(row(page, "ใบกำกับภาษีส่งอีเมล")).toBeVisible();
  await expect(row(page, "Stock to the shop")).toHaveCount(0);
  await expect(page).toHaveURL(/q=%E0%B9%83/);

  await search.fill("uses:odoo refund");
  await expect(row(page, "Refund into the ERP")).toBeVisible();
  await expect(row(page, "ใบกำกับภาษีส่งอีเมล")).toHaveCount(0);
  await search.fill("no such flow");
  await expect(page.getByText("No flow matches.")).toBeVisible();
  await page.getByRole("button", { name: "Clear" }).click();
  await expect(row(page, "Stock to the shop")).toBeVisible();
});

test("several flows are moved and tagged at once, and a link leads back to them", async ({ page, demo }) => {
  await page.getByLabel("Choose Stock to the shop").check();
  await page.getByLabel("Choose Refund into the ERP").check();
  const bar = page.getByRole("toolbar", { name: "With the chosen flows" });
  await expect(bar.getByText("2 chosen")).toBeVisible();
  await bar.getByRole("button", { name: "Move" }).click();
  await page.getByLabel("Folder", { exact: true }).fill(" Shop / Back office ");
  await page.getByRole("dialog").getByRole("button", { name: "Move", exact: true }).click();
  await expect(page.getByText("2 flows moved")).toBeVisible();

  const folders = page.getByRole("navigation", { name: "Folders" });
  await folders.getByRole("button", { name: "Shop 2" }).click();
  await expect(row(page, "ใบกำกับภาษีส่งอีเมล")).toHaveCount(0);
  await folders.getByRole("button", { name: "Back office 2" }).click();
  await expect(page).toHaveURL(/folder=Shop%2FBack%20office/);
  await expect(row(page, "Stock to the shop")).toBeVisible();

  await menu(page, "Stock to the shop", "Tags");
  await page.getByLabel("New tag").fill("nightly");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("1 flow tagged")).toBeVisible();
  await page.getByRole("group", { name: "Tags" }).getByRole("button", { name: "#nightly" }).click();
  await expect(row(page, "Refund into the ERP")).toHaveCount(0);
  await expect(row(page, "Stock to the shop")).toBeVisible();

  // The address is the place: a reload is there again, and "back" takes the last step back.
  const link = page.url();
  await page.goBack();
  await expect(row(page, "Refund into the ERP")).toBeVisible();
  await page.goto(link);
  await expect(row(page, "Stock to the shop")).toBeVisible();
  await expect(row(page, "Refund into the ERP")).toHaveCount(0);

  // Nothing of that is a new version.
  const list = await fetch(`${demo.url}/api/v1/flows`, { headers: { authorization: `Bearer ${demo.api_token}` } });
  const { flows } = await list.json();
  expect(flows.find((flow: { id: string }) => flow.id === "f-stock").version).toBe(1);
});

test("a flow is dragged into a folder", async ({ page }) => {
  await menu(page, "Stock to the shop", "Move");
  await page.getByLabel("Folder", { exact: true }).fill("Warehouse");
  await page.getByRole("dialog").getByRole("button", { name: "Move", exact: true }).click();
  const folder = page.getByRole("navigation", { name: "Folders" }).getByRole("button", { name: /^Warehouse/ });
  await expect(folder).toHaveText(/1/);
  // The list moves while flows come in, under whoever drags out of it.
  await expect(async () => {
    await row(page, "ใบกำกับภาษีส่งอีเมล").dragTo(folder);
    await expect(folder).toHaveText(/2/, { timeout: 10_000 });
  }).toPass();
});

test("flows are paused together, found by their state, and one is copied", async ({ page }) => {
  await page.getByLabel("Choose Stock to the shop").check();
  await page.getByLabel("Choose Refund into the ERP").check();
  await page.getByRole("toolbar").getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText("2 flows paused")).toBeVisible();
  await page.getByRole("group", { name: "State" }).getByRole("button", { name: /^Paused/ }).click();
  await expect(row(page, "ใบกำกับภาษีส่งอีเมล")).toHaveCount(0);
  await menu(page, "Stock to the shop", "Resume");
  await expect(row(page, "Stock to the shop")).toHaveCount(0);
  await expect(row(page, "Refund into the ERP")).toBeVisible();

  await menu(page, "Refund into the ERP", "Duplicate");
  await expect(page.getByText("Never published")).toBeVisible();
  await expect(page.getByText("Refund into the ERP (copy)").first()).toBeVisible();
});

test("a word in a script is found over all flows, in drafts too, and each place leads there", async ({ page, demo }) => {
  const script = (id: string, text: string) => ({
    khlong: 1,
    id,
    name: `Flow ${id}`,
    nodes: [
      { id: "in", use: "core/webhook", with: { path: id } },
      { id: "map", title: "Choose the shelf", use: "core/script", with: { script: text } },
    ],
    edges: [{ from: "in", to: "map" }],
  });
  await importFlow(demo, script("f-shelf", '"SHELF-77-A"'));
  await importFlow(demo, script("f-other", '"nothing"'));
  const document = script("f-other", '"shelf-77-b"');
  const headers = { "content-type": "application/json", authorization: `Bearer ${demo.api_token}` };
  const body = JSON.stringify({ document, revision: 0, based_on: 1 });
  const saved = await fetch(`${demo.url}/api/v1/flows/f-other/draft`, { method: "PUT", headers, body });
  expect(saved.ok, await saved.text()).toBe(true);

  await page.getByRole("searchbox", { name: "Search flows" }).fill("shelf-77");
  const inside = page.getByRole("region", { name: "Found inside of flows, in 2 places" });
  await expect(inside.getByRole("listitem").filter({ hasText: "SHELF-77-A" })).toContainText("Script");
  await expect(inside.getByRole("listitem").filter({ hasText: "shelf-77-b" })).toContainText("only in the draft");
  await inside.getByRole("link", { name: /Flow f-shelf/ }).click();
  await expect(page).toHaveURL(/\/flows\/f-shelf\/edit\?node=map/);
  await expect(page.locator(".kl-node").filter({ hasText: "Choose the shelf" })).toHaveAttribute("aria-pressed", "true");
});
