// What people do on the drawing besides nodes and edges: notes, groups, menus, and what is offered under the pointer.

import type { Locator, Page } from "@playwright/test";
import { type Demo, atRest, expect, importFlow, node, signIn, test } from "../support/demo.ts";

/** `Order in → Total → Note it`, and a step that stands alone below them. */
function drawn(id: string): object {
  return {
    khlong: 1,
    id,
    name: `Drawn ${id}`,
    nodes: [
      { id: "in", title: "Order in", use: "core/webhook", with: { path: id } },
      { id: "total", title: "Total", use: "core/script", with: { script: "input" } },
      { id: "end", title: "Note it", use: "core/set", with: { value: "${input}" } },
      { id: "alone", title: "Alone", use: "core/set", with: { value: "1" } },
    ],
    edges: [
      { from: "in", to: "total" },
      { from: "total", to: "end" },
    ],
    layout: { in: [0, 0], total: [300, 0], end: [600, 0], alone: [300, 240] },
  };
}

async function open(page: Page, demo: Demo, id: string, flow: object = drawn(id)): Promise<void> {
  await importFlow(demo, flow);
  await signIn(page, demo);
  await page.goto(`${demo.url}/flows/${id}/edit`);
  await expect(node(page, "Order in")).toBeVisible();
}

interface Place {
  x: number;
  y: number;
}

async function middle(part: Locator): Promise<Place> {
  const box = await atRest(part);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** The point of the drawing half way between two nodes. */
async function between(page: Page, from: string, to: string): Promise<Place> {
  const [a, b] = [await atRest(node(page, from)), await atRest(node(page, to))];
  return { x: (a.x + a.width + b.x) / 2, y: a.y + a.height / 2 };
}

async function drag(page: Page, from: Place, to: Place): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
}

const menu = (page: Page) => page.getByRole("menu");
const edges = (page: Page) => page.locator(".kl-edges path[d]:not(.kl-wire, .kl-front)");

test("a note is laid down, written, painted, made larger, and is there for readers", async ({ page, demo }, info) => {
  await open(page, demo, "canvas-note");
  await page.mouse.move(700, 500);
  await page.keyboard.press("Shift+S");
  const note = page.getByRole("note");
  // The panel beside the drawing has the text, too.
  const text = note.getByRole("textbox", { name: "Text of the note" });
  await expect(text).toBeFocused();
  await page.keyboard.type("**Pilot.** Staff key orders by hand\n- until Friday\nSee https://shop.example/orders");
  await page.keyboard.press("Escape");
  await expect(note.locator("strong")).toHaveText("Pilot.");
  await expect(note.getByRole("listitem")).toHaveText("until Friday");
  await expect(note.getByRole("link")).toHaveAttribute("href", "https://shop.example/orders");
  await expect(note).toBeFocused();

  await note.click({ button: "right", position: { x: 100, y: 120 } });
  await menu(page).getByRole("menuitemradio", { name: "Blue" }).click();
  await expect(note).toHaveAttribute("data-colour", "blue");

  const before = await atRest(note);
  const rim = { x: before.x + before.width - 3, y: before.y + before.height / 2 };
  await drag(page, rim, { x: rim.x + 120, y: rim.y });
  await page.mouse.up();
  await expect.poll(async () => (await note.boundingBox())!.width).toBeGreaterThan(before.width + 80);
  await page.screenshot({ path: `${info.outputDir}/note.png` });

  // What was typed is one step, what was painted and what was drawn are one each.
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await expect(note).toHaveAttribute("data-colour", "yellow");
  await page.keyboard.press("Control+Shift+z");
  await expect(note).toHaveAttribute("data-colour", "blue");

  await note.dblclick({ position: { x: 100, y: 120 } });
  await expect(text).toBeFocused();
  await page.keyboard.press("Control+End");
  await page.keyboard.type(" today");
  await page.keyboard.press("Escape");
  await expect(page.locator('[data-saving="saved"]')).toBeVisible();
  await page.reload();
  await expect(note).toContainText("today");
});

