// Everything by keyboard: the command bar, the keys and changing them, search in a flow, connecting, the outline.

import type { Locator, Page } from "@playwright/test";
import { type Demo, codeReady, expect, guideFlow, importFlow, node, salesOrders, sendOrder, signIn, test } from "../support/demo.ts";

const bar = (page: Page) => page.getByRole("combobox", { name: "Go anywhere, do anything" });

async function edit(page: Page, demo: Demo, id: string): Promise<void> {
  const { flow } = await guideFlow(id, `Flow ${id}`);
  await importFlow(demo, flow);
  await signIn(page, demo);
  await page.goto(`${demo.url}/flows/${id}/edit`);
  await expect(node(page, "Create sales order")).toBeVisible();
}

/** The flow as the server keeps it. */
async function draft(page: Page, demo: Demo): Promise<any> {
  const id = new URL(page.url()).pathname.split("/")[2];
  const headers = { authorization: `Bearer ${demo.api_token}` };
  return (await (await fetch(`${demo.url}/api/v1/flows/${id}/draft`, { headers })).json()).document;
}

/** Goes on with Tab until something has the focus. It need not be there yet, and may be in an editor of its own. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  const hasFocus = () =>
    wanted.evaluateAll((all) =>
      all.some((one) => one === (one.getRootNode() as Document | ShadowRoot).activeElement),
    );
  for (let tabs = 0; tabs < TABS_MAX; tabs += 1) {
    if (await hasFocus()) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not lead to ${wanted}`);
}

/** The space bar for a moment, by the browser's own clock: held longer it pans, and a busy machine is slow to let go. */
async function tapSpace(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const bar = { key: " ", code: "Space", windowsVirtualKeyCode: 32 };
  const since = Date.now() / 1000;
  await session.send("Input.dispatchKeyEvent", { ...bar, type: "keyDown", text: " ", timestamp: since - 0.1 });
  await session.send("Input.dispatchKeyEvent", { ...bar, type: "keyUp", timestamp: since - 0.05 });
  await session.detach();
}

/** More nobody presses to get to the next field. */
const TABS_MAX = 12;

test("the command bar leads from Today to Settings and to a flow, and adds a node there", async ({ page, demo }, info) => {
  test.slow();
  const { flow } = await guideFlow("by-bar", "Tea orders");
  await importFlow(demo, flow);
  await signIn(page, demo);
  await page.goto(`${demo.url}/`);
  await expect(page.getByRole("heading", { name: "Today", level: 1 })).toBeVisible();

  await page.keyboard.press("Control+k");
  await expect(bar(page)).toBeFocused();
  await page.keyboard.type("setings");
  await expect(page.getByRole("option").first()).toContainText("Settings");
  await expect(page.getByRole("option").first()).toHaveAttribute("aria-selected", "true");
  await page.screenshot({ path: `${info.outputDir}/bar.png` });
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();

  // What was chosen last stands first; Escape gives the focus back.
  await page.getByRole("link", { name: "Runs" }).focus();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("group", { name: "Recent" }).getByRole("option")).toHaveText(["Settings"]);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("link", { name: "Runs" })).toBeFocused();

  await page.keyboard.press("Control+k");
  await page.keyboard.type("edit tea");
  await expect(page.getByRole("option", { name: "Edit Tea orders" })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(node(page, "Create sales order")).toBeVisible();

  await page.keyboard.press("Control+k");
  await page.keyboard.type("script");
  await page.screenshot({ path: `${info.outputDir}/bar-editor.png` });
  await page.getByRole("group", { name: "Add a node" }).getByRole("option", { name: /^Script/ }).waitFor();
  await page.keyboard.press("Enter");
  const added = page.locator('.kl-node[data-node="script"]');
  await expect(added).toBeFocused();

  // An action of the editor, and an order by its key.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("undo");
  await page.keyboard.press("Enter");
  await expect(added).toHaveCount(0);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("NOT-THERE-77");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Order NOT-THERE-77" })).toBeVisible();
});

test("language and theme are switched from the command bar", async ({ page, demo }, info) => {
  await signIn(page, demo);
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
  await page.keyboard.type("theme dark");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
  await page.keyboard.type("ไทย");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "โฟลว์", level: 1 })).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "ไปที่หน้าใด หรือสั่งงานใดก็ได้" })).toBeFocused();
  await page.screenshot({ path: `${info.outputDir}/bar-thai-dark.png` });
  await page.keyboard.type("connections");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "การเชื่อมต่อ", level: 1 })).toBeVisible();
});

