// A fresh installation: nobody is there yet.

import { Program } from "../support/program.ts";
import { expect, test } from "../support/demo.ts";

const PASSWORD = "canal boats carry tea";

test("the first visitor becomes the owner, and the door is closed behind them", async ({ page, browser }) => {
  const program = await Program.start("serve");
  try {
    const { url } = program.said;
    await page.goto(url);
    await expect(page.getByRole("heading", { name: "Welcome to Khlong" })).toBeVisible();
    await page.getByLabel("Your name").fill("Somchai");
    await page.getByLabel("E-mail").fill("owner@example.com");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByLabel("Password again").fill(PASSWORD);
    await page.getByRole("button", { name: "Create the owner" }).click();
    await expect(page.getByText("Nothing flows yet")).toBeVisible();

    const another = await browser.newPage();
    await another.goto(url);
    await expect(another.getByRole("button", { name: "Sign in" })).toBeVisible();
    await another.getByLabel("E-mail").fill("owner@example.com");
    await another.getByLabel("Password").fill("canal boats carry rice");
    await another.getByRole("button", { name: "Sign in" }).click();
    await expect(another.getByRole("alert")).not.toBeEmpty();
    await expect(another.getByRole("button", { name: "Sign in" })).toBeVisible();
    await another.close();
  } finally {
    await program.stop();
  }
});