test("nodes are grouped, named, folded, and ungrouped by one of them", async ({ page, demo }, info) => {
  await open(page, demo, "canvas-group");
  await node(page, "Total").click();
  await node(page, "Note it").click({ modifiers: ["Control"] });
  await page.keyboard.press("Control+g");
  const group = page.getByRole("group", { name: "Group" });
  await expect(group).toBeVisible();
  await page.getByLabel("Name of the group").fill("To the books");
  await page.getByLabel("What it is for").fill("x".repeat(200));
  const books = page.getByRole("group", { name: "To the books" });
  await expect(books.locator("small")).toHaveText("x".repeat(145));
  await page.getByLabel("What it is for").fill("Adds up and remembers");

  await books.getByRole("button", { name: "Fold this group" }).click();
  await expect(node(page, "Total")).toHaveCount(0);
  await expect(books).toContainText("2 nodes");
  await page.screenshot({ path: `${info.outputDir}/folded.png` });
  await page.keyboard.press("Alt+g");
  await expect(node(page, "Total")).toBeVisible();
  await page.screenshot({ path: `${info.outputDir}/group.png` });

  await node(page, "Total").click();
  await page.keyboard.press("Control+Shift+G");
  await expect(books).toHaveCount(0);
  await expect(node(page, "Total")).toBeVisible();
});

