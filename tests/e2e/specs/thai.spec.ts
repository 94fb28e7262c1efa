// A clerk who reads Thai: what went wrong and what to do are in Thai; names and the target's own words stay as they are.

import type { Page } from "@playwright/test";
import { type Demo, expect, guideFlow, importFlow, node, sendOrder, signIn, test } from "../support/demo.ts";

async function signInInThai(page: Page, demo: Demo): Promise<void> {
  await signIn(page, demo);
  await page.evaluate(() => localStorage.setItem("khlong.language", "th"));
  await page.goto(`${demo.url}/flows`);
  await expect(page.getByRole("heading", { name: "โฟลว์", level: 1 })).toBeVisible();
}

test("a wrong password is refused in Thai", async ({ page, demo }) => {
  await page.addInitScript(() => localStorage.setItem("khlong.language", "th"));
  await page.goto(demo.url);
  await page.getByLabel("อีเมล").fill(demo.owner_email);
  await page.getByLabel("รหัสผ่าน").fill("canal boats carry rice");
  await page.getByRole("button", { name: "เข้าสู่ระบบ" }).click();
  await expect(page.getByRole("alert")).toContainText("อีเมลหรือรหัสผ่านไม่ถูกต้อง");
  await expect(page.getByRole("alert")).not.toContainText("password");
});

test("a failed run says in Thai what to do, and keeps the ERP's own words below", async ({ page, demo }) => {
  const { flow, order } = await guideFlow("unknown-article-th", "สินค้าที่ไม่รู้จัก");
  await importFlow(demo, flow);
  const arrived = order({ line_items: [{ sku: "NO-SUCH-TEA", name: "Tea of tomorrow", quantity: 1, price: "99.00" }] });
  expect(await sendOrder(demo, "unknown-article-th", arrived)).toBe(202);

  await signInInThai(page, demo);
  await page.goto(`${demo.url}/runs`);
  const row = page.getByRole("row").filter({ hasText: String(arrived.id) });
  await expect(row.getByText("ระบบปลายทางไม่รับรายการนี้")).toBeVisible();
  await row.getByRole("link").first().click();
  await expect(node(page, "Create sales order")).toHaveAttribute("data-state", "failed");
  const error = page.getByRole("group", { name: "ข้อผิดพลาด" });
  await expect(error).toContainText("ระบบปลายทางไม่รับรายการนี้");
  await expect(error).toContainText("วิธีแก้ไข");
  await expect(error.locator("[lang=en]")).toContainText("NO-SUCH-TEA");
});

test("mistakes in a flow file are told in Thai, with the nearest spelling", async ({ page, demo }, info) => {
  const { flow } = await guideFlow("mistaken-th", "Mistaken");
  flow.nodes[1].use = "core/scrip";
  flow.nodes[2].with = { ...flow.nodes[2].with, confrim: true };
  await signInInThai(page, demo);
  await page.getByRole("button", { name: "นำเข้าโฟลว์" }).first().click();
  const dialog = page.getByRole("dialog", { name: "นำเข้าโฟลว์" });
  await dialog.getByLabel("JSON ของโฟลว์").fill(JSON.stringify(flow, null, 2));
  await expect(dialog.getByText("ไม่มีการทำงานชื่อนี้")).toBeVisible();
  await expect(dialog.getByText("การทำงานนี้ไม่มีช่องชื่อนี้")).toBeVisible();
  await expect(dialog.locator("[lang=en]").filter({ hasText: "core/script" })).toBeVisible();
  await page.screenshot({ path: `${info.project.outputDir}/pages/problems-th-light-desktop.png` });
});
