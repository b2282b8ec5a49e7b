// Starts what the tests look at: `jwtrail serve` if JWTRAIL_BIN names the binary, else the mock.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { ndjson } from "./events.mjs";
import { startMock } from "./mock/server.mjs";

export const isReal = process.env.JWTRAIL_BIN !== undefined;

/** A monitor without events: `url`, `loginLink`, `post(records)`, `stop()`, `resume()`, `remove()`. */
export const startMonitor = () => (isReal ? startReal(process.env.JWTRAIL_BIN) : startFake());

async function startFake() {
  const mock = await startMock({ history: false });
  return {
    url: mock.url,
    loginLink: mock.loginLink(),
    post: (records) => post(mock.url, mock.credential, records),
    ail: mock.ail,
    stop: mock.stop,
    resume: mock.resume,
    remove: mock.stop,
  };
}

async function startReal(binary) {
  const home = await mkdtemp(join(tmpdir(), "jwtrail-e2e-"));
  let running = await serve(binary, home, "127.0.0.1:0");
  const { origin: url, host, port } = new URL(running.link);
  const access = JSON.parse(await readFile(join(home, "state", "jwtrail", `${port}.json`), "utf8"));
  const stop = async () => {
    if (running.child.exitCode !== null || running.child.signalCode !== null) return;
    const exited = once(running.child, "exit");
    running.child.kill("SIGKILL");
    await exited;
  };
  return {
    url,
    loginLink: running.link,
    post: (records) => post(url, access.producer_credential, records),
    stop,
    async resume() {
      running = await serve(binary, home, host);
    },
    async remove() {
      await stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Starts the binary and waits for its login link. */
async function serve(binary, home, listen) {
  const child = spawn(binary, ["serve", "--data", join(home, "data"), "--listen", listen], {
    env: { ...process.env, XDG_STATE_HOME: join(home, "state") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = [];
  const link = new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        said.push(line);
        const match = /login:\s*(http:\/\/\S+#login=\S+)/.exec(line);
        if (match) resolve(match[1]);
      });
    }
    child.once("error", reject);
    child.once("exit", (code) => {
      reject(new Error(`${binary} ended with ${code} before it was ready:\n${said.join("\n")}`));
    });
  });
  return { child, link: await link };
}

async function post(url, credential, records) {
  const total = { accepted: 0, duplicates: 0 };
  for (let from = 0; from < records.length; from += BATCH) {
    const response = await fetch(`${url}/api/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${credential}`, "content-type": "application/x-ndjson" },
      body: ndjson(records.slice(from, from + BATCH)),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the monitor refused events: ${response.status} ${text}`);
    const { accepted, duplicates, rejected } = JSON.parse(text);
    if (rejected.length > 0) throw new Error(`the monitor refused lines: ${JSON.stringify(rejected.slice(0, 3))}`);
    total.accepted += accepted;
    total.duplicates += duplicates;
  }
  return total;
}

const BATCH = 500;
