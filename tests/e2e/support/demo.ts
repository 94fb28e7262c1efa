// What the specs have at hand: the demo, the shop's side of a webhook, and a browser that reports what goes wrong in it.

import { createHmac, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Locator, type Page, expect, test as base } from "@playwright/test";
import { Program } from "./program.ts";

export { expect };

export interface Demo {
  url: string;
  owner_email: string;
  owner_password: string;
  api_token: string;
  webhook_url: string;
  webhook_secret: string;
  shop_url: string;
  erp_url: string;
}

export const test = base.extend<{ watched: void }, { demo: Demo }>({
  demo: [
    async ({}, use) => {
      const program = await Program.start("demo", "--orders", "0");
      await use(program.said as unknown as Demo);
      await program.stop();
    },
    { scope: "worker" },
  ],

  /** Whatever a spec is about: the page reports no error and asks nobody but its own server. */
  watched: [
    async ({ page }, use) => {
      const wrong = watch(page);
      await use();
      expect(wrong, "errors in the browser").toEqual([]);
    },
    { auto: true },
  ],
});

function watch(page: Page): string[] {
  const wrong: string[] = [];
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("console", (message) => {
    // A refused request is also logged by the browser; the specs look at what the page makes of it.
    const refused = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !refused) wrong.push(message.text());
  });
  page.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol.startsWith("http") && hostname !== "127.0.0.1") wrong.push(`asked ${hostname}`);
  });
  return wrong;
}

export async function signIn(page: Page, demo: Demo): Promise<void> {
  await page.goto(`${demo.url}/flows`);
  await page.getByLabel("E-mail").fill(demo.owner_email);
  await page.getByLabel("Password").fill(demo.owner_password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Flows", level: 1 })).toBeVisible();
}

export interface Order {
  id: number;
  name: string;
  [field: string]: unknown;
}

/** Orders of these specs; the demo's own shop counts from elsewhere. */
let lastOrder = 5_200_000_000_000 + Math.floor(Date.now() / 1000) * 1000;

/** The guide's flow file as a newcomer would copy it, with an address of its own, and an order that fits it. */
export async function guideFlow(id: string, name: string): Promise<{ flow: any; order: (fields?: object) => Order }> {
  const text = await readFile(new URL("../../../flows/order-to-erp.json", import.meta.url), "utf8");
  const flow = JSON.parse(text);
  Object.assign(flow, { id, name });
  flow.nodes[0].with = { ...flow.nodes[0].with, path: id };
  const sample = Object.values(flow.samples)[0] as object;
  const order = (fields: object = {}) => {
    lastOrder += 1;
    // The demo's ERP has no article for shipping.
    const fitting = { id: lastOrder, name: `#${lastOrder % 100_000}`, shipping_lines: [] };
    return { ...sample, ...fitting, ...fields } as Order;
  };
  return { flow, order };
}

/** Sends an order as the shop does, signed on its raw bytes. */
export async function sendOrder(demo: Demo, path: string, order: Order, delivery = randomUUID()): Promise<number> {
  const body = JSON.stringify(order);
  const signature = createHmac("sha256", demo.webhook_secret).update(body).digest("base64");
  const answer = await fetch(`${demo.url}/hooks/${path}`, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "x-shopify-topic": "orders/create",
      "x-shopify-shop-domain": "khlong-demo.myshopify.com",
      "x-shopify-webhook-id": delivery,
      "x-shopify-hmac-sha256": signature,
    },
  });
  return answer.status;
}

/** Imports over the API, for specs that are about something else. */
export async function importFlow(demo: Demo, flow: object): Promise<void> {
  const answer = await fetch(`${demo.url}/api/v1/flows`, {
    method: "POST",
    body: JSON.stringify(flow),
    headers: { "content-type": "application/json", authorization: `Bearer ${demo.api_token}` },
  });
  expect(answer.ok, await answer.text()).toBe(true);
}

/** Changes the draft of a flow that is there, as another browser would; a draft may be unfinished where an import may not. */
export async function changeDraft(demo: Demo, id: string, change: (document: any) => void): Promise<void> {
  const address = `${demo.url}/api/v1/flows/${id}/draft`;
  const headers = { "content-type": "application/json", authorization: `Bearer ${demo.api_token}` };
  const { document, revision, based_on } = await (await fetch(address, { headers })).json();
  change(document);
  const saved = await fetch(address, { method: "PUT", headers, body: JSON.stringify({ document, revision, based_on }) });
  expect(saved.ok, await saved.text()).toBe(true);
}

export interface SalesOrder {
  name: string;
  reference: string;
  lines: unknown[];
}

export async function salesOrders(demo: Demo, order: Order): Promise<SalesOrder[]> {
  const answer = await fetch(`${demo.erp_url}/_sandbox/orders?reference=SHOPIFY-${order.id}`);
  return (await answer.json()) as SalesOrder[];
}

/** Lets the ERP go wrong as told, until `clearFaults`. */
export async function plan(demo: Demo, fault: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${demo.erp_url}/_sandbox/faults`, { method: "POST", body: JSON.stringify(fault), headers });
  expect(answer.ok, await answer.text()).toBe(true);
}

export async function clearFaults(demo: Demo): Promise<void> {
  await fetch(`${demo.erp_url}/_sandbox/faults`, { method: "DELETE" });
}

/** The open flow as the server keeps it, once it is saved. */
export async function draft(page: Page, demo: Demo): Promise<any> {
  await expect(page.locator('[data-saving="saved"]')).toBeVisible();
  const id = new URL(page.url()).pathname.split("/")[2];
  const headers = { authorization: `Bearer ${demo.api_token}` };
  return (await (await fetch(`${demo.url}/api/v1/flows/${id}/draft`, { headers })).json()).document;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where a part of the page is, once it rests there: a drawing takes its place some frames after its nodes are there. */
export async function atRest(part: Locator): Promise<Box> {
  let box: Box | undefined;
  let before: Box | undefined;
  await expect
    .poll(async () => {
      before = box;
      box = await part.evaluate(async (element) => {
        const frame = () => new Promise((done) => requestAnimationFrame(done));
        await frame();
        await frame();
        const { x, y, width, height } = element.getBoundingClientRect();
        return { x, y, width, height };
      });
      return JSON.stringify(box) === JSON.stringify(before);
    }, { intervals: [50] })
    .toBe(true);
  return box!;
}

/** Pastes as a keyboard does. */
export async function paste(into: Locator, text: string): Promise<void> {
  await into.evaluate((element, text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
}

/** The editor of a script or an expression is fetched when it is first shown: before that a plain field stands there, and then goes. */
export async function codeReady(field: Locator): Promise<void> {
  await expect(field).toHaveAttribute("contenteditable", "true");
}

/** A node as the canvas shows it. */
export function node(page: Page, title: string) {
  return page.locator(".kl-node").filter({ hasText: title });
}
