// A system that nobody made a connector for: its API document is imported, connected, and used in a flow at once.

import { createServer, type Server } from "node:http";
import { writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { draft, expect, importFlow, node, signIn, test } from "../support/demo.ts";
import { Identity } from "../support/identity.ts";

/** A tea house that answers every call that carries its key. */
class TeaHouse {
  readonly asked: string[] = [];
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      this.asked.push(`${request.method} ${request.url}`);
      const known = request.headers["x-key"] === "leaf";
      response.writeHead(known ? 200 : 401, { "content-type": "application/json" });
      response.end(JSON.stringify(known ? { id: "T-1", state: "brewing" } : { message: "no such key" }));
    });
  }

  static async open(): Promise<TeaHouse> {
    const house = new TeaHouse();
    await new Promise<void>((listening) => house.server.listen(0, "127.0.0.1", listening));
    return house;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** How it describes itself; `more` stands beside the paths of its first version. */
  document(title: string, more: object = {}, fields: object[] = []): string {
    return JSON.stringify({
      openapi: "3.0.3",
      info: { title, description: "Pots of tea, made to order." },
      servers: [{ url: this.url }],
      security: [{ key: [] }],
      components: { securitySchemes: { key: { type: "apiKey", in: "header", name: "X-Key" } } },
      webhooks: { brewed: {} },
      paths: {
        "/pots/{id}": {
          get: {
            operationId: "getPot",
            summary: "Look into a pot",
            parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }, ...fields],
            responses: { 200: { description: "The pot" } },
          },
        },
        "/pots": { get: { operationId: "listPots", summary: "List pots", responses: { 200: { description: "Pots" } } } },
        ...more,
      },
    });
  }
}

const LEAVES = { "/leaves": { delete: { operationId: "dropLeaves", summary: "Throw leaves away", responses: { 204: { description: "Gone" } } } } };

let house: TeaHouse;
test.beforeAll(async () => {
  house = await TeaHouse.open();
});
test.afterAll(() => house.close());

const card = (page: Page, title: string) => page.getByRole("listitem").filter({ has: page.getByText(title, { exact: true }) });

async function give(page: Page, document: string, file: string): Promise<void> {
  await writeFile(file, document);
  const choosing = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose a file" }).click();
  await (await choosing).setFiles(file);
}

