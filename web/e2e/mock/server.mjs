// The monitor's HTTP API over invented data, serving the built pages under the monitor's own
// headers. For looking at the pages (`npm run mock`) and for quick tests of them (`npm test`).

import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

import { Model } from "./model.mjs";

const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml" };

/** Starts a mock on a free port, or the one given. */
export async function startMock({ port = 0, history = true, breathing = false } = {}) {
  const model = new Model({ history });
  const credential = randomBytes(16).toString("hex");
  const codes = new Set();
  const sessions = new Set();
  const streams = new Set();
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => send(response, 500, { error: { code: "bug", message: String(error) } }));
  });

  async function answer(request, response) {
    const url = new URL(request.url, "http://mock");
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    if (!url.pathname.startsWith("/api/")) return file(url.pathname, response);
    response.setHeader("cache-control", "no-store");
    const route = `${request.method} ${url.pathname}`;
    if (route === "POST /api/v1/events") {
      if (request.headers.authorization !== `Bearer ${credential}`) return refuse(response, 401, "unauthorized", "unknown producer credential");
      const lines = (await body(request)).split("\n").filter((line) => line !== "");
      return send(response, 200, model.ingest(lines.map((line) => JSON.parse(line))));
    }
    if (request.method !== "GET" && request.headers["x-jwtrail-request"] !== "1") return refuse(response, 403, "forbidden", "the header x-jwtrail-request is missing");
    if (route === "POST /api/v1/login") {
      const { code } = JSON.parse(await body(request));
      if (!codes.delete(code)) return refuse(response, 401, "unauthorized", "unknown code");
      const id = randomBytes(16).toString("hex");
      sessions.add(id);
      response.setHeader("set-cookie", `jwtrail_session=${id}; HttpOnly; SameSite=Strict; Path=/`);
      return send(response, 204);
    }
    const session = /jwtrail_session=(\w+)/.exec(request.headers.cookie ?? "")?.[1];
    if (!sessions.has(session)) return refuse(response, 401, "unauthorized", "log in first");
    if (route === "POST /api/v1/logout") {
      sessions.delete(session);
      return send(response, 204);
    }
    const query = url.searchParams;
    const alert = /^\/api\/v1\/alerts\/([^/]+)$/.exec(url.pathname)?.[1];
    if (alert) {
      const found = model.alert(decodeURIComponent(alert));
      return found ? send(response, 200, found) : refuse(response, 404, "not_found", "no such alert");
    }
    const entry = /^\/api\/v1\/quarantine\/([^/]+)$/.exec(url.pathname)?.[1];
    if (entry && request.method === "DELETE") {
      return model.release(entry) ? send(response, 204) : refuse(response, 404, "not_found", "no such entry; it may have ended or been released");
    }
    switch (route) {
      case "GET /api/v1/quarantine":
        return send(response, 200, model.quarantine());
      case "POST /api/v1/quarantine": {
        const { status, entry, problem } = model.hold(JSON.parse(await body(request)));
        return entry ? send(response, status, entry) : refuse(response, status, "refused", problem);
      }
      case "GET /api/v1/session":
        return send(response, 200, { user: "operator", role: "admin", version: "0.1.0" });
      case "GET /api/v1/overview":
        return send(response, 200, model.overview(Number(query.get("minutes") ?? 60)));
      case "GET /api/v1/alerts":
        return send(response, 200, model.listAlerts(query.get("state"), Number(query.get("limit") ?? 100)));
      case "GET /api/v1/events":
        return send(response, 200, model.search(query));
      case "GET /api/v1/rules":
        return send(response, 200, model.rules());
      case "GET /api/v1/responses":
        return send(response, 200, model.responses());
      case "POST /api/v1/responses/reset":
        return model.reset() ? send(response, 204) : refuse(response, 409, "conflict", "responses are not halted");
      case "GET /api/v1/health":
        return send(response, 200, model.health());
      case "GET /api/v1/stream":
        return stream(request, response);
      default:
        return refuse(response, 404, "not_found", "no such path");
    }
  }

  function stream(request, response) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(": hello\n\n");
    const listener = (event, data) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    model.listeners.add(listener);
    streams.add(response);
    request.on("close", () => {
      model.listeners.delete(listener);
      streams.delete(response);
    });
  }

  let pulse;
  const listen = (wanted) =>
    new Promise((resolve, reject) => server.once("error", reject).listen(wanted, "127.0.0.1", resolve));
  await listen(port);
  const url = `http://127.0.0.1:${server.address().port}`;
  if (breathing) pulse = setInterval(() => model.breathe(), 1000);
  const stop = () => {
    clearInterval(pulse);
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    return closed;
  };
  return {
    url,
    credential,
    /** Makes the monitor ill, or well with `{}`. */
    ail: (ailing) => (model.ailing = ailing),
    loginLink() {
      const code = randomBytes(16).toString("base64url");
      codes.add(code);
      return `${url}/#login=${code}`;
    },
    stop,
    /** The same monitor at the same address again. */
    resume: () => listen(Number(new URL(url).port)),
  };
}

async function file(path, response) {
  const name = normalize(path === "/" ? "/index.html" : path);
  const type = TYPES[extname(name)];
  const content = type && (await readFile(join(DIST, name)).catch(() => null));
  if (!content) return refuse(response, 404, "not_found", "no such file");
  response.writeHead(200, { "content-type": type, "cache-control": "no-cache" });
  response.end(content);
}

async function body(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const refuse = (response, status, code, message) => send(response, status, { error: { code, message } });

function send(response, status, value) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(value === undefined ? undefined : JSON.stringify(value));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const mock = await startMock({ port: Number(process.env.PORT ?? 4490), breathing: true });
  console.log(`login: ${mock.loginLink()}`);
}
