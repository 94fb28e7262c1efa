// What people bring along from elsewhere: a command for curl becomes a node, and a link is fetched once that was asked.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { draft, expect, guideFlow, importFlow, node, paste, signIn, test } from "../support/demo.ts";

/** Somebody's web server with one file; says how often it was asked. */
async function elsewhere(file: object | string) {
  let asked = 0;
  const server = createServer((_, answer) => {
    asked += 1;
    answer.end(typeof file === "string" ? file : JSON.stringify(file));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, asked: () => asked, close: () => server.close() };
}

const COMMAND = `curl -X POST 'https://api.example.com/v1/orders?shop=bangkok' \\
  -H 'Content-Type: application/json' -H 'Authorization: Bearer S3CRET' -u me:S3CRET \\
  -d '{"ref": "A-1", "note": "it'\\''s urgent"}'`;

test("a command for curl becomes a node, without what proves who calls", async ({ page, demo }) => {
  await importFlow(demo, (await guideFlow("curl", "Curl")).flow);
  await signIn(page, demo);
  await page.goto(`${demo.url}/flows/curl/edit`);
  await expect(node(page, "Create sales order")).toBeVisible();
  await paste(page.locator("body"), COMMAND);
  await expect(page.getByText("credentials belong in a connection: authorization, --user.")).toBeVisible();
  await expect(node(page, "POST api.example.com")).toBeVisible();
  const made = (await draft(page, demo)).nodes.at(-1);
  expect(made.with).toEqual({
    method: "POST",
    url: "https://api.example.com/v1/orders?shop=bangkok",
    body: { ref: "A-1", note: "it's urgent" },
  });
  expect(JSON.stringify(made)).not.toContain("S3CRET");

  // Into a node that is there: its fields, and no second node.
  const beside = page.getByRole("complementary", { name: "Set-up" });
  await paste(beside.getByRole("textbox", { name: "Address" }), "curl https://api.example.com/stock -H 'X-Shop: bangkok'");
  await expect(page.getByText("The fields were filled from the command.")).toBeVisible();
  await expect(beside.getByRole("textbox", { name: "Address" })).toHaveValue("https://api.example.com/stock");
  const { nodes } = await draft(page, demo);
  expect(nodes.at(-1).with).toEqual({
    method: "GET",
    url: "https://api.example.com/stock",
    headers: { "x-shop": "bangkok" },
  });
});

test("a link on the drawing is asked about, fetched and put in where it was pasted", async ({ page, demo }) => {
  await importFlow(demo, (await guideFlow("linked", "Linked")).flow);
  const part = { khlong: 1, nodes: [{ id: "note", title: "Tell the team", use: "core/set", with: { value: 1 } }] };
  const [there, page404] = [await elsewhere(part), await elsewhere("<html>no flow</html>")];
  await signIn(page, demo);
  await page.goto(`${demo.url}/flows/linked/edit`);
  await expect(node(page, "Create sales order")).toBeVisible();
  await paste(page.locator("body"), `http://${there.host}/part.json?token=x`);
  const dialog = page.getByRole("dialog", { name: "Fetch the flow" });
  await expect(dialog.getByText(`Shall the flow be fetched from ${there.host}?`)).toBeVisible();
  expect(there.asked(), "nobody is asked before it was agreed to").toBe(0);
  await dialog.getByRole("button", { name: "Fetch the flow" }).click();
  await expect(node(page, "Tell the team")).toBeVisible();
  await expect(dialog).toBeHidden();

  await paste(page.locator("body"), `http://${page404.host}/`);
  await dialog.getByRole("button", { name: "Fetch the flow" }).click();
  await expect(page.getByText("What the link leads to is no flow.")).toBeVisible();

  // What must not be called is refused with the reason, and the question stays.
  await paste(page.locator("body"), "http://169.254.169.254/latest");
  await dialog.getByRole("button", { name: "Fetch the flow" }).click();
  await expect(dialog.getByText(/may not be called/)).toBeVisible();
  [there, page404].forEach((server) => server.close());
});

test("a link on the page of flows is fetched and checked like a file", async ({ page, demo }) => {
  const { flow } = await guideFlow("from-a-link", "From a link");
  const there = await elsewhere(flow);
  await signIn(page, demo);
  await paste(page.locator("body"), `http://${there.host}/flow.json`);
  const dialog = page.getByRole("dialog", { name: "Import a flow" });
  await dialog.getByRole("button", { name: "Fetch the flow" }).click();
  const found = dialog.getByRole("list", { name: "What is to be imported" });
  await expect(found.getByText("From a link")).toBeVisible();
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page).toHaveURL(/\/flows\/from-a-link/);
  there.close();
});

test("where the browser gives no clipboard, as over plain HTTP, nothing is cut and the page goes on", async ({ page, demo }) => {
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, "clipboard", { get: () => undefined }));
  await importFlow(demo, (await guideFlow("no-clipboard", "No clipboard")).flow);
  await signIn(page, demo);
  await page.goto(`${demo.url}/flows/no-clipboard/edit`);
  const erp = node(page, "Create sales order");
  await erp.click({ button: "right" });
  await page.getByRole("menuitem", { name: "Cut" }).click();
  await expect(page.getByText("The browser does not let this page write to the clipboard.")).toBeVisible();
  await expect(erp).toBeVisible();
  // Everything else goes on.
  await erp.click({ button: "right" });
  await page.getByRole("menuitem", { name: "Delete", exact: true }).click();
  await expect(erp).toHaveCount(0);
});