test("a shortcut is found, given another key, told of in a conflict, and given back", async ({ page, demo }, info) => {
  await edit(page, demo, "other-keys");
  await page.keyboard.press("?");
  const keys = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(keys.getByRole("searchbox", { name: "Search shortcuts" })).toBeFocused();
  await page.screenshot({ path: `${info.outputDir}/keys.png` });
  await page.keyboard.type("duplicate");
  await tabTo(page, keys.getByRole("button", { name: "Change the key of Duplicate" }));
  await page.keyboard.press("Enter");
  await expect(keys.getByRole("button", { name: /^Press the new key/ })).toBeFocused();
  await page.keyboard.press("Control+g");
  await expect(keys.getByRole("alert")).toContainText("Ctrl+G is the key of");
  await page.screenshot({ path: `${info.outputDir}/keys-conflict.png` });
  await page.keyboard.press("Alt+q");
  await expect(keys.getByRole("status")).toContainText("Duplicate has the key Alt+Q now");
  await page.keyboard.press("Escape");
  await expect(keys).toBeHidden();

  await page.reload();
  await node(page, "To sales order").focus();
  await page.keyboard.press("Control+d");
  await page.keyboard.press("Alt+q");
  await expect(page.locator(".kl-node")).toHaveCount(4);

  await page.goto(`${demo.url}/settings/keys`);
  await expect(page.getByRole("heading", { name: "Keyboard shortcuts", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "All as before" }).click();
  const row = page.getByRole("listitem").filter({ hasText: "Duplicate" });
  await expect(row.locator("kbd")).toHaveText(["Ctrl", "D"]);
});

test("a text is found in the flow, one place after the other", async ({ page, demo }, info) => {
  await edit(page, demo, "found");
  await page.keyboard.press("Control+f");
  const field = page.getByRole("textbox", { name: "Search in this flow" });
  await expect(field).toBeFocused();
  await page.keyboard.type("shipping");
  const search = page.getByRole("search").filter({ has: field });
  await expect(search.getByText("1 of 2")).toBeVisible();
  await expect(search.getByText("To sales order")).toBeVisible();
  await expect(search.getByText("Script", { exact: true })).toBeVisible();
  await page.screenshot({ path: `${info.outputDir}/search.png` });
  await page.keyboard.press("Enter");
  await expect(search.getByText("2 of 2")).toBeVisible();
  await expect(search.getByText("note", { exact: true })).toBeVisible();
  await page.keyboard.press("Shift+Enter");
  await expect(search.getByText("1 of 2")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(node(page, "To sales order")).toBeFocused();
});

test("nodes are renamed, connected, replaced and chosen along the edges by keys", async ({ page, demo }, info) => {
  await edit(page, demo, "hands-off");
  const map = node(page, "To sales order");
  await map.focus();
  await page.keyboard.press("F2");
  await expect(page.getByRole("textbox", { name: "Name of To sales order" })).toBeFocused();
  await page.screenshot({ path: `${info.outputDir}/rename.png` });
  await page.keyboard.type("Translate");
  await page.keyboard.press("Enter");
  await expect(node(page, "Translate")).toBeFocused();
  await tapSpace(page);
  await expect(page.getByRole("textbox", { name: "Name of Translate", exact: true })).toHaveValue("Translate");
  await page.keyboard.type("Never");
  await page.keyboard.press("Escape");
  await expect(node(page, "Translate")).toBeFocused();

  // The error of the script leads to a new node: first the way out, then the target.
  await page.keyboard.press("c");
  const asked = page.getByRole("dialog").getByRole("combobox");
  await expect(asked).toBeFocused();
  await page.keyboard.type("error");
  await page.keyboard.press("Enter");
  const list = page.getByRole("listbox");
  await expect(list.getByRole("option", { name: /Order created/ })).toHaveAttribute("aria-disabled", "true");
  await page.screenshot({ path: `${info.outputDir}/connect.png` });
  await expect(asked).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("[data-said]")).toContainText("Connected to");
  await page.keyboard.press("Control+z");

  // Upstream of the last one are all three.
  await node(page, "Create sales order").focus();
  await page.keyboard.press("Shift+ArrowLeft");
  await expect(page.locator('.kl-node[aria-pressed="true"]')).toHaveCount(3);
  await page.keyboard.press("Escape");

  await node(page, "Create sales order").focus();
  await page.keyboard.press("Alt+ArrowDown");
  await expect(page.locator("[data-said]")).toContainText("1 moved");
  await page.keyboard.press("r");
  await expect(page.getByText("Choose what comes in its place")).toBeVisible();
  await expect(page.getByRole("searchbox", { name: "Search nodes" })).toBeFocused();
  await page.keyboard.type("set a value");
  await page.keyboard.press("Enter");
  await expect(node(page, "Set a value")).toBeFocused();
  const kept = async () => {
    const { nodes, edges } = await draft(page, demo);
    return { edges: edges.length, replaced: nodes.filter((one: any) => one.use === "core/set").length };
  };
  await expect.poll(kept).toEqual({ edges: 2, replaced: 1 });
});

test("the outline does what the drawing does", async ({ page, demo }, info) => {
  await edit(page, demo, "as-list");
  await node(page, "Order created").focus();
  await page.keyboard.press("Shift+O");
  const rows = page.getByRole("list", { name: "Outline" }).getByRole("listitem");
  await expect(rows).toHaveCount(3);
  const row = (id: string) => page.locator(`.kl-outline [data-node="${id}"]`);
  await expect(row("ordered")).toBeFocused();
  await page.screenshot({ path: `${info.outputDir}/outline.png` });
  await page.keyboard.press("ArrowDown");
  await expect(row("map")).toBeFocused();
  await page.keyboard.press("F2");
  await expect(page.getByRole("textbox", { name: "Name of To sales order" })).toBeFocused();
  await page.keyboard.type("Translate");
  await page.keyboard.press("Enter");
  await expect(row("map")).toBeFocused();
  await page.keyboard.press("Alt+Shift+ArrowDown");
  await expect(rows.nth(2)).toContainText("Translate");
  await page.keyboard.press("Delete");
  await expect(rows).toHaveCount(2);
  await page.keyboard.press("Control+z");
  await expect(rows).toHaveCount(3);
  await page.keyboard.press("Shift+O");
  await expect(node(page, "Translate")).toBeVisible();
});

test("systems open and close in the palette", async ({ page, demo }, info) => {
  await edit(page, demo, "shelf");
  const palette = page.getByRole("complementary", { name: "Nodes to add" });
  await page.keyboard.press("/");
  await expect(palette.getByRole("searchbox")).toBeFocused();
  const shop = palette.getByRole("button", { name: /^Shopify/ });
  for (let steps = 0; steps < 60; steps += 1) {
    if (await shop.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("ArrowRight");
  await expect(shop).toHaveAttribute("aria-expanded", "true");
  await page.screenshot({ path: `${info.outputDir}/palette.png` });
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowLeft");
  await expect(shop).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(shop).toHaveAttribute("aria-expanded", "false");
});

/** The same numbers each time. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % sides;
  };
}

test("a hundred edits by keys are taken back and made again to the letter", async ({ page, demo }) => {
  test.setTimeout(600_000);
  await edit(page, demo, "hundred");
  const roll = dice(20_261_126);
  const add = async (what: string) => {
    await page.keyboard.press("n");
    await page.keyboard.type(what);
    await page.keyboard.press("Enter");
    await expect(page.locator(".kl-node:focus")).toBeVisible();
  };
  const rename = async (name: string) => {
    await page.keyboard.press("F2");
    await expect(page.locator("input:focus")).toBeVisible();
    await page.keyboard.type(name);
    await page.keyboard.press("Enter");
  };
  const edits = [
    () => add("script"),
    () => add("set a value"),
    () => page.keyboard.press("d"),
    () => page.keyboard.press("Control+d"),
    () => page.keyboard.press("Alt+ArrowDown"),
    () => page.keyboard.press("Alt+ArrowRight"),
    () => page.keyboard.press("Alt+Shift+t"),
    () => page.keyboard.press("Delete"),
    () => rename(`Name ${roll(1000)}`),
  ];
  const before = await page.locator(".kl-node").count();
  const start = await draft(page, demo);
  for (let done = 0; done < 100; done += 1) {
    const nodes = page.locator(".kl-node");
    const many = await nodes.count();
    if (many > 0) await nodes.nth(roll(many)).focus();
    const kind = many < 3 ? roll(2) : roll(edits.length);
    await edits[kind]();
  }
  await add("script");
  await rename("The last one");
  let end: any;
  await expect.poll(async () => {
    end = await draft(page, demo);
    return end.nodes.some((one: any) => one.title === "The last one");
  }).toBe(true);
  const undo = page.getByRole("button", { name: "Undo" });
  const redo = page.getByRole("button", { name: "Redo" });
  while (await undo.isEnabled()) await page.keyboard.press("Control+z");
  await expect(page.locator(".kl-node")).toHaveCount(before);
  await expect.poll(() => draft(page, demo)).toEqual(start);
  while (await redo.isEnabled()) await page.keyboard.press("Control+Shift+z");
  await expect.poll(() => draft(page, demo)).toEqual(end);
});

test("letters that come before the next frame go where they were meant to", async ({ page, demo }) => {
  // A page whose frames are slow, as on an old tablet.
  await page.addInitScript(() => {
    const frame = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (then) => frame(() => setTimeout(() => then(performance.now()), 400)) as any;
  });
  await edit(page, demo, "slow-frames");
  const nodes = page.locator(".kl-node");
  const before = await nodes.count();
  await node(page, "To sales order").focus();
  await page.keyboard.press("Control+d");
  await page.keyboard.press("n");
  await page.keyboard.type("script", { delay: 100 });
  await expect(page.getByRole("searchbox", { name: "Search nodes" })).toHaveValue("script");
  await page.keyboard.press("Enter");
  await expect(nodes).toHaveCount(before + 2);
});

test("what is typed before the command bar is there is not lost", async ({ page, demo }) => {
  await signIn(page, demo);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("setings");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("runss");
  await page.keyboard.press("Backspace");
  await expect(bar(page)).toHaveValue("runs");
});

test("edges are reached, walked along, opened and deleted by keys", async ({ page, demo }) => {
  await edit(page, demo, "by-edges");
  await node(page, "Order created").focus();
  await page.keyboard.press("Tab");
  const first = page.getByRole("button", { name: "Edge from Order created to To sales order" });
  await expect(first).toBeFocused();
  await expect(first).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("ArrowRight");
  await expect(node(page, "To sales order")).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowLeft");
  await expect(node(page, "To sales order")).toBeFocused();
  await page.keyboard.press("k");
  await expect(node(page, "Order created")).toBeFocused();
  await page.keyboard.press("Tab");

  // Enter leads to what can be done with it, and Escape back.
  await page.keyboard.press("Enter");
  await expect(page.getByRole("complementary", { name: "Set-up" }).getByRole("button").first()).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(first).toBeFocused();
  await page.keyboard.press("Delete");
  await expect(first).toHaveCount(0);
  await expect(node(page, "Order created")).toBeFocused();
  await expect.poll(async () => (await draft(page, demo)).edges.length).toBe(1);
});

test("a deleted node leaves the focus where it led from, and is told by name", async ({ page, demo }) => {
  await edit(page, demo, "gone");
  await node(page, "To sales order").focus();
  await page.keyboard.press("Delete");
  await expect(node(page, "Order created")).toBeFocused();
  await expect(page.locator("[data-said]")).toContainText("Deleted: To sales order");
  await page.keyboard.press("Delete");
  await expect(node(page, "Create sales order")).toBeFocused();
});

test("F6 goes from part to part, Tab stops once at the palette and once at the nodes", async ({ page, demo }) => {
  await edit(page, demo, "parts");
  const palette = page.getByRole("complementary", { name: "Nodes to add" });
  const search = palette.getByRole("searchbox");
  await node(page, "To sales order").focus();
  await page.keyboard.press("Shift+F6");
  await expect(search).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(node(page, "To sales order")).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(search).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(palette.getByRole("button").first()).toBeFocused();
  await page.keyboard.press("F6");
  await expect(node(page, "To sales order")).toBeFocused();

  // Straight into the first field, and back.
  const script = page.getByLabel("Script", { exact: true });
  await codeReady(script);
  await page.keyboard.press("Shift+F");
  await expect(script).toBeFocused();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(node(page, "To sales order")).toBeFocused();
});

test("menus tell the keys of their entries, also where somebody has changed one", async ({ page, demo }, info) => {
  await edit(page, demo, "menu-keys");
  await page.keyboard.press("?");
  const keys = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(keys.getByRole("searchbox", { name: "Search shortcuts" })).toBeFocused();
  await page.keyboard.type("duplicate");
  await tabTo(page, keys.getByRole("button", { name: "Change the key of Duplicate" }));
  await page.keyboard.press("Enter");
  await expect(keys.getByRole("button", { name: /^Press the new key/ })).toBeFocused();
  await page.keyboard.press("Alt+q");
  // The first Escape may still be for the key that is being asked for.
  await expect(async () => {
    await page.keyboard.press("Escape");
    await expect(keys).toBeHidden({ timeout: 2_000 });
  }).toPass();
  await node(page, "To sales order").focus();
  await page.keyboard.press("Shift+F10");
  const entry = (name: string) => page.getByRole("menu").getByRole("menuitem", { name, exact: true });
  await expect(entry("Duplicate")).toHaveAttribute("aria-keyshortcuts", "Alt+Q");
  await expect(entry("Duplicate").locator("kbd")).toHaveText("Alt+Q");
  await expect(entry("Copy")).toHaveAttribute("aria-keyshortcuts", "Control+C");
  await expect(entry("Delete").locator("kbd")).toHaveText("Del");
  await page.screenshot({ path: `${info.outputDir}/menu-keys.png` });
});

test("new order → ERP is built from nothing with the keyboard alone, and an order arrives", async ({ page, context, demo }) => {
  test.slow();
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { flow, order } = await guideFlow("unused", "unused");
  await signIn(page, demo);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("new flow");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Name of the flow")).toBeFocused();
  await page.keyboard.type("New order to ERP");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Never published")).toBeVisible();

  const setup = page.getByRole("complementary", { name: "Set-up" });
  const add = async (what: string, title: string) => {
    await page.keyboard.press("n");
    await page.keyboard.type(what);
    await page.keyboard.press("Enter");
    await expect(node(page, title)).toBeFocused();
  };
  /** From the node to the first of its fields. */
  const toSetup = async (field: Locator) => {
    await page.keyboard.press("Shift+F");
    await expect(field).toBeFocused();
  };
  /** Escape closes what is open first, then lets go of a script, then leads back. */
  const back = async (title: string) => {
    await expect(async () => {
      await page.keyboard.press("Escape");
      await expect(node(page, title)).toBeFocused({ timeout: 1000 });
    }).toPass();
  };
  const connection = setup.getByLabel("Connection", { exact: true });
  const connect = async (name: string) => {
    await toSetup(connection);
    await expect(connection.getByRole("option", { name, exact: true })).toBeAttached();
    await page.keyboard.type(name);
    await expect(connection).toHaveValue(name);
  };

  await add("order created", "Order created");
  await connect("shop");
  await tabTo(page, setup.getByLabel("Path", { exact: true }));
  await page.keyboard.press("Control+a");
  await page.keyboard.type("by-keyboard");
  await back("Order created");

  // The script is copied from the guide.
  await add("script", "Script");
  const script = setup.getByLabel("Script", { exact: true });
  await codeReady(script);
  await toSetup(script);
  await page.evaluate((text) => navigator.clipboard.writeText(text), flow.nodes[1].with.script);
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+v");
  await expect(script).toContainText("reference: id_of(input.id)");
  await back("Script");

  await add("create a sales order", "Create a sales order");
  await connect("erp");
  const field = setup.getByLabel("Order", { exact: true });
  await tabTo(page, field);
  // Computed: what comes in.
  await page.keyboard.press("=");
  await codeReady(field);
  await expect(field).toBeFocused();
  await page.keyboard.type("input");
  await expect(page.getByRole("button", { name: /problems? to mend/ })).toHaveCount(0);
  await back("Create a sales order");

  await expect(page.getByRole("button", { name: "Publish" })).toBeEnabled();
  await page.keyboard.press("Shift+P");
  await expect(page.getByText("Live v1")).toBeVisible();

  const first = order();
  expect(await sendOrder(demo, "by-keyboard", first)).toBe(202);
  await expect.poll(async () => (await salesOrders(demo, first)).length).toBe(1);
});
