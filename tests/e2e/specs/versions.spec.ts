// Drafts of two people put together, versions compared, and the way back to one.

import type { Page } from "@playwright/test";
import { type Demo, codeReady, expect, importFlow, node, signIn, test } from "../support/demo.ts";

function flow(id: string, script = "1"): object {
  return {
    khlong: 1,
    id,
    name: `Flow ${id}`,
    nodes: [
      { id: "in", title: "Order in", use: "core/webhook", with: { path: id } },
      { id: "a", title: "First", use: "core/script", with: { script } },
      { id: "b", title: "Second", use: "core/script", with: { script: "2" } },
    ],
    edges: [
      { from: "in", to: "a" },
      { from: "a", to: "b" },
    ],
    layout: { in: [0, 0], a: [280, 0], b: [560, 0] },
    notes: [{ id: "why", text: "Ask Nok first", at: [0, 200], size: [200, 100] }],
  };
}

async function edit(page: Page, demo: Demo, id: string): Promise<void> {
  await signIn(page, demo);
  await page.goto(`${demo.url}/flows/${id}/edit`);
  await expect(node(page, "First")).toBeVisible();
}

const script = (page: Page) => page.getByLabel("Script", { exact: true });

async function write(page: Page, title: string, text: string): Promise<void> {
  await node(page, title).click();
  await codeReady(script(page));
  await script(page).fill(text);
}

/** Every ten seconds a window says here that it is open, and hears what others have saved. */
const EDITING = /\/editing$/;
/** Two windows, one after the other, with time to spare. */
const HEARD_MS = 90_000;

const saved = (page: Page) => page.locator('[data-saving="saved"]');

test("what two people change in different places is put together", async ({ page, demo, browser }) => {
  await importFlow(demo, flow("merge-apart"));
  const other = await (await browser.newContext()).newPage();
  // Else it may hear of the other's change before it makes its own.
  await other.route(EDITING, (route) => route.abort());
  await edit(page, demo, "merge-apart");
  await edit(other, demo, "merge-apart");
  await write(page, "First", "10");
  await expect(saved(page)).toBeVisible();
  await write(other, "Second", "20");
  await expect(other.getByText(/Merged/)).toBeVisible();
  await other.unroute(EDITING);
  await expect(saved(other)).toBeVisible();
  await node(other, "First").click();
  await expect(script(other)).toHaveText("10");

  // The first hears of it without doing anything, and who it is.
  await node(page, "Second").click();
  await expect(script(page)).toHaveText("20", { timeout: HEARD_MS });
  await expect(page.getByText(/Also open/).first()).toBeVisible({ timeout: HEARD_MS });
  await other.close();
});

test("a version that went live meanwhile is only replaced when somebody says so", async ({ page, demo }) => {
  await importFlow(demo, flow("publish-over"));
  await edit(page, demo, "publish-over");
  await write(page, "First", "10");
  await expect(saved(page)).toBeVisible();
  await importFlow(demo, flow("publish-over", "99"));
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  const asked = page.getByRole("dialog", { name: "Publish over it" });
  await expect(asked.getByText(/^Version 2 went live/)).toBeVisible();
  await asked.getByRole("button", { name: "Publish over it" }).click();
  await expect(page.getByText("Live v3")).toBeVisible();
});

test("what both have changed is asked about, and nothing is lost", async ({ page, demo, browser }, info) => {
  await importFlow(demo, flow("merge-same"));
  const other = await (await browser.newContext()).newPage();
  // Else it may hear of the other's change before it makes its own.
  await other.route(EDITING, (route) => route.abort());
  await edit(page, demo, "merge-same");
  await edit(other, demo, "merge-same");
  await write(page, "First", "10");
  await expect(saved(page)).toBeVisible();
  await write(other, "First", "7");
  const asked = other.getByRole("alert", { name: "Two have changed the same" });
  await expect(asked).toContainText("Both of you have changed 1 thing.");
  await expect(asked).toContainText("First, Script");
  await other.screenshot({ path: `${info.outputDir}/conflict.png` });
  await asked.getByRole("radio", { name: /Theirs/ }).check();
  await asked.getByRole("button", { name: "Take what is chosen" }).click();
  await expect(asked).toHaveCount(0);
  await node(other, "First").click();
  await expect(script(other)).toHaveText("10");
  await expect(saved(other)).toBeVisible();
  // One's own is an undo away.
  await node(other, "First").focus();
  await other.keyboard.press("Control+z");
  await expect(script(other)).toHaveText("7");
  await other.close();
});

