// A write whose answer never came: nobody knows whether it happened, and a person says so.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { type Demo, expect, importFlow, node, signIn, test } from "../support/demo.ts";

/** A till that hears every call and hangs up without a word. */
async function silentTill(): Promise<{ url: string; close: () => void }> {
  const server = createServer((request) => {
    request.on("data", () => {});
    request.on("end", () => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/orders`, close: () => server.close() };
}

function bookAndTell(id: string, url: string) {
  return {
    khlong: 1,
    id,
    name: "Book and tell",
    nodes: [
      { id: "start", title: "By hand", use: "core/manual" },
      { id: "book", title: "Book", use: "http/request", with: { method: "POST", url, body: { order: 1042 } } },
      { id: "tell", title: "Tell the shop", use: "core/set", with: { value: { text: "Booked as ${input.body.id}" } } },
    ],
    edges: [{ from: "start", to: "book" }, { from: "book", to: "tell" }],
    samples: { start: { order: 1042 } },
  };
}

/** Runs the flow and opens the step that nobody knows the outcome of. */
async function openUnknown(page: Page, demo: Demo, id: string, words: { run: string; unknown: string }): Promise<void> {
  await page.goto(`${demo.url}/flows/${id}`);
  await page.getByRole("button", { name: words.run }).click();
  await page.getByRole("dialog").getByRole("button", { name: words.run }).click();
  await expect(page).toHaveURL(/\/runs\/.+/);
  await expect(node(page, "Book")).toHaveAttribute("data-state", "unknown");
  await node(page, "Book").click();
  await expect(page.getByText(words.unknown)).toBeVisible();
}

test("what was done is told with what the next steps need, and the run goes on with it", async ({ page, demo }, info) => {
  const till = await silentTill();
  try {
    await importFlow(demo, bookAndTell("book-and-tell", till.url));
    await signIn(page, demo);
    const words = { run: "Run now", unknown: "Nobody knows whether this write happened" };
    await openUnknown(page, demo, "book-and-tell", words);

    await page.getByRole("button", { name: "It was done" }).click();
    await expect(page.getByText("Read by Tell the shop")).toBeVisible();
    // The example is there to show the shape; it is no answer.
    await page.getByRole("button", { name: "Go on with this" }).click();
    await expect(page.getByText("This is still the example")).toBeVisible();
    await page.screenshot({ path: `${info.project.outputDir}/pages/decide-en-light-desktop.png` });
    await page.getByLabel("body").fill('{ "id": "S00412" }');
    await page.getByRole("button", { name: "Go on with this" }).click();

    await expect(node(page, "Tell the shop")).toHaveAttribute("data-state", "done");
    await node(page, "Tell the shop").click();
    await expect(page.getByText("Booked as S00412")).toBeVisible();
  } finally {
    till.close();
  }
});

test("the same question in Thai", async ({ page, demo }, info) => {
  const till = await silentTill();
  try {
    await importFlow(demo, bookAndTell("book-and-tell-th", till.url));
    await signIn(page, demo);
    await page.evaluate(() => localStorage.setItem("khlong.language", "th"));
    const words = { run: "รันเดี๋ยวนี้", unknown: "ไม่มีใครทราบว่าการเขียนนี้เกิดขึ้นแล้วหรือไม่" };
    await openUnknown(page, demo, "book-and-tell-th", words);
    await page.getByRole("button", { name: "ทำไปแล้ว", exact: true }).click();
    await expect(page.getByText("ใช้ใน Tell the shop")).toBeVisible();
    await page.screenshot({ path: `${info.project.outputDir}/pages/decide-th-light-desktop.png` });
    await page.getByRole("button", { name: "ยกเลิก", exact: true }).click();
    await page.getByRole("button", { name: "ไม่ทำต่อ" }).click();
    await expect(node(page, "Book")).toHaveAttribute("data-state", "failed");
    const error = page.getByRole("group", { name: "ข้อผิดพลาด" });
    await expect(error).toContainText("ไม่ได้รับคำตอบครบถ้วนจากระบบปลายทาง");
    await expect(error).toContainText("โปรดตรวจในระบบปลายทางก่อนส่งอีกครั้ง");
  } finally {
    till.close();
  }
});
