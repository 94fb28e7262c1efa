// A real OpenID provider, the npm package `oidc-provider`, as the tests of the crates start it.

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** The folder of what `cargo xtask servers` installs. */
const SERVERS = process.env.KHLONG_TEST_SERVERS;
const START_TRIES_MAX = 300;

export class Identity {
  static readonly isInstalled = !!SERVERS;
  /** A client that tells its secret as HTTP's Basic. */
  static readonly client = "basic";

  private constructor(
    private readonly process: ChildProcess,
    readonly issuer: string,
    readonly secret: string,
  ) {}

  static async start(): Promise<Identity> {
    const port = await freePort();
    const secret = randomBytes(16).toString("hex");
    const env = {
      PORT: String(port),
      CLIENT_SECRET: secret,
      CALLBACK: "/connections/signed-in",
      ACCESS_TOKEN_SECONDS: "60",
      REFRESH_TOKEN_SECONDS: "600",
    };
    const child = spawn(`${SERVERS}/node/bin/node`, [`${SERVERS}/oidc/provider.mjs`], { env, stdio: "ignore" });
    const identity = new Identity(child, `http://127.0.0.1:${port}`, secret);
    for (let tries = 0; tries < START_TRIES_MAX; tries += 1) {
      const answer = await fetch(`${identity.issuer}/.well-known/openid-configuration`).catch(() => undefined);
      if (answer?.ok) return identity;
      await pause(100);
    }
    identity.stop();
    throw new Error("the OpenID provider did not start");
  }

  stop(): void {
    this.process.kill("SIGTERM");
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