test("what was typed last is saved for whoever leaves the page at once, and the next flow is another one", async ({ page, demo }) => {
  await importFlow(demo, flow("left-at-once"));
  await importFlow(demo, { ...flow("next-one"), name: "The other one" });
  await edit(page, demo, "left-at-once");
  await write(page, "First", "10");
  // From one flow's editor straight into another's.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("edit the other one");
  await expect(page.getByRole("option", { name: "Edit The other one", exact: true })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/next-one/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("The other one");
  await node(page, "First").click();
  await expect(script(page)).toHaveText("1");

  const headers = { authorization: `Bearer ${demo.api_token}` };
  const kept = async (id: string) => (await (await fetch(`${demo.url}/api/v1/flows/${id}/draft`, { headers })).json()).document;
  await expect.poll(async () => (await kept("left-at-once")).nodes[1].with.script).toBe("10");
  expect((await kept("next-one")).nodes[1].with.script).toBe("1");
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Flow left-at-once");
  await node(page, "First").click();
  await expect(script(page)).toHaveText("10");
});

test("a draft that the server refuses says why, and is saved once that is over", async ({ page, demo }) => {
  await importFlow(demo, flow("refused-draft"));
  await edit(page, demo, "refused-draft");
  const saves = /\/flows\/refused-draft\/draft$/;
  const full = { code: "E0440", message: "there is no room on the disk", advice: "Make room." };
  await page.route(saves, (route) => (route.request().method() === "PUT" ? route.fulfill({ status: 507, json: full }) : route.fallback()));
  await write(page, "First", "10");
  await expect(page.locator('[data-saving="refused"]')).toBeVisible();
  await expect(page.getByText("there is no room on the disk")).toBeVisible();
  await page.unroute(saves);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(saved(page)).toBeVisible();
});

test("versions are compared and rolled back", async ({ page, demo }, info) => {
  await importFlow(demo, flow("rolled"));
  await importFlow(demo, flow("rolled", "1 + 1"));
  await edit(page, demo, "rolled");
  await expect(page.getByText("Live v2")).toBeVisible();
  await write(page, "Second", "22");
  await expect(page.getByText("Draft, 1 change", { exact: true })).toBeVisible();

  await page.getByRole("link", { name: "Live v2" }).click();
  const list = page.getByRole("list", { name: "All versions, the newest first" });
  await expect(list.getByRole("button")).toHaveCount(3);
  await expect(list.getByRole("button").first()).toContainText("1 node changed");
  await expect(node(page, "Second")).toHaveAttribute("data-state", "changed");
  await page.screenshot({ path: `${info.outputDir}/versions.png` });

  await list.getByRole("button", { name: /^v2/ }).click();
  await expect(node(page, "First")).toHaveAttribute("data-state", "changed");
  // What is looked at can be sent to somebody.
  await expect(page).toHaveURL(/show=v2/);
  await page.reload();
  await expect(list.getByRole("button", { name: /^v2/ })).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("tab", { name: "JSON" }).click();
  const json = page.getByRole("region", { name: "JSON" });
  await expect(json.locator('[data-diff="added"]')).toContainText("1 + 1");
  await page.screenshot({ path: `${info.outputDir}/versions-json.png` });
  await page.getByRole("tab", { name: "In words" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "First Changed" })).toContainText("Script");

  await list.getByRole("button", { name: /^v1/ }).click();
  await page.getByRole("link", { name: "Make it the draft" }).click();
  await node(page, "First").click();
  await expect(script(page)).toHaveText("1");
  await expect(saved(page)).toBeVisible();
  await expect(page).toHaveURL(/\/flows\/rolled\/edit$/);
  // What lies around the nodes was never part of a version.
  await expect(page.getByText("Ask Nok first")).toBeVisible();
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await expect(page.getByText("Live v3")).toBeVisible();
});

test("a flow is taken out of service from the editor", async ({ page, demo }) => {
  await importFlow(demo, flow("stopped"));
  await edit(page, demo, "stopped");
  await node(page, "First").focus();
  await page.keyboard.press("Control+u");
  await page.getByRole("dialog").getByRole("button", { name: /^Pause/ }).click();
  await expect(page.getByText("Out of service", { exact: true })).toBeVisible();
  const answer = await fetch(`${demo.url}/hooks/stopped`, { method: "POST", body: "{}" });
  expect(answer.status).toBe(503);
});
