// Fills the form of the demo's signup page in Debian's Firefox, driven by WebDriver
// BiDi: a click into each field, keys, a click on the button.
//
//   node attack/firefox.mjs --url http://127.0.0.1:8080
//   node attack/firefox.mjs --url http://127.0.0.1:8080 --headed --typing 60
//
// Prints one JSON object as attack/form.mjs does.
import puppeteer from 'puppeteer-core';
import { openDisplay } from './lib/display.mjs';
import { answers, firefoxPath, flags, quietFirefox } from './lib/browser.mjs';

const { url, headed = false, typing = '30', screenshot } = flags();
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const display = headed ? await openDisplay() : undefined;
const browser = await puppeteer.launch({
  browser: 'firefox',
  executablePath: firefoxPath,
  headless: !headed,
  env: { ...process.env, ...(display && { DISPLAY: display.name }) },
  extraPrefsFirefox: quietFirefox,
});
try {
  const page = await browser.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.goto(`${url}/demo/signup`);
  for (const [field, text] of Object.entries(answers)) {
    await page.click(field);
    await page.type(field, text, { delay: Number(typing) });
  }
  await page.click('#submit');
  const session = await page.evaluate(() => sessionStorage.getItem('rtSessionId'));
  await pause(4000); // the tracker sends and the panel asks once a second
  const panel = await page.evaluate(() => ({
    score: Number(document.querySelector('#gait-score').textContent),
    verdicts: Object.fromEntries([...document.querySelectorAll('[data-check]')].map((e) => [e.dataset.check, e.dataset.verdict])),
  }));
  if (screenshot) await page.screenshot({ path: screenshot });
  // What is on its way arrives while the browser still runs.
  await page.goto('about:blank');
  await pause(1500);
  console.log(JSON.stringify({ session, ...panel, problems }));
} finally {
  await browser.close();
  display?.close();
}
