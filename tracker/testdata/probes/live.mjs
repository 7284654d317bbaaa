// A page of another site that loads rt.js and the badge from a running Gait.
//
//   node tracker/testdata/probes/live.mjs BASE SITEKEY
//
// Prints {"session", "badge", "problems"}.
import { createServer } from "node:http";
import { chromium } from "playwright-core";
import { executablePath, quiet } from "../../../attack/lib/browser.mjs";

const [base, key] = process.argv.slice(2);
const server = createServer((request, response) => {
  response.setHeader("Content-Type", "text/html");
  response.setHeader("Content-Security-Policy", `default-src 'none'; script-src 'nonce-n'; connect-src ${base}; img-src data:; require-trusted-types-for 'script'; trusted-types gait`);
  response.end(`<!doctype html><title>site</title><link rel="icon" href="data:,"><div class="roundtable-badge"></div>
    <script nonce="n" src="${base}/v1/badge.js" async></script>
    <script nonce="n" src="${base}/v1/rt.js" data-site-key="${key}"></script>`);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const browser = await chromium.launch({ executablePath, args: quiet });
try {
  const page = await browser.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && problems.push(message.text()));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const card = page.locator(".roundtable-badge .card");
  await card.and(page.locator(".pass, .fail")).waitFor({ timeout: 30_000 });
  // The probes come when the page is idle, and their traits a second later.
  await page.waitForTimeout(6_000);
  const session = await page.evaluate(() => window.getRoundtableSessionId());
  const badge = await card.getAttribute("class");
  await page.goto("about:blank");
  await page.waitForTimeout(1_000);
  console.log(JSON.stringify({ session, badge, problems }));
} finally {
  await browser.close();
  server.close();
}
