// How long a flow of a thousand nodes takes to open, and how smoothly it is worked on: by the browser's own trace.

import type { Browser, Page } from "@playwright/test";
import { type Demo, importFlow, signIn, test } from "../support/demo.ts";

const NODES = 1_000;
const ROWS = 40;
/** Moves of the pointer, one for each frame. */
const MOVES = 180;
const TIMES = 3;

/** A trigger, and rows of steps behind it. */
function large(id: string): object {
  const [nodes, edges, layout]: [object[], object[], Record<string, number[]>] = [[], [], {}];
  nodes.push({ id: "in", title: "Order in", use: "core/webhook", with: { path: id } });
  layout.in = [0, 0];
  for (let i = 1; i < NODES; i++) {
    const [row, column] = [(i - 1) % ROWS, Math.floor((i - 1) / ROWS)];
    nodes.push({ id: `n${i}`, title: `Step ${i}`, use: "core/set", with: { value: "${input}" } });
    edges.push({ from: column === 0 ? "in" : `n${i - ROWS}`, to: `n${i}` });
    layout[`n${i}`] = [(column + 1) * 280, row * 100];
  }
  return { khlong: 1, id, name: "A thousand steps", nodes, edges, layout, samples: { in: { body: {} } } };
}

interface TraceEvent {
  name: string;
  ts: number;
  dur?: number;
  cat: string;
}

/** What the browser writes down while something goes on. */
async function traced(browser: Browser, page: Page, what: () => Promise<void>): Promise<TraceEvent[]> {
  const categories = ["devtools.timeline", "disabled-by-default-devtools.timeline.frame", "devtools.timeline.frame", "blink.user_timing"];
  await browser.startTracing(page, { categories });
  await what();
  const text = (await browser.stopTracing()).toString("utf8");
  return (JSON.parse(text) as { traceEvents: TraceEvent[] }).traceEvents;
}

/** Frames between two marks that the page has set. */
function frames(events: TraceEvent[]): { per_second: number; longest_ms: number; script_ms: number } {
  const at = (mark: string) => events.find((event) => event.name === mark)!.ts;
  const [from, to] = [at("khlong-from"), at("khlong-to")];
  const inside = events.filter((event) => event.ts >= from && event.ts <= to);
  const drawn = inside.filter((event) => event.name === "DrawFrame").map((event) => event.ts).sort((a, b) => a - b);
  const gaps = drawn.slice(1).map((ts, i) => (ts - drawn[i]) / 1_000);
  const scripts = inside.filter((event) => event.name === "EventDispatch" || event.name === "FireAnimationFrame" || event.name === "RunMicrotasks");
  const script = scripts.reduce((sum, event) => sum + (event.dur ?? 0), 0) / 1_000 / MOVES;
  return {
    per_second: Math.round((gaps.length / (drawn.at(-1)! - drawn[0])) * 1e6 * 10) / 10,
    longest_ms: Math.round(Math.max(...gaps) * 10) / 10,
    script_ms: Math.round(script * 10) / 10,
  };
}

/** Presses at a point and moves on with each frame, in a circle, as a hand does that does not stop. */
async function move(page: Page, at: { x: number; y: number }, button: number): Promise<void> {
  await page.evaluate(
    async ({ at, button, moves }) => {
      const canvas = document.querySelector(".kl-canvas")!;
      const tell = (type: string, x: number, y: number, buttons: number) => {
        canvas.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 1, pointerType: "mouse", button, buttons, clientX: x, clientY: y }));
      };
      const frame = () => new Promise(requestAnimationFrame);
      const held = button === 1 ? 4 : 1;
      tell("pointerdown", at.x, at.y, held);
      await frame();
      performance.mark("khlong-from");
      for (let i = 0; i < moves; i++) {
        const turn = (i / 60) * 2 * Math.PI;
        tell("pointermove", at.x + 160 * Math.sin(turn), at.y + 120 * (1 - Math.cos(turn)), held);
        await frame();
      }
      performance.mark("khlong-to");
      tell("pointerup", at.x, at.y, 0);
      await frame();
    },
    { at, button, moves: MOVES },
  );
}

/** From the click on a link to the first nodes on the screen. */
async function opening(page: Page, demo: Demo, id: string): Promise<number> {
  await page.goto(`${demo.url}/flows/${id}`);
  const link = page.locator(`a[href="/flows/${id}/edit"]`).first();
  await link.waitFor();
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
  return link.evaluate(async (link: HTMLElement) => {
    const from = performance.now();
    link.click();
    const frame = () => new Promise(requestAnimationFrame);
    while (!document.querySelector(".kl-canvas[data-editing] .kl-node")) await frame();
    await frame();
    return Math.round(performance.now() - from);
  });
}

/** The middle of the node that lies nearest to the middle of the canvas. */
async function middle(page: Page): Promise<{ x: number; y: number }> {
  return page.evaluate(() => {
    const centre = (element: Element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    };
    const wanted = centre(document.querySelector(".kl-canvas")!);
    const far = ({ x, y }: { x: number; y: number }) => Math.hypot(x - wanted.x, y - wanted.y);
    return [...document.querySelectorAll(".kl-node")].map(centre).sort((a, b) => far(a) - far(b))[0];
  });
}

test("a flow of a thousand nodes", async ({ page, browser, demo }) => {
  const id = "a-thousand";
  await importFlow(demo, large(id));
  await signIn(page, demo);
  const times: number[] = [];
  for (let i = 0; i < TIMES; i++) times.push(await opening(page, demo, id));
  console.log(`${NODES} nodes: opened in ${times.join(", ")} ms`);
  await page.waitForTimeout(3_000);
  console.log(`${NODES} nodes: ${await page.locator(".kl-node").count()} of them drawn`);

  const at = await middle(page);
  for (const [name, button] of [["dragging a node", 0], ["panning", 1]] as const) {
    const { per_second, longest_ms, script_ms } = frames(await traced(browser, page, () => move(page, at, button)));
    console.log(`${NODES} nodes, ${name}: ${per_second} frames/s, the longest after ${longest_ms} ms, ${script_ms} ms of script per move`);
  }
  // All of it on the screen.
  await page.keyboard.press("1");
  await page.waitForTimeout(1_000);
  const all = frames(await traced(browser, page, () => move(page, { x: 700, y: 400 }, 1)));
  console.log(`${NODES} nodes, panning with all in sight: ${all.per_second} frames/s, the longest after ${all.longest_ms} ms, ${all.script_ms} ms of script per move`);
});
