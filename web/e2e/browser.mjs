// A headless Chromium whose pages are watched: for errors, for breaches of the content security
// policy, and for requests to anywhere but the monitor.

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

import { chromium } from "playwright-core";

export const launch = () =>
  chromium.launch({
    executablePath: process.env.JWTRAIL_CHROMIUM ?? installed(),
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

function installed() {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const directories = (process.env.PATH ?? "").split(delimiter);
  const found = names.flatMap((name) => directories.map((one) => join(one, name))).find(existsSync);
  if (!found) throw new Error("no Chromium on the PATH; install it, or name it in JWTRAIL_CHROMIUM");
  return found;
}

/** What a page did that it should not have. */
export class Watch {
  problems = [];

  /**
   * @param {import("playwright-core").BrowserContext} context
   * @param {{ origin: string, failingRequests?: boolean }} options `failingRequests`: the test makes
   *   requests fail, and the browser says so on its console.
   */
  static async over(context, { origin, failingRequests = false }) {
    const watch = new Watch();
    const note = (text) => watch.problems.push(text);
    await context.exposeBinding("jwtrailViolation", (_, text) => note(`policy: ${text}`));
    await context.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => {
        window.jwtrailViolation(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
      });
    });
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol !== "data:" && url.origin !== origin) note(`foreign request: ${url.href}`);
    });
    context.on("weberror", (error) => note(`uncaught: ${error.error().stack ?? error.error()}`));
    context.on("dialog", (dialog) => {
      note(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    context.on("console", (message) => {
      if (!["error", "warning"].includes(message.type())) return;
      if (failingRequests && message.text().startsWith("Failed to load resource")) return;
      note(`console ${message.type()}: ${message.text()}`);
    });
    return watch;
  }
}
