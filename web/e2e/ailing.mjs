// A monitor that is not well, as only the mock can be made to be.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { accessibilityProblems } from "./accessibility.mjs";

/** The tests of it; `stage` gives what the tests share, once it is there. */
export function ailing(stage) {
  test("halted responses are told on every page and reset on that of the rules", async () => {
    const { monitor, shots } = stage();
    for (const { colorScheme, other, tab } of await tabs(stage())) {
      const at = new Date(Date.now() - 300_000).toISOString();
      monitor.ail({ halted: { at, rule: "refresh-reused", subjects: 11, limit: 10, alert: "0".repeat(32) } });
      await tab.goto(`${monitor.url}/#/`);
      await tab.locator(".banner", { hasText: "refresh-reused would have held more than 10 subjects" }).waitFor();
      await tab.goto(`${monitor.url}/#/rules`);
      await tab.locator(".halted", { hasText: "11 subjects would have been held" }).waitFor();
      await tab.locator("table.rules td", { hasText: "holds the" }).first().waitFor();
      assert.deepEqual(await tab.evaluate(accessibilityProblems), []);
      await tab.screenshot({ path: join(shots, `halted-${colorScheme}.png`) });
      await tab.getByRole("button", { name: "Let rules hold again" }).click();
      await tab.locator(".halted").waitFor({ state: "detached" });
      await other.close();
    }
  });

  test("rules that cannot be taken are told with their problem", async () => {
    const { monitor, shots } = stage();
    for (const { colorScheme, other, tab } of await tabs(stage())) {
      monitor.ail({ rules: "/etc/jwtrail/rules/mine.yml:12: unknown field `tokn_sub`; write one of token_sub, token_jti" });
      await tab.goto(`${monitor.url}/#/rules`);
      await tab.locator(".halted", { hasText: "mine.yml:12: unknown field" }).waitFor();
      await tab.locator(".banner", { hasText: "The changed rules cannot be taken" }).waitFor();
      await tab.locator(".switched-off", { hasText: "excess-rate" }).waitFor();
      // What rules say of themselves has code in it.
      await tab.locator(".rule-text code", { hasText: /^Retry-After$/ }).waitFor();
      assert.deepEqual(await tab.evaluate(accessibilityProblems), []);
      await tab.screenshot({ path: join(shots, `rules-refused-${colorScheme}.png`) });
      monitor.ail({});
      await other.close();
    }
  });

  test("a monitor that cannot work says so on every page", async () => {
    const { monitor, shots } = stage();
    for (const { colorScheme, other, tab } of await tabs(stage())) {
      monitor.ail({ log: "no space left on device", threads: ["detect"], lag: 90_000 });
      for (const path of ["", "alerts", "search", "rules"]) {
        await tab.goto(`${monitor.url}/#/${path}`);
        await tab.locator(".banner", { hasText: "no space left on device. And 2 more." }).waitFor();
      }
      assert.deepEqual(await tab.evaluate(accessibilityProblems), []);
      await tab.screenshot({ path: join(shots, `banner-${colorScheme}.png`) });
      await tab.getByRole("link", { name: "What to do" }).click();
      await tab.locator(".verdict-bad li", { hasText: "Restart the monitor" }).first().waitFor();
      await tab.locator(".verdict-bad li", { hasText: "3 lines of producer local not taken" }).waitFor();
      assert.equal(await tab.locator(".banner").count(), 0);
      await tab.screenshot({ path: join(shots, `ill-${colorScheme}.png`) });
      monitor.ail({});
      await tab.goto(`${monitor.url}/#/`);
      await tab.reload();
      await tab.locator(".live-on").waitFor();
      assert.equal(await tab.locator(".banner").count(), 0);
      await other.close();
    }
  });
}

/** A page in a light wide window and one in a dark narrow one. */
async function tabs({ browser, context, desktop, phone }) {
  const storageState = await context.storageState();
  const looks = [["light", desktop], ["dark", phone]];
  return Promise.all(
    looks.map(async ([colorScheme, viewport]) => {
      const other = await browser.newContext({ viewport, colorScheme, storageState });
      other.setDefaultTimeout(20_000);
      return { colorScheme, other, tab: await other.newPage() };
    }),
  );
}
