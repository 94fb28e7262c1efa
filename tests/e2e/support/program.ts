// The real program, started on a folder of its own and stopped by its process id.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A first start makes a store, a key and an owner; a slow machine may take long for it. */
const START_MS_MAX = 120_000;
const STOP_MS_MAX = 10_000;
/** Lines of its log shown when it does not start. */
const LOG_LINES_MAX = 40;

export class Program {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    /** The one line of JSON that it prints when it is ready. */
    readonly said: Record<string, string>,
  ) {}

  /** `khlong COMMAND` on a free port and a fresh folder. */
  static async start(command: string, ...more: string[]): Promise<Program> {
    const binary = process.env.KHLONG_BIN;
    if (!binary) throw new Error("KHLONG_BIN names no program; `cargo xtask test` sets it");
    const folder = await mkdtemp(join(tmpdir(), "khlong-e2e-"));
    const args = [command, "--json", "--port", "0", "--data", folder, ...more];
    const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
    try {
      return new Program(child, folder, await firstLine(child));
    } catch (error) {
      child.kill("SIGKILL");
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null) {
      const ended = new Promise((resolve) => this.process.once("exit", resolve));
      const impatience = setTimeout(() => this.process.kill("SIGKILL"), STOP_MS_MAX);
      this.process.kill("SIGTERM");
      await ended;
      clearTimeout(impatience);
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

function firstLine(child: ChildProcess): Promise<Record<string, string>> {
  const log: string[] = [];
  createInterface({ input: child.stderr! }).on("line", (line) => {
    log.push(line);
    if (log.length > LOG_LINES_MAX) log.shift();
  });
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`khlong ${why}\n${log.join("\n")}`));
    const timer = setTimeout(() => fail(`was not ready within ${START_MS_MAX} ms`), START_MS_MAX);
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code) => fail(`ended with ${code} before it was ready`));
    createInterface({ input: child.stdout! }).on("line", (line) => {
      if (!line.startsWith("{")) return;
      clearTimeout(timer);
      child.removeAllListeners("exit");
      resolve(JSON.parse(line));
    });
  });
}