test("an API is imported from a file, connected, and its operation stands in a flow at once", async ({ page, demo }, info) => {
  await signIn(page, demo);
  await page.getByRole("link", { name: "Connect", exact: true }).click();
  await page.getByRole("link", { name: "Imported APIs" }).click();
  await page.getByRole("link", { name: "Import an API" }).first().click();
  await give(page, house.document("Tea House", LEAVES), info.outputPath("tea.json"));

  // What would come of it: each operation as it is called, where the system is, and what is left out.
  await expect(page.getByLabel("Id", { exact: true })).toHaveValue("tea_house");
  await expect(page.getByText(house.url)).toBeVisible();
  await expect(page.getByText("API key", { exact: true })).toBeVisible();
  await expect(page.getByText("/pots/{id}")).toBeVisible();
  await expect(page.getByText("DELETE", { exact: true })).toBeVisible();
  await expect(page.getByText("Not there (1)")).toBeVisible();
  await page.screenshot({ path: `${info.outputDir}/preview.png`, fullPage: true });
  await page.getByRole("checkbox", { name: /Throw leaves away/ }).uncheck();
  await expect(page.getByText("2 of 3 chosen")).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill("The tea house");
  await page.getByRole("button", { name: "Import 2 operations" }).click();
  await expect(page.getByRole("heading", { name: "The tea house can be used now" })).toBeVisible();
  await page.screenshot({ path: `${info.outputDir}/imported.png` });

  await page.getByRole("button", { name: "New connection" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Key", { exact: true }).fill("leaf");
  await dialog.getByRole("button", { name: "Save and test" }).click();
  await expect(dialog.locator('.kl-callout[data-tone="good"]')).toBeVisible();
  expect(house.asked).toContain("GET /pots");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();

  // It is found in the palette, and what was not chosen is not there.
  await page.getByRole("link", { name: "Use it in a flow" }).click();
  await page.getByLabel("Name of the flow").fill("Tea time");
  await page.getByRole("button", { name: "Create" }).click();
  const palette = page.getByRole("complementary", { name: "Nodes to add" });
  const search = palette.getByRole("searchbox");
  await search.fill("throw leaves");
  await expect(palette.getByText("Nothing fits.")).toBeVisible();
  await search.fill("look into");
  await palette.getByRole("button", { name: /^Look into a pot/ }).click();
  await expect(node(page, "Look into a pot")).toBeVisible();
  await page.getByLabel("Connection", { exact: true }).selectOption("tea_house");
  const { nodes } = await draft(page, demo);
  expect(nodes[0]).toMatchObject({ use: "tea_house/get_pot", connection: "tea_house" });

  // What is used is not deleted, and it is said by what.
  await page.goto(`${demo.url}/connectors`);
  await card(page, "The tea house").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("dialog").getByText("Connection: tea_house")).toBeVisible();
});

test("an API is imported by keys alone", async ({ page, demo }, info) => {
  await signIn(page, demo);
  await page.goto(`${demo.url}/connectors/import`);
  await expect(page.getByRole("heading", { name: "Import an API", level: 1 })).toBeVisible();
  const file = info.outputPath("keys.json");
  await writeFile(file, house.document("Keys Only"));
  const tabTo = async (name: string, role: "button" | "checkbox" | "link" = "button") => {
    const wanted = page.getByRole(role, { name });
    for (let steps = 0; steps < 80; steps += 1) {
      if (await wanted.first().evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`Tab does not lead to ${name}`);
  };
  await tabTo("Choose a file");
  const choosing = page.waitForEvent("filechooser");
  await page.keyboard.press("Enter");
  await (await choosing).setFiles(file);
  await expect(page.getByText("2 of 2 chosen")).toBeVisible();
  await tabTo("List pots", "checkbox");
  await page.keyboard.press("Space");
  await expect(page.getByText("1 of 2 chosen")).toBeVisible();
  await tabTo("Import 1 operation");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "New connection" })).toBeFocused();
});

test("a newer document says what it changes for the flows that use it, and is refused where one could not go on", async ({ page, demo }, info) => {
  const headers = { "content-type": "application/json", authorization: `Bearer ${demo.api_token}` };
  const put = (path: string, body: object) => fetch(`${demo.url}/api/v1/${path}`, { method: "PUT", headers, body: JSON.stringify(body) });
  expect((await put("connectors/old_tea", { document: house.document("Old tea") })).ok).toBe(true);
  expect((await put("connections/old_tea", { connector: "old_tea", fields: {}, secrets: { key: "leaf" } })).ok).toBe(true);
  await importFlow(demo, {
    khlong: 1, id: "old-tea", name: "Morning pots",
    nodes: [
      { id: "in", title: "In", use: "core/webhook", with: { path: "old-tea" } },
      { id: "pot", title: "Pot", use: "old_tea/get_pot", connection: "old_tea", with: { id: "T-1" } },
    ],
    edges: [{ from: "in", to: "pot" }],
  });
  await signIn(page, demo);
  await page.goto(`${demo.url}/connectors`);
  await card(page, "Old tea").getByRole("link", { name: "Newer document" }).click();
  const strength = { name: "strength", in: "query", required: true, schema: { type: "string" } };
  await give(page, house.document("Old tea", LEAVES, [strength]), info.outputPath("newer.json"));
  await expect(page.getByText("In the flow Morning pots, get_pot needs something more: strength")).toBeVisible();
  // What is new is not taken before somebody says so.
  await expect(page.getByRole("checkbox", { name: /Throw leaves away/ })).not.toBeChecked();
  await page.screenshot({ path: `${info.outputDir}/newer.png`, fullPage: true });

  await page.getByRole("checkbox", { name: /Look into a pot/ }).uncheck();
  await expect(page.getByText("The flow Morning pots uses get_pot, which would be gone.")).toBeVisible();
  const take = page.getByRole("button", { name: /^Take over/ });
  await expect(take).toBeDisabled();
  await page.getByRole("checkbox", { name: /Look into a pot/ }).check();
  await page.getByRole("checkbox", { name: /Throw leaves away/ }).check();
  await take.click();
  await expect(page.getByRole("heading", { name: "Old tea can be used now" })).toBeVisible();
});