test("each thing has its menu, by mouse and by keys, and gives the focus back", async ({ page, demo }, info) => {
  await open(page, demo, "canvas-menu");
  await node(page, "Total").focus();
  await page.keyboard.press("Shift+F10");
  await expect(menu(page).getByRole("menuitem", { name: "Open" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(menu(page).getByRole("menuitem", { name: "Test up to here" })).toBeFocused();
  await page.screenshot({ path: `${info.outputDir}/menu.png` });
  await page.keyboard.press("Escape");
  await expect(menu(page)).toHaveCount(0);
  await expect(node(page, "Total")).toBeFocused();

  // By its first letters.
  await page.keyboard.press("ContextMenu");
  await expect(menu(page).getByRole("menuitem", { name: "Open" })).toBeFocused();
  await page.keyboard.press("s");
  await expect(menu(page).getByRole("menuitem", { name: "Switch off or on" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(node(page, "Total")).toHaveAttribute("data-disabled", "");

  await page.mouse.click(700, 620, { button: "right" });
  await expect(menu(page).getByRole("menuitem", { name: "Add a note" })).toBeVisible();
  await menu(page).getByRole("menuitem", { name: "Choose everything" }).click();
  await expect(node(page, "Alone")).toHaveAttribute("aria-pressed", "true");
  await node(page, "Alone").click({ button: "right" });
  await expect(menu(page).getByRole("menuitem", { name: "Align left" })).toBeVisible();
  // Beside it: the menu is long.
  await page.mouse.click(400, 150);
  await expect(menu(page)).toHaveCount(0);

  const edge = await between(page, "Order in", "Total");
  await page.mouse.click(edge.x, edge.y, { button: "right" });
  await menu(page).getByRole("menuitem", { name: "Delete" }).click();
  await expect(edges(page)).toHaveCount(1);
});

test("what is under the pointer is offered: into an edge, and on a node", async ({ page, demo }, info) => {
  await open(page, demo, "canvas-offer");
  const edge = await between(page, "Order in", "Total");
  await page.mouse.move(edge.x, edge.y);
  const offered = page.getByRole("toolbar", { name: "Edge" });
  await page.screenshot({ path: `${info.outputDir}/edge.png` });
  await offered.getByRole("button", { name: "Put a node in between" }).click();
  const palette = page.getByRole("complementary", { name: "Nodes to add" });
  await palette.getByRole("button", { name: /^Filter/ }).click();
  await expect(node(page, "Filter")).toBeVisible();
  await expect(edges(page)).toHaveCount(3);

  const bar = page.getByRole("toolbar", { name: "Alone" });
  await node(page, "Alone").hover();
  await page.screenshot({ path: `${info.outputDir}/node.png` });
  await bar.getByRole("button", { name: "More" }).click();
  await expect(menu(page).getByRole("menuitem", { name: "Replace" })).toBeVisible();
  await page.keyboard.press("Escape");
  await node(page, "Alone").hover();
  await bar.getByRole("button", { name: "Delete" }).click();
  await expect(node(page, "Alone")).toHaveCount(0);
  await page.keyboard.press("Control+z");
  await expect(node(page, "Alone")).toBeVisible();
});

test("another operation takes a node's place and keeps what it is connected to", async ({ page, demo }) => {
  await open(page, demo, "canvas-replace");
  await node(page, "Total").click({ button: "right" });
  await menu(page).getByRole("menuitem", { name: "Replace" }).click();
  const palette = page.getByRole("complementary", { name: "Nodes to add" });
  await expect(palette.getByText("Choose what comes in its place")).toBeVisible();
  await palette.getByRole("button", { name: /^Filter/ }).click();
  await expect(node(page, "Filter")).toBeVisible();
  await expect(node(page, "Total")).toHaveCount(0);
  await expect(edges(page)).toHaveCount(2);
});

test("a node let go on an edge comes in between, and the line says so before", async ({ page, demo }) => {
  await open(page, demo, "canvas-splice");
  const from = await middle(node(page, "Alone"));
  await drag(page, from, await between(page, "Order in", "Total"));
  await expect(page.locator('.kl-edges path[data-held="parting"]')).toHaveCount(1);
  await page.mouse.up();
  await expect(edges(page)).toHaveCount(3);
  await page.keyboard.press("Control+z");
  await expect(edges(page)).toHaveCount(2);
});

test("a line across edges cuts them, and where an edge may not lead is said while it is drawn", async ({ page, demo }, info) => {
  await open(page, demo, "canvas-cut");
  const port = await middle(node(page, "Note it").locator('.kl-port[data-kind="out"]'));
  const trigger = await middle(node(page, "Order in"));
  await drag(page, port, trigger);
  await expect(node(page, "Order in")).toHaveAttribute("data-target", "no");
  await expect(node(page, "Total")).toHaveAttribute("data-target", "refused");
  await expect(node(page, "Alone")).not.toHaveAttribute("data-target");
  await expect(page.getByText("A trigger starts the flow: nothing can lead to it.")).toBeVisible();
  await page.screenshot({ path: `${info.outputDir}/refused.png` });
  await page.keyboard.press("Escape");
  await page.mouse.up();
  await expect(edges(page)).toHaveCount(2);

  const edge = await between(page, "Order in", "Total");
  await page.keyboard.down("Alt");
  await drag(page, { x: edge.x, y: edge.y - 60 }, { x: edge.x, y: edge.y + 60 });
  await expect(page.locator('.kl-edges path[data-held="cut"]')).toHaveCount(1);
  await page.mouse.up();
  await page.keyboard.up("Alt");
  await expect(edges(page)).toHaveCount(1);
});

test("many are dragged as they lie, and brought into line", async ({ page, demo }) => {
  await open(page, demo, "canvas-many");
  const titles = ["Order in", "Total", "Note it", "Alone"];
  const places = () => Promise.all(titles.map((title) => middle(node(page, title))));
  const before = await places();
  await page.keyboard.press("Control+a");
  await drag(page, before[1], { x: before[1].x + 40, y: before[1].y + 60 });
  await page.mouse.up();
  await expect.poll(async () => (await places())[1].y - before[1].y).toBeGreaterThan(20);
  await expect(page.locator('[data-saving="saved"]')).toBeVisible();
  const after = await places();
  const by = { x: after[1].x - before[1].x, y: after[1].y - before[1].y };
  for (const [i, place] of after.entries()) {
    expect(Math.abs(place.x - before[i].x - by.x) + Math.abs(place.y - before[i].y - by.y)).toBeLessThan(1);
  }
  await node(page, "Alone").click({ button: "right" });
  await menu(page).getByRole("menuitem", { name: "Align at the top" }).click();
  await expect.poll(async () => new Set((await places()).map((place) => Math.round(place.y))).size).toBe(1);
});

test("a box chooses what it meets", async ({ page, demo }) => {
  await open(page, demo, "canvas-box");
  const [total, end] = [await atRest(node(page, "Total")), await atRest(node(page, "Note it"))];
  await drag(page, { x: total.x - 20, y: total.y - 40 }, { x: end.x + 20, y: end.y + end.height + 20 });
  await expect(page.locator(".kl-canvas-box")).toBeVisible();
  await page.mouse.up();
  await expect(page.locator('.kl-node[aria-pressed="true"]')).toHaveCount(2);
});

test("what is copied in one tab is pasted into another", async ({ page, context, demo }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, demo, "canvas-copied");
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+c");

  const other = await context.newPage();
  const id = "canvas-pasted";
  await importFlow(demo, { ...drawn(id), nodes: [(drawn(id) as any).nodes[0]], edges: [], layout: {} });
  await other.goto(`${demo.url}/flows/${id}/edit`);
  await expect(node(other, "Order in")).toHaveCount(1);
  await other.bringToFront();
  await other.mouse.move(700, 560);
  await other.keyboard.press("Control+v");
  await expect(node(other, "Total")).toHaveCount(1);
  await expect(edges(other)).toHaveCount(2);
  await other.close();
});

test("what is copied by the menu in one tab is pasted by the menu in another", async ({ page, context, demo }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, demo, "canvas-by-menu");
  const other = await context.newPage();
  await other.goto(page.url());
  // A tab behind another one draws no frames, and a click would wait for them.
  await other.bringToFront();
  await other.evaluate(() => navigator.clipboard.writeText("nothing yet"));
  await node(other, "Total").click({ button: "right" });
  await menu(other).getByRole("menuitem", { name: "Copy", exact: true }).click();
  // A browser may refuse to write for a tab that is not looked at any more.
  await expect.poll(() => other.evaluate(() => navigator.clipboard.readText())).toContain("Total");
  await page.bringToFront();
  await page.mouse.click(700, 620, { button: "right" });
  await menu(page).getByRole("menuitem", { name: "Paste" }).click();
  await expect(node(page, "Total")).toHaveCount(2);
});

test("notes and groups are there where a flow is only looked at", async ({ page, demo }, info) => {
  const id = "canvas-read";
  const around = {
    notes: [{ id: "pilot", text: "**Pilot** until Friday", colour: "green", at: [0, -200], size: [240, 120] }],
    groups: [{ id: "books", name: "To the books", description: "Adds up", nodes: ["total", "end"] }],
  };
  await importFlow(demo, { ...drawn(id), ...around });
  await signIn(page, demo);
  await page.goto(`${demo.url}/flows/${id}`);
  await expect(page.getByRole("note").locator("strong")).toHaveText("Pilot");
  await expect(page.getByRole("group", { name: "To the books" })).toContainText("Adds up");
  await page.screenshot({ path: `${info.outputDir}/read-only.png` });
  await page.getByRole("button", { name: "Fold this group" }).click();
  await expect(node(page, "Total")).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("group", { name: "To the books" })).toContainText("2 nodes");
  await page.getByRole("button", { name: "Unfold this group" }).click();
  await expect(node(page, "Total")).toBeVisible();
});

test("a click with Shift chooses by thirds, Z magnifies a node and leads back, and A scrolls", async ({ page, demo }) => {
  await open(page, demo, "canvas-keys");
  const chosen = page.locator('.kl-node[aria-pressed="true"]');
  const third = async (share: number) => {
    const box = await atRest(node(page, "Total"));
    await node(page, "Total").click({ modifiers: ["Shift"], position: { x: box.width * share, y: box.height / 2 } });
  };
  await third(0.15);
  await expect(chosen).toHaveCount(2);
  await third(0.5);
  await expect(chosen).toHaveCount(3);

  const width = async () => (await node(page, "Alone").boundingBox())!.width;
  const before = await width();
  await node(page, "Alone").click();
  await page.keyboard.press("z");
  await expect.poll(width).toBeGreaterThan(before * 2);
  await page.keyboard.press("z");
  await expect.poll(width).toBeCloseTo(before, 1);

  const left = async () => (await node(page, "Alone").boundingBox())!.x;
  const there = await left();
  await page.keyboard.press("a");
  await expect.poll(left).toBeGreaterThan(there);
});

test("all edges of a port are led to another, and one is drawn from where it ends", async ({ page, demo }) => {
  const id = "canvas-rewire";
  const flow = drawn(id) as { nodes: object[]; layout: Record<string, number[]> };
  flow.nodes.push({ id: "other", title: "Other way in", use: "core/manual" });
  flow.layout.other = [0, 240];
  await open(page, demo, id, flow);
  const out = async (title: string) => middle(node(page, title).locator('.kl-port[data-kind="out"]'));
  await page.keyboard.down("Shift");
  await drag(page, await out("Order in"), await out("Other way in"));
  await expect(page.locator('.kl-edges path[data-held="loose"]')).toHaveCount(1);
  await page.mouse.up();
  await page.keyboard.up("Shift");
  await expect(page.locator('[data-saving="saved"]')).toBeVisible();
  await expect(edges(page)).toHaveCount(2);

  const bare = await middle(node(page, "Alone").locator('.kl-port[data-kind="in"]'));
  await drag(page, bare, await out("Order in"));
  await page.mouse.up();
  await expect(edges(page)).toHaveCount(3);
});

test("an edge drawn back and let go over nothing asks for what comes before", async ({ page, demo }) => {
  await open(page, demo, "canvas-before");
  const bare = await middle(node(page, "Alone").locator('.kl-port[data-kind="in"]'));
  await drag(page, bare, { x: bare.x - 150, y: bare.y + 20 });
  await page.mouse.up();
  const palette = page.getByRole("complementary", { name: "Nodes to add" });
  await expect(palette.getByText("Choose what comes before")).toBeVisible();
  await palette.getByRole("button", { name: /^Filter/ }).click();
  await expect(edges(page)).toHaveCount(3);
  const [filter, alone] = [await middle(node(page, "Filter")), await middle(node(page, "Alone"))];
  expect(filter.x).toBeLessThan(alone.x);
  await page.keyboard.press("Control+z");
  await expect(node(page, "Filter")).toHaveCount(0);
  await expect(edges(page)).toHaveCount(2);
});

test("chosen nodes become a flow of their own, which is called in their place and opened from there", async ({ page, demo }) => {
  await open(page, demo, "canvas-extract");
  await node(page, "Order in").click();
  await page.keyboard.press("Alt+x");
  await expect(page.getByText("A trigger starts this flow and stays in it.")).toBeVisible();

  await node(page, "Total").click();
  await node(page, "Note it").click({ modifiers: ["Control"] });
  await page.keyboard.press("Alt+x");
  const call = node(page, "Part of Drawn canvas-extract");
  await expect(call).toBeVisible();
  await expect(node(page, "Total")).toHaveCount(0);
  await expect(edges(page)).toHaveCount(1);
  await expect(page.locator('[data-saving="saved"]')).toBeVisible();

  await call.focus();
  await page.keyboard.press("Control+Shift+O");
  await expect(node(page, "Total")).toBeVisible();
  await expect(node(page, "Called by a flow")).toBeVisible();
  await expect(edges(page)).toHaveCount(2);

  await page.goBack();
  await call.dblclick({ modifiers: ["Control"] });
  await expect(node(page, "Called by a flow")).toBeVisible();
});

test("the small map is there while the view moves", async ({ page, demo }) => {
  await open(page, demo, "canvas-map");
  const map = page.locator(".kl-minimap");
  await expect(map).not.toHaveAttribute("data-shown");
  // It stays for a second, and then for as long as the pointer is on it.
  let by = -120;
  await expect(async () => {
    by = -by;
    await page.mouse.move(700, 560);
    await page.mouse.wheel(0, by);
    await expect(map).toHaveAttribute("data-shown", "", { timeout: 5_000 });
    await map.hover({ timeout: 5_000 });
    expect(await map.evaluate((map) => map.matches(":hover"))).toBe(true);
  }).toPass();
  const before = await middle(node(page, "Total"));
  await page.mouse.down();
  await page.mouse.move((await middle(map)).x + 20, (await middle(map)).y, { steps: 3 });
  await page.mouse.up();
  await expect.poll(async () => (await middle(node(page, "Total"))).x).not.toBe(before.x);
  await expect(map).toHaveAttribute("data-shown", "");
  await page.mouse.move(700, 300);
  await expect(map).not.toHaveAttribute("data-shown");
});
