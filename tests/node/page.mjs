// What a browser makes of pages: what it draws, asks for and complains of, and what clicks and keys do.
// Usage: node page.mjs <task.json >facts.json     (task: node, chromium, shots, and the files of four pages)
import { createRequire } from "node:module";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const task = JSON.parse(readFileSync(0, "utf8"));
const require = createRequire(`${task.node}/`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core"), "utf8");
// Milliseconds after which nothing more is to be hoped for, on a machine that has much else to do.
const PATIENCE = 60_000;
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const facts = { complaints: [], requests: [], shots: [] };
const profile = mkdtempSync(join(tmpdir(), "page-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: task.chromium, args: FLAGS, env: task.env, timeout: PATIENCE, viewport: { width: 1280, height: 900 },
});

async function opened(file, { scheme = "light", width = 1280 } = {}) {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.on("console", (message) => facts.complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => facts.complaints.push(`error: ${error}`));
  page.on("dialog", (dialog) => { facts.complaints.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => facts.requests.push(request.url()));
  await page.emulateMedia({ colorScheme: scheme });
  await page.setViewportSize({ width, height: 900 });
  await page.goto(pathToFileURL(file).href);
  return page;
}
async function shot(page, name, options = {}) {
  const path = join(task.shots, `${name}.png`);
  await page.screenshot({ path, ...options });
  facts.shots.push(path);
}
const grid = (page) => page.evaluate(() => [...document.querySelectorAll(".matrix tbody tr")]
  .filter((row) => row.checkVisibility()).map((row) => [...row.cells].map((cell) => cell.innerText.trim())));
const focused = (page) => page.evaluate(() => {
  const cell = document.activeElement.closest(".matrix td");
  return cell && [cell.parentElement.sectionRowIndex, cell.cellIndex];
});
const count = (page) => page.locator("#filter-count").innerText();

// A large account.
let page = await opened(task.large);
facts.head = await page.evaluate(() => [...document.querySelectorAll(".matrix thead tr:nth-child(2) th")].map((each) => each.innerText));
facts.groups = await page.evaluate(() => [...document.querySelectorAll(".matrix thead tr:first-child th[scope=colgroup]")]
  .map((each) => [each.innerText.trim(), each.colSpan]));
facts.grid = await grid(page);
facts.unfiltered = await count(page);

await page.locator("body").press("Tab");
facts.pressed = [];
for (let press = 0; press < 40; press += 1) {
  const id = await page.evaluate(() => document.activeElement.id);
  if (id === "filter-name") break;
  facts.pressed.push(id);
  await page.keyboard.press("Tab");
}
await page.keyboard.type(task.word);
facts.filtered = { count: await count(page), grid: await grid(page) };
facts.elsewhere = await page.evaluate(() => [...document.querySelectorAll("tr[id^=f]:not([hidden])")].map((each) => each.dataset.name));
await page.keyboard.press("Escape");
facts.cleared = await count(page);
await page.keyboard.press("Tab");
await page.keyboard.type("crit");
facts.critical = { count: await count(page), grid: await grid(page) };
await page.keyboard.press("Escape");

await page.locator(".matrix .sign a").first().focus();
facts.stops = await page.evaluate(() => document.querySelectorAll(".matrix .sign a[tabindex='0']").length);
facts.walk = [await focused(page)];
for (const key of ["ArrowRight", "ArrowDown", "ArrowDown", "End", "ArrowUp", "Home", "ArrowLeft"]) {
  await page.keyboard.press(key);
  facts.walk.push(await focused(page));
}
const failing = page.locator(".matrix td.fail a").first();
await failing.focus();
await page.keyboard.press("Enter");
await page.waitForFunction(() => document.activeElement.matches("tr[id^=f]"));
facts.revealed = await page.evaluate(() => {
  const row = document.activeElement, box = row.getBoundingClientRect();
  const open = Boolean(row.closest("details.group").open);
  return { id: `#${row.id}`, hash: location.hash, open, seen: box.top >= 0 && box.bottom <= innerHeight, text: row.innerText };
});
const folded = page.locator("details.group[open] td details summary").first();
await folded.click();
facts.values = await page.locator("details.group[open] td details[open] pre").first().innerText();

await page.close();

// A small one, as people see it.
for (const [name, scheme, width] of [["light", "light", 1280], ["dark", "dark", 1280], ["narrow", "light", 390]]) {
  page = await opened(task.small, { scheme, width });
  facts[name] = { width: await page.evaluate(() => document.documentElement.scrollWidth) };
  await shot(page, `audit-${name}`);
  await page.close();
}

// A smaller one, all of it opened, as axe judges it.
for (const scheme of ["light", "dark"]) {
  page = await opened(task.smallest, { scheme });
  await page.locator("#open-all").click();
  await page.evaluate(axe);
  const run = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const found = run.violations.flatMap((each) => each.nodes.map((node) => `${each.id}: ${node.html.slice(0, 120)}`));
  facts[scheme] = { ...facts[scheme], judged: run.passes.length, violations: found };
  await page.close();
}

// Paper.
page = await opened(task.smallest);
await page.evaluate(() => addEventListener("beforeprint", () => {
  const folded = "#failures details.group:not([open]), #changes details:not([open])";
  window.unopened = document.querySelectorAll(folded).length;
}));
const pdf = await page.pdf();
facts.print = { pdf: pdf.subarray(0, 5).toString(), closed: await page.evaluate(() => window.unopened) };
await page.close();

// One whose names and texts want to be more than texts.
page = await opened(task.hostile);
facts.hostile = { grid: await grid(page), hacked: await page.evaluate(() => window.hacked === undefined) };
await shot(page, "audit-hostile");
await page.close();

// Nothing may come in by other ways; these complaints are wanted.
const seen = { complaints: facts.complaints.splice(0), requests: facts.requests.splice(0) };
page = await opened(task.small);
await page.evaluate(() => {
  window.refused = new Set();
  addEventListener("securitypolicyviolation", (event) => window.refused.add(event.effectiveDirective));
  const script = document.createElement("script");
  script.textContent = "window.hacked = true";
  const image = new Image(), frame = document.createElement("iframe"), style = document.createElement("style");
  style.textContent = "p { color: red }";
  image.src = "http://127.0.0.1:9/x.png";
  frame.src = "http://127.0.0.1:9/";
  const button = document.createElement("div");
  button.innerHTML = "<p onclick='window.hacked = true' style='color: red'>x</p>";
  document.body.append(script, image, frame, style, button);
  button.firstChild.click();
  fetch("http://127.0.0.1:9/").catch(() => null);
});
await page.waitForFunction((number) => window.refused.size >= number, task.refused);
facts.refused = await page.evaluate(() => [[...window.refused].sort(), window.hacked === undefined]);
await context.close();
rmSync(profile, { recursive: true, force: true });
process.stdout.write(JSON.stringify({ ...facts, ...seen }));
