// Records somebody who discards a session and then saves one, and prints what they saw,
// as JSON:
//
//   node record.mjs chrome|firefox URL
import puppeteer from 'puppeteer-core';
import { executablePath, firefoxPath, quiet, quietFirefox } from '../../../attack/lib/browser.mjs';

const [name, base] = process.argv.slice(2);
const browser = await puppeteer.launch({
  browser: name,
  headless: true,
  ...(name === 'chrome' ? { executablePath, args: quiet } : { executablePath: firefoxPath, extraPrefsFirefox: quietFirefox }),
});

const problems = [];
const requests = [];
const page = await browser.newPage();
page.on('pageerror', (error) => problems.push(String(error)));
page.on('console', (message) => ['error', 'warn'].includes(message.type()) && problems.push(message.text()));
// Firefox does not say what was posted; what came of it is in the file.
const posted = (request) => (name === 'chrome' && request.postData()) || '';
page.on('request', (request) => requests.push(`${request.method()} ${request.url()} ${posted(request)}`));

const text = (selector) => page.$eval(selector, (e) => e.innerText);
const typed = [];

async function fill() {
  const at = page.url();
  const { steps } = await (await fetch(`${at}.json`)).json();
  for (const { do: kind, selector, answer } of steps) {
    if (kind === 'select') await page.select(selector, answer);
    else await page.click(selector);
    if (kind === 'text' || kind === 'area') {
      typed.push(answer);
      await page.type(selector, answer, { delay: 1 });
    }
  }
  await page.waitForFunction((before) => location.href !== before && document.readyState === 'complete', {}, at);
}

/** A session, from consent to the button at the end. */
async function session(button) {
  await page.goto(base);
  const before = await page.evaluate(() => sessionStorage.getItem('rtSessionId'));
  const person = await text('#random');
  await page.click('input[value=trackpad]');
  await page.click('#begin');
  const forms = [];
  for (let i = 0; i < 3; i++) {
    await page.waitForSelector('#send');
    forms.push(await text('.bar span'));
    await fill();
  }
  await page.waitForSelector('#actions:not([hidden])', { timeout: 20_000 });
  const stopped = await page.evaluate(() => !sessionStorage.getItem('rtSessionId'));
  const id = await page.evaluate(() => sessionStorage.getItem('gaitReview'));
  // What comes now is recorded no more, and a reload shows the same.
  await page.mouse.move(100, 100);
  await page.reload();
  await page.waitForSelector('#actions:not([hidden])', { timeout: 20_000 });
  const counts = await text('#counts');
  const score = Number(await text('#score'));
  const verdicts = await page.$$eval('#verdicts tr', (rows) => rows.length);
  await page.click(button);
  await page.waitForSelector('#again:not([hidden])');
  return { before: before ?? '', id, person, forms, stopped, counts, score, verdicts, said: await text('#state') };
}

try {
  const discarded = await session('#discard');
  const saved = await session('#save');
  // Of the typed text nothing may be in an address or a body.
  const leaks = requests.filter((r) => typed.some((answer) => r.includes(answer) || r.includes(encodeURIComponent(answer)) || r.includes(answer.replaceAll(' ', '+'))));
  const sent = requests.filter((r) => /\/task\/\d+\/done/.test(r)).map((r) => r.replace(base, '').trim());
  console.log(JSON.stringify({ discarded, saved, typed, leaks, sent, problems }));
} finally {
  await browser.close();
}