test("what is no API document is refused in words, and the page goes on", async ({ page, demo }, info) => {
  await signIn(page, demo);
  await page.goto(`${demo.url}/connectors/import`);
  await give(page, "<html>404</html>", info.outputPath("no.json"));
  await expect(page.getByRole("alert")).toContainText("The document cannot be used as it is");
  await page.getByRole("button", { name: "Another document" }).click();
  await page.getByText("Or paste its text").first().click();
  await page.getByLabel("Or paste its text").fill(house.document("Pasted tea"));
  await page.getByRole("button", { name: "Read", exact: true }).click();
  await expect(page.getByLabel("Id", { exact: true })).toHaveValue("pasted_tea");
});

test("somebody signs in at the system's own page, and flows can use the connection", async ({ page, demo }, info) => {
  test.skip(!Identity.isInstalled, "KHLONG_TEST_SERVERS names no folder; `cargo xtask test` sets it");
  const provider = await Identity.start();
  try {
    const login = {
      type: "oauth2",
      flows: { authorizationCode: { authorizationUrl: `${provider.issuer}/auth`, tokenUrl: `${provider.issuer}/token`, scopes: { openid: "", orders: "Orders" } } },
    };
    const document = JSON.stringify({
      openapi: "3.0.3", info: { title: "Guarded" }, servers: [{ url: provider.issuer }],
      components: { securitySchemes: { login } },
      paths: { "/me": { get: { operationId: "me", summary: "Who am I", security: [{ login: ["openid", "orders"] }], responses: { 200: { description: "You" } } } } },
    });
    const headers = { "content-type": "application/json", authorization: `Bearer ${demo.api_token}` };
    const api = (path: string, init: object = {}) => fetch(`${demo.url}/api/v1/${path}`, { headers, ...init });
    expect((await api("connectors/guarded", { method: "PUT", body: JSON.stringify({ document }) })).ok).toBe(true);

    await signIn(page, demo);
    // The provider's pages ask for fonts of others: that is theirs, and this window is theirs, too.
    const theirs = await page.context().newPage();
    await theirs.route(/^https:/, (route) => route.abort());
    await theirs.goto(`${demo.url}/connections`);
    await theirs.getByRole("button", { name: "New connection" }).first().click();
    const dialog = theirs.getByRole("dialog");
    await dialog.getByRole("searchbox", { name: "Which system?" }).fill("guarded");
    await dialog.getByRole("button", { name: /^Guarded/ }).click();
    await dialog.getByLabel("Client id").fill(Identity.client);
    await dialog.getByLabel("Client secret").fill(provider.secret);
    await dialog.getByRole("button", { name: /^Save/ }).last().click();
    await expect(dialog.getByText("Nobody is signed in yet")).toBeVisible();
    await theirs.screenshot({ path: `${info.outputDir}/sign-in.png` });
    await dialog.getByRole("button", { name: "Sign in", exact: true }).click();

    await theirs.locator("input[name=login]").fill("somchai");
    await theirs.locator("input[name=password]").fill("any");
    await theirs.locator("button[type=submit]").click();
    await theirs.locator("input[name=prompt][value=consent]").waitFor({ state: "attached" });
    await theirs.locator("button[type=submit]").click();

    await expect(theirs.getByRole("heading", { name: "Signed in" })).toBeVisible();
    await expect(theirs.getByText("The connection guarded can be used by flows now.")).toBeVisible();
    const connection = await (await api("connections/guarded")).json();
    expect(connection.sign_in).toMatchObject({ by_consent: true, signed_in: true });
    const tested = await (await api("connections/guarded/test", { method: "POST" })).json();
    expect(tested).toMatchObject({ ok: true });
  } finally {
    provider.stop();
  }
});
