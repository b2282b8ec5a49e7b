// The dashboard in a browser: against `jwtrail serve` when JWTRAIL_BIN names the binary, against
// the mock otherwise. Every wait is for a condition.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { accessibilityProblems } from "./accessibility.mjs";
import { ailing } from "./ailing.mjs";
import { launch, Watch } from "./browser.mjs";
import { repeatedRejections } from "./events.mjs";
import { isReal, startMonitor } from "./monitor.mjs";
import { busyHour, holdSome, renewed } from "./staging.mjs";
import { brokenWords } from "./words.mjs";

const AT_ONCE = [
  "forgery-attempt", "key-probing", "refresh-reused", "scope-probing", "signature-guessing",
  "token-repeated-rejections",
];

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SHOTS = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "reports", "screenshots");
const RULE = "token-repeated-rejections";
const DESKTOP = { width: 1440, height: 900 };
const LAPTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

describe("dashboard", { timeout: 240_000 }, () => {
  const jti = randomUUID();
  let monitor, browser, context, page, watch;

  before(async () => {
    monitor = await startMonitor();
    browser = await launch();
    context = await browser.newContext({ viewport: DESKTOP, colorScheme: "light" });
    context.setDefaultTimeout(20_000);
    watch = await Watch.over(context, { origin: monitor.url });
    page = await context.newPage();
    await rm(SHOTS, { recursive: true, force: true });
    await mkdir(SHOTS, { recursive: true });
  });

  after(async () => {
    await browser?.close();
    await monitor?.remove();
  });

  test("a stranger sees no data and learns how to get in", async () => {
    const { page: door, problems, close } = await stranger();
    await door.goto(monitor.url);
    await door.getByRole("heading", { name: "You are signed out" }).waitFor();
    await door.getByText("jwtrail serve").waitFor();
    const refused = await door.evaluate(() =>
      Promise.all(["overview", "alerts", "events?jti=x", "rules", "health", "quarantine", "stream"].map(async (path) => (await fetch(`/api/v1/${path}`)).status)),
    );
    assert.deepEqual(refused, [401, 401, 401, 401, 401, 401, 401]);
    assert.deepEqual(await door.evaluate(accessibilityProblems), []);
    assert.deepEqual(problems, []);
    await close();
  });

  test("the login link opens the overview and leaves no code behind", async () => {
    await page.goto(monitor.loginLink);
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.locator(".live-on").waitFor();
    assert.equal(page.url(), `${monitor.url}/#/`);
    await page.getByText("No alerts").waitFor();
    await page.getByRole("link", { name: "15 min" }).and(page.locator("[aria-current]")).waitFor();
    // What a script that got in could read.
    assert.equal(await page.evaluate(() => document.cookie), "");
    assert.equal(await page.evaluate(() => sessionStorage.length + localStorage.length), 0);
  });

  test("a login link works once", async () => {
    const { page: door, problems, close } = await stranger();
    await door.goto(monitor.loginLink);
    await door.getByText("was used before").waitFor();
    assert.equal(door.url(), `${monitor.url}/#/`);
    assert.deepEqual(problems, []);
    await close();
  });

  test("an alert appears without reloading", async () => {
    await page.evaluate(() => (window.sameDocument = true));
    const sent = repeatedRejections(jti, "user-4496", 8, Date.now());
    assert.equal((await monitor.post(sent)).accepted, 8);
    await page.locator(".alert-row", { hasText: jti.slice(0, 8) }).waitFor();
    await page.locator(".nav .badge").waitFor();
    await page.waitForFunction(() => /^\(\d+\)/.test(document.title));
    await page.locator(".readout", { hasText: "8 failed" }).waitFor();
    assert.equal(await page.evaluate(() => window.sameDocument), true);
  });

  test("its evidence opens with the keyboard", async () => {
    await page.locator(".alert-row-title").first().focus();
    await page.keyboard.press("Enter");
    await page.locator(".timeline .event").first().waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H1");
    assert.equal(await page.locator(".event-decisive").count(), 1);
    assert.ok((await page.locator(".event").count()) >= 5);
    const first = page.locator(".event").first();
    await first.getByText("expired").first().waitFor();
    await first.locator("summary", { hasText: "Full record" }).press("Enter");
    await first.locator(".step-failed", { hasText: "claims" }).waitFor();
    assert.equal(await first.locator(".step-ok").count(), 4);
    assert.equal(await page.evaluate(() => window.sameDocument), true);
  });

  test("what an attacker sends is shown as text", async () => {
    const agent = page.locator(".event").first().locator(".event-more");
    const text = await agent.innerText();
    assert.match(text, /<script>alert\("x"\)<\/script>/);
    assert.match(text, /\\u\{202e\}txt\.exe/, "a direction override is spelled out");
    assert.doesNotMatch(text, /\u202e/);
    assert.equal(await page.locator(".event script, .event img").count(), 0);
  });

  test("a token id is searched from the evidence and by hand", async () => {
    await page.locator(".event").first().locator(".event-more a", { hasText: jti }).click();
    await page.locator(".results tbody").first().waitFor();
    assert.equal(await page.locator(".results tbody").count(), 8);

    await page.locator(".nav").getByRole("link", { name: "Search" }).click();
    await page.getByLabel("Token id").check({ force: true });
    await page.getByLabel("Search for").fill(jti);
    await page.keyboard.press("Enter");
    await page.locator(".results-head", { hasText: "8 events" }).waitFor();
    const open = page.locator(".results tbody").first().getByRole("button");
    await open.press("Enter");
    assert.equal(await open.getAttribute("aria-expanded"), "true");
    await page.locator(".opened .steps").first().waitFor();
    await page.locator(".opened dd", { hasText: jti }).first().waitFor();
  });

  test("every kind of search finds the record", async () => {
    const details = await page.evaluate(async (id) => (await fetch(`/api/v1/events?jti=${id}`)).json(), jti);
    const one = details.events[0];
    const kinds = { sub: one.token_sub, correlation_id: one.correlation_id, fingerprint: one.token_fp, client_ip: one.client_ip };
    for (const [kind, value] of Object.entries(kinds)) {
      await page.goto(`${monitor.url}/#/search?by=${kind}&value=${encodeURIComponent(value)}`);
      await page.locator(".results .id", { hasText: jti.slice(0, 8) }).first().waitFor();
    }
    await page.goto(`${monitor.url}/#/search?by=jti&value=${randomUUID()}`);
    await page.getByText("No events").waitFor();
  });

  test("a whole token is not sent anywhere", async () => {
    const requests = [];
    const listen = (request) => requests.push(request.url());
    page.on("request", listen);
    await page.getByLabel("Search for").fill("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln");
    await page.getByText("looks like a whole token").waitFor();
    await page.keyboard.press("Enter");
    assert.ok(await page.getByRole("button", { name: "Search" }).isDisabled());
    assert.doesNotMatch(page.url(), /eyJ/);
    assert.deepEqual(requests.filter((url) => url.includes("eyJ")), []);
    page.off("request", listen);
  });

  test("a token is held from its alert, with the keyboard, and released again", async () => {
    await page.goto(`${monitor.url}/#/alerts`);
    await page.locator("tr", { hasText: jti.slice(0, 8) }).locator(".row-link").click();
    await page.locator(".stack > .panel > .hold-links a", { hasText: "this token" }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Hold" });
    await dialog.waitFor();
    assert.equal(await dialog.getByLabel("Token id (jti)").inputValue(), jti);
    await dialog.locator(".confirm", { hasText: `refuses the token ${jti} for 1 d` }).waitFor();
    assert.ok(await dialog.evaluate((element) => element.contains(document.activeElement)), "the focus is in the dialog");
    // Escape changes nothing.
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await page.waitForURL(`${monitor.url}/#/quarantine`);
    await page.getByText("Nothing is held").waitFor();
    await page.goBack();
    await page.locator(".stack > .panel > .hold-links a", { hasText: "this token" }).click();
    await dialog.getByLabel("For", { exact: true }).selectOption({ label: "8 h" });
    await dialog.getByLabel(/^Why/).fill("<b>seen</b> at two places");
    await dialog.getByLabel(/^Why/).press("Enter");
    const row = page.locator("table.quarantine tbody tr", { hasText: jti });
    await row.waitFor();
    assert.match(await row.innerText(), /Quarantined[\s\S]*<b>seen<\/b> at two places[\s\S]*operator[\s\S]*every service[\s\S]*in (8 h|7 h 59 min)/);
    assert.equal(page.url(), `${monitor.url}/#/quarantine`);

    const list = () => page.evaluate(async () => (await (await fetch("/api/v1/quarantine")).json()).entries);
    assert.deepEqual((await list()).map((one) => one.target.jti), [jti]);
    await row.getByRole("button", { name: `Release token ${jti}` }).press("Enter");
    const question = page.getByRole("dialog", { name: "Release this token?" });
    await question.getByRole("button", { name: "Keep it held" }).click();
    assert.equal((await list()).length, 1);
    await row.getByRole("button", { name: /^Release/ }).click();
    await question.getByRole("button", { name: "Release" }).click();
    await page.getByText("Nothing is held").waitFor();
    assert.deepEqual(await list(), []);
  });

  test("what can't be held says why, and a whole token is not sent", async () => {
    await page.goto(`${monitor.url}/#/quarantine`);
    await page.getByRole("link", { name: "Hold a token" }).click();
    const dialog = page.getByRole("dialog", { name: "Hold" });
    const submit = dialog.getByRole("button", { name: "Quarantine" });
    assert.ok(await submit.isDisabled(), "nothing is named yet");
    await dialog.getByLabel("Token id (jti)").fill("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln");
    await dialog.getByLabel("Issuer (iss)").fill("https://login.example");
    await dialog.getByText("looks like a whole token").waitFor();
    assert.ok(await submit.isDisabled());
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "detached" });

    const other = await browser.newContext({ viewport: PHONE, storageState: await context.storageState() });
    other.setDefaultTimeout(20_000);
    const watched = await Watch.over(other, { origin: monitor.url, failingRequests: true });
    const tab = await other.newPage();
    await tab.goto(`${monitor.url}/#/quarantine?hold=fingerprint&id=nonsense`);
    await tab.getByRole("dialog").getByRole("button", { name: "Quarantine" }).click();
    await tab.getByRole("alert").filter({ hasText: "400: a fingerprint is the key's id" }).waitFor();
    assert.deepEqual(await tab.evaluate(accessibilityProblems), []);
    assert.deepEqual(watched.problems, []);
    await other.close();
  });

  test("the keyboard reaches everything in order", async () => {
    await page.goto(`${monitor.url}/#/alerts`);
    await page.locator("table.alerts").waitFor();
    await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
    const reached = [];
    for (let press = 0; press < 24; press += 1) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate(() => {
        const element = document.activeElement;
        return element === document.body ? "" : (element?.getAttribute("aria-label") ?? element?.textContent ?? "").trim();
      });
      reached.push(name);
    }
    for (const wanted of [/Overview/, /^Alerts/, /Quarantine/, /Search/, /Rules/, /Health/, /^Colours/, /^Sign out/, /^All$/, /rejected|Rejected/]) {
      assert.ok(reached.some((name) => wanted.test(name)), `${wanted} not reached by Tab: ${reached.join(" | ")}`);
    }
  });

  test("the chosen colours stay", async () => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    const button = page.getByRole("button", { name: /^Colours/ });
    await button.click();
    await button.click();
    await page.getByRole("button", { name: /Colours: dark/ }).waitFor();
    const dark = await background();
    assert.notEqual(light, dark);
    await page.reload();
    await page.getByRole("button", { name: /Colours: dark/ }).waitFor();
    assert.equal(await background(), dark);
    await page.getByRole("button", { name: /Colours: dark/ }).click();
    assert.equal(await background(), light);
  });

  // The mock knows one rule.
  if (isReal) {
    test("the attack of each rule that alerts at once comes up", async () => {
      const fixtures = join(ROOT, "rules", "fixtures");
      const entries = await readdir(fixtures, { withFileTypes: true });
      // The others are judged half a minute later, or learn for days: Rust tests play their fixtures.
      const rules = entries.filter((entry) => AT_ONCE.includes(entry.name)).map((entry) => entry.name);
      assert.equal(rules.length, AT_ONCE.length);
      assert.ok(rules.includes(RULE), `${fixtures} has no ${RULE}`);
      await page.goto(`${monitor.url}/#/alerts?state=all`);
      for (const rule of rules) {
        const text = await readFile(join(fixtures, rule, "positive.ndjson"), "utf8");
        await monitor.post(renewed(text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line))));
        await page.locator("tr", { hasText: rule }).first().waitFor();
      }
    });
  }

  test("every page is sound and is drawn in both themes and on a phone", async () => {
    await monitor.post(busyHour(Date.now()));

    await page.evaluate(holdSome, jti);
    const alert = await page.evaluate(async () => (await (await fetch("/api/v1/alerts?state=all")).json()).alerts[0].id);
    const pages = [
      ["overview", "#/", ".chart canvas"],
      ["alerts", "#/alerts?state=all", "table.alerts tbody tr"],
      ["alert", `#/alerts/${alert}`, ".timeline .event"],
      ["search", `#/search?by=jti&value=${jti}`, ".results tbody"],
      ["search-newest", "#/search", ".results tbody"],
      ["rules", "#/rules", "table.rules tbody tr"],
      ["quarantine", "#/quarantine", "table.quarantine tbody tr"],
      ["quarantine-hold", `#/quarantine?hold=token&iss=https%3A%2F%2Flogin.example&id=${jti}`, ".confirm"],
      ["health", "#/health", ".verdict"],
    ];
    const storageState = await context.storageState();
    for (const colorScheme of ["light", "dark"]) {
      for (const [device, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
        const other = await browser.newContext({ viewport, colorScheme, storageState });
        other.setDefaultTimeout(20_000);
        const watched = await Watch.over(other, { origin: monitor.url });
        const tab = await other.newPage();
        for (const [name, hash, ready] of pages) {
          await tab.goto(`${monitor.url}/${hash}`);
          await tab.locator(ready).first().waitFor();
          await tab.locator(".live-on").waitFor();
          const shot = `${name}-${colorScheme}-${device}`;
          assert.deepEqual(await tab.evaluate(accessibilityProblems), [], shot);
          await tab.screenshot({ path: join(SHOTS, `${shot}.png`), fullPage: device === "phone" });
          if (device === "desktop") await tab.setViewportSize(LAPTOP);
          assert.deepEqual(await tab.evaluate(brokenWords), [], shot);
          await tab.setViewportSize(viewport);
        }
        assert.deepEqual(watched.problems, []);
        await other.close();
      }
    }
  });

  // The real one cannot be made ill from outside.
  if (!isReal) {
    ailing(() => ({ monitor, browser, context, desktop: DESKTOP, phone: PHONE, shots: SHOTS }));
  }

  test("a monitor that goes away and comes back is shown, and the page goes on", async () => {
    const other = await browser.newContext({ viewport: DESKTOP, storageState: await context.storageState() });
    other.setDefaultTimeout(30_000);
    const watched = await Watch.over(other, { origin: monitor.url, failingRequests: true });
    const tab = await other.newPage();
    await page.close();
    await tab.goto(`${monitor.url}/#/alerts?state=all`);
    await tab.locator("table.alerts").waitFor();
    await tab.locator(".live-on").waitFor();
    await monitor.stop();
    await tab.locator(".live-off", { hasText: /Reconnecting, data as of \d\d:\d\d:\d\d/ }).waitFor();
    assert.ok(await tab.locator("table.alerts").isVisible(), "what was there stays");
    await tab.screenshot({ path: join(SHOTS, "reconnecting.png") });
    await monitor.resume();
    await tab.locator(".live-on").waitFor();
    const fresh = randomUUID();
    await monitor.post(repeatedRejections(fresh, "user-4300", 6, Date.now()));
    await tab.locator("tr", { hasText: fresh }).waitFor();
    assert.deepEqual(watched.problems, []);

    await tab.getByRole("button", { name: /^Sign out/ }).click();
    await tab.getByRole("heading", { name: "You are signed out" }).waitFor();
    await tab.reload();
    await tab.getByRole("heading", { name: "You are signed out" }).waitFor();
    await other.close();
  });

  test("nothing went wrong behind the pages", () => {
    assert.deepEqual(watch.problems, []);
  });

  async function stranger() {
    const other = await browser.newContext({ viewport: DESKTOP });
    other.setDefaultTimeout(20_000);
    const { problems } = await Watch.over(other, { origin: monitor.url, failingRequests: true });
    return { page: await other.newPage(), problems, close: () => other.close() };
  }
});
