// A flow is built from nothing: with the mouse, and with the keyboard alone.

import type { Page } from "@playwright/test";
import { atRest, codeReady, expect, guideFlow, importFlow, node, signIn, test } from "../support/demo.ts";

async function begin(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "New flow" }).click();
  await page.getByLabel("Name of the flow").fill(name);
  await page.getByRole("button", { name: "Create" }).click();
  await expect(page.getByText("Never published")).toBeVisible();
}

/** Drags from one point of the page to another, as a hand does. */
async function drag(page: Page, from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
}

async function middle(page: Page, title: string, port?: string): Promise<{ x: number; y: number }> {
  const found = node(page, title);
  const part = port ? found.locator(`.kl-port[data-kind="${port}"]`) : found;
  const box = await atRest(part);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

test("a flow is built with the mouse, mended where it says so, and published", async ({ page, demo }, info) => {
  await signIn(page, demo);
  await begin(page, "Greeting");
  const palette = page.getByRole("complementary", { name: "Nodes to add" });
  await palette.getByRole("button", { name: /^Webhook/ }).click();
  await expect(node(page, "Webhook")).toBeVisible();
  await page.getByLabel("Path").fill("greeting");

  // Drawn out of the webhook's way out and let go over nothing, an edge asks what comes next.
  const out = await middle(page, "Webhook", "out");
  await drag(page, out, { x: out.x + 180, y: out.y });
  await expect(palette.getByText("Choose what comes next")).toBeVisible();
  await palette.getByRole("button", { name: /^Script/ }).click();
  await expect(node(page, "Script")).toBeVisible();
  await page.screenshot({ path: `${info.outputDir}/editor-wrong.png` });
  await expect(page.getByRole("button", { name: "1 problem to mend", exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Publish" })).toBeDisabled();

  const script = page.getByLabel("Script", { exact: true });
  await codeReady(script);
  await script.fill('#{ text: `สวัสดี ${input.name}` }');
  await expect(page.getByText("Draft, saved")).toBeVisible();

  // What comes of it is shown before anything is sent.
  await node(page, "Webhook").click();
  await page.getByLabel("Example event").fill('{"body": {"name": "Somchai"}}');
  await node(page, "Script").click();
  await expect(page.getByRole("region", { name: "Output (out)" }).getByText("สวัสดี Somchai")).toBeVisible();
  await expect(page.getByText("Draft, saved")).toBeVisible();
  await page.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByText("Live v1")).toBeVisible();
  await page.screenshot({ path: `${info.outputDir}/editor-live.png` });
});

test("a flow is built without a mouse", async ({ page, demo }) => {
  await signIn(page, demo);
  await page.getByRole("button", { name: "New flow" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Name of the flow")).toBeFocused();
  await page.keyboard.type("By keys");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Never published")).toBeVisible();
  await page.keyboard.press("n");
  await page.keyboard.type("webhook");
  await page.keyboard.press("Enter");
  await expect(node(page, "Webhook")).toBeFocused();
  await page.keyboard.press("n");
  await page.keyboard.type("script");
  await page.keyboard.press("Enter");
  await expect(node(page, "Script")).toBeFocused();
  await expect(page.getByRole("button", { name: "2 problems to mend", exact: true })).toBeVisible();
  await page.keyboard.press("Control+z");
  await expect(node(page, "Script")).toHaveCount(0);
  await page.keyboard.press("Control+Shift+z");
  await expect(node(page, "Script")).toBeVisible();
});

test("what is set in a step follows the flow, and the flow what is set", async ({ page, demo }) => {
  await signIn(page, demo);
  await begin(page, "Kept");
  await page.getByRole("complementary", { name: "Nodes to add" }).getByRole("button", { name: /^Webhook/ }).click();
  const event = page.getByLabel("Example event");
  await event.fill('{"name": "Somchai"}');
  await expect(page.getByText("Draft, saved")).toBeVisible();

  // Half of a JSON text stays where it is typed, and says so; the flow keeps what could be read.
  await event.fill('{"name": ');
  await expect(page.getByText(/not JSON/i)).toBeVisible();
  await page.reload();
  await node(page, "Webhook").click();
  await expect(event).toHaveValue(/Somchai/);

  await page.getByRole("tab", { name: "Notes" }).click();
  const off = page.getByRole("switch", { name: "Switched off" });
  await off.click();
  await expect(node(page, "Webhook")).toHaveAttribute("data-disabled", "");
  await node(page, "Webhook").click();
  await page.keyboard.press("Control+z");
  await expect(node(page, "Webhook")).not.toHaveAttribute("data-disabled");
  await expect(off).not.toBeChecked();
});

test("what was changed a moment before the editor is left is saved, and what cannot be sent is told", async ({ page, demo }) => {
  await importFlow(demo, (await guideFlow("left", "To be left")).flow);
  await signIn(page, demo);
  const kept = async () => {
    const headers = { authorization: `Bearer ${demo.api_token}` };
    return (await (await fetch(`${demo.url}/api/v1/flows/left/draft`, { headers })).json()).document.name;
  };
  const leave = async (name: string) => {
    await page.goto(`${demo.url}/flows/left/edit`);
    await page.getByLabel("Name of the flow").fill(name);
    await page.getByRole("link", { name: "Flows" }).first().click();
    await expect(page.getByRole("heading", { name: "Flows", level: 1 })).toBeVisible();
  };
  await leave("Left at once");
  await expect.poll(kept).toBe("Left at once");

  // Without the server the change stays in this browser, which says so, and it is there when one comes back.
  await page.route("**/api/v1/flows/left/draft", (route) =>
    route.request().method() === "PUT" ? route.abort() : route.continue(),
  );
  await page.goto(`${demo.url}/flows/left/edit`);
  await page.getByLabel("Name of the flow").fill("Left offline");
  await expect(page.getByText("Offline: kept in this browser")).toBeVisible();
  await page.getByRole("link", { name: "Flows" }).first().click();
  await expect(page.getByText("Your changes of “Left offline” are not saved on the server.")).toBeVisible();
  expect(await kept()).toBe("Left at once");
  await page.unroute("**/api/v1/flows/left/draft");
  await page.goto(`${demo.url}/flows/left/edit`);
  await expect(page.getByLabel("Name of the flow")).toHaveValue("Left offline");
  await expect.poll(kept).toBe("Left offline");
});
