// A system is found by what it is called or what it is for, connected by its guide, and its operations are found by other words.

import type { Page } from "@playwright/test";
import { type Demo, expect, guideFlow, importFlow, node, signIn, test } from "../support/demo.ts";

async function inThai(page: Page): Promise<void> {
  await page.addInitScript(() => localStorage.setItem("khlong.language", "th"));
}

async function edit(page: Page, demo: Demo, id: string): Promise<void> {
  await importFlow(demo, (await guideFlow(id, id)).flow);
  await page.goto(`${demo.url}/flows/${id}/edit`);
  await expect(node(page, "Create sales order")).toBeVisible();
}

test("a connection is made by the guide beside its form, tried, and told what is wrong with it", async ({ page, demo }, info) => {
  await signIn(page, demo);
  await page.goto(`${demo.url}/connections`);
  await page.getByRole("button", { name: "New connection" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New connection" });
  const search = dialog.getByRole("searchbox", { name: "Which system?" });
  await expect(search).toBeFocused();
  await page.screenshot({ path: `${info.outputDir}/systems.png` });
  await search.fill("odoo");
  await dialog.getByRole("button", { name: /^Odoo/ }).click();

  // How to get the key stands beside the field that it goes into.
  const guide = dialog.getByRole("complementary", { name: "What to know of this system" });
  await expect(guide.getByRole("listitem").first()).toBeVisible();
  await expect(guide.getByText("How to get the credentials")).toBeVisible();
  await dialog.getByLabel("Name", { exact: true }).fill("books");
  await dialog.getByLabel("Address", { exact: true }).fill(demo.erp_url);
  await dialog.getByLabel("Database").fill("teashop");
  await dialog.getByLabel("User name").fill("nobody");
  await dialog.getByLabel("API key").fill("wrong");
  await page.screenshot({ path: `${info.outputDir}/guide.png` });
  await dialog.getByRole("button", { name: "Save and test" }).click();
  const told = dialog.locator('.kl-callout[data-tone="bad"]');
  await expect(told).toContainText("What to do");
  await page.screenshot({ path: `${info.outputDir}/wrong-key.png` });

  // Proxy and certificates are for the few, and say for whom.
  await dialog.getByText("More settings", { exact: true }).click();
  await expect(dialog.getByLabel("Proxy", { exact: true })).toBeVisible();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByText("books", { exact: true })).toBeVisible();
});

test("an operation is found by a Thai word that is not its name", async ({ page, demo }, info) => {
  await inThai(page);
  await page.goto(demo.url);
  await page.getByLabel("อีเมล").fill(demo.owner_email);
  await page.getByLabel("รหัสผ่าน").fill(demo.owner_password);
  await page.getByRole("button", { name: "เข้าสู่ระบบ" }).click();
  await expect(page.getByRole("navigation")).toBeVisible();
  await edit(page, demo, "thai-words");
  const palette = page.getByRole("complementary", { name: "โหนดที่เพิ่มได้" });
  await page.keyboard.press("/");
  await expect(palette.getByRole("searchbox")).toBeFocused();
  await page.keyboard.type("สินค้าคงเหลือ");
  // The ERP of this flow goes before systems that are not connected.
  await expect(palette.getByRole("button", { name: /Odoo/ }).first()).toBeVisible();
  await page.screenshot({ path: `${info.outputDir}/thai-word.png` });
  await page.keyboard.press("Enter");
  await expect(page.locator(".kl-node:focus")).toContainText("Odoo");
});

test("systems at hand come first, and all others are found by what they are for", async ({ page, demo }, info) => {
  await signIn(page, demo);
  await edit(page, demo, "purposes");
  const palette = page.getByRole("complementary", { name: "Nodes to add" });
  const used = palette.getByRole("region", { name: "In this flow" });
  await expect(used.getByRole("button", { name: /^Odoo/ })).toBeVisible();
  const couriers = palette.getByRole("region", { name: "Couriers" });
  await expect(couriers.getByRole("button")).toHaveCount(1);
  await couriers.getByRole("button", { name: /^Couriers/ }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect(couriers.getByRole("button").nth(1)).toBeFocused();
  await page.screenshot({ path: `${info.outputDir}/purposes.png` });
  await page.keyboard.press("ArrowLeft");
  await expect(couriers.getByRole("button").first()).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(couriers.getByRole("button")).toHaveCount(1);
});

test("on a phone the palette is a sheet that closes, and the drawing has the window", async ({ page, demo }, info) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn(page, demo);
  await edit(page, demo, "phone");
  const palette = page.getByRole("complementary", { name: "Nodes to add" });
  await expect(palette).toBeHidden();
  const nodes = await page.locator(".kl-node").count();
  await page.screenshot({ path: `${info.outputDir}/drawing.png` });
  await page.getByRole("button", { name: "Add a node" }).click();
  await expect(palette).toBeVisible();
  await page.screenshot({ path: `${info.outputDir}/sheet.png` });
  await palette.getByRole("button", { name: "Close" }).click();
  await expect(palette).toBeHidden();
  await page.getByRole("button", { name: "Add a node" }).click();
  await palette.getByRole("searchbox").fill("script");
  await palette.getByRole("button", { name: /^Script/ }).click();
  await expect(palette).toBeHidden();
  await expect(page.locator(".kl-node")).toHaveCount(nodes + 1);
});
