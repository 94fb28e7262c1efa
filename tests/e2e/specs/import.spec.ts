// Flow files come in several at once, and workflows of n8n become drafts with a report.

import { readFile, writeFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { draft, expect, guideFlow, importFlow, node, paste, signIn, test } from "../support/demo.ts";

const workflows = new URL("../../../crates/n8n/tests/workflows/", import.meta.url);

async function openDialog(page: Page) {
  await page.getByRole("button", { name: "Import a flow" }).first().click();
  return page.getByRole("dialog", { name: "Import a flow" });
}

test("several files come in at once: the good ones go in one go, the others stay with what to do", async ({ page, demo }, info) => {
  const first = (await guideFlow("import-a", "Import A")).flow;
  const again = (await guideFlow("import-b", "Import B")).flow;
  const wrong = (await guideFlow("import-c", "Import C")).flow;
  await importFlow(demo, again);
  wrong.edges[0].to = "nowhere";
  const files = { "a.json": first, "b.json": again, "c.json": wrong };
  for (const [name, flow] of Object.entries(files)) await writeFile(info.outputPath(name), JSON.stringify(flow));
  await writeFile(info.outputPath("d.json"), "{ not json");
  await signIn(page, demo);
  const dialog = await openDialog(page);
  await dialog.locator("input[type=file]").setInputFiles([...Object.keys(files), "d.json"].map((name) => info.outputPath(name)));

  const row = (name: string) => dialog.getByRole("listitem").filter({ has: page.getByText(name, { exact: true }) }).first();
  await expect(row("Import A").getByText("New: goes live")).toBeVisible();
  await expect(row("Import B").getByText("As it is live")).toBeVisible();
  await expect(row("c.json").getByText("Has to be mended")).toBeVisible();
  await expect(dialog.getByText("E0102")).toBeVisible();
  await page.screenshot({ path: `${info.outputDir}/several.png` });

  await dialog.getByRole("button", { name: "Import 2 flows" }).click();
  await expect(row("Import A").getByText("Imported as version 1")).toBeVisible();
  await expect(row("c.json").getByText("Has to be mended")).toBeVisible();
  await row("Import A").getByRole("link", { name: "Open" }).click();
  await expect(page).toHaveURL(/\/flows\/import-a$/);
});

test("an n8n workflow tells what became of it, becomes a draft and opens in the editor", async ({ page, demo }, info) => {
  await signIn(page, demo);
  const dialog = await openDialog(page);
  await dialog.locator("input[type=file]").setInputFiles(new URL("code-that-needs-a-person.json", workflows).pathname);
  await expect(dialog.getByText("n8n: becomes a draft")).toBeVisible();
  await expect(dialog.getByText("Needs a person (3)")).toBeVisible();
  await expect(dialog.getByText("Carried over (1)")).toBeVisible();
  await page.screenshot({ path: `${info.outputDir}/n8n-report.png` });
  await dialog.getByRole("button", { name: "Import", exact: true }).click();

  await expect(page).toHaveURL(/\/flows\/code-that-stays\/edit$/);
  await expect(page.getByText("Never published")).toBeVisible();
  await expect(node(page, "Fetch")).toBeVisible();
  await expect(page.getByRole("button", { name: "3 problems to mend", exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Publish" })).toBeDisabled();
  await page.screenshot({ path: `${info.outputDir}/n8n-draft.png` });
});

test("two workflows of one name come in together, and each becomes a flow of its own", async ({ page, demo }, info) => {
  const workflow = JSON.parse(await readFile(new URL("an-old-if.json", workflows), "utf8"));
  const files = ["one.json", "two.json"].map((name) => info.outputPath(name));
  for (const file of files) await writeFile(file, JSON.stringify({ ...workflow, name: "Twins" }));
  await signIn(page, demo);
  const dialog = await openDialog(page);
  await dialog.locator("input[type=file]").setInputFiles(files);
  await dialog.getByRole("button", { name: "Import 2 flows" }).click();
  await expect(dialog.getByRole("link", { name: "Open" })).toHaveCount(2);
  const links = await dialog.getByRole("link", { name: "Open" }).evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  expect(new Set(links).size).toBe(2);
});

test("JSON is pasted onto the page of flows, and n8n's onto the drawing", async ({ page, demo }) => {
  await signIn(page, demo);
  await paste(page.locator("body"), await readFile(new URL("an-old-if.json", workflows), "utf8"));
  const dialog = page.getByRole("dialog", { name: "Import a flow" });
  await expect(dialog.getByText("n8n: becomes a draft")).toBeVisible();
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page).toHaveURL(/\/flows\/old-if\/edit$/);
  await expect(node(page, "IF")).toBeVisible();

  await paste(page.locator("body"), await readFile(new URL("waits.json", workflows), "utf8"));
  await expect(node(page, "A while")).toBeVisible();
  const { nodes } = await draft(page, demo);
  expect(nodes.map((one: { title?: string }) => one.title)).toContain("A while");
});
