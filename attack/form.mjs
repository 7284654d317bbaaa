// Fills the form of the demo's signup page as a browser automation tool does it:
// a click into each field, fill, a click on the button.
//
//   node attack/form.mjs --url http://127.0.0.1:8080 --driver playwright
//   node attack/form.mjs --url http://127.0.0.1:8080 --driver patchright --headed
//
// Prints one JSON object: {"session", "score", "verdicts", "problems"}: what the
// page's live panel shows at the end, and what went wrong in its console.
import { openDisplay } from './lib/display.mjs';
import { answers, executablePath, flags, quiet } from './lib/browser.mjs';

const { url, driver = 'playwright', headed = false, typing = 'fill', screenshot } = flags();
const { chromium } = await import(driver === 'patchright' ? 'patchright-core' : 'playwright-core');

const display = headed ? await openDisplay() : undefined;
const browser = await chromium.launch({
  executablePath,
  headless: !headed,
  args: quiet,
  env: { ...process.env, ...(display && { DISPLAY: display.name }) },
});
try {
  const page = await browser.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.goto(`${url}/demo/signup`);
  for (const [field, text] of Object.entries(answers)) {
    await page.click(field);
    if (typing === 'fill') await page.fill(field, text);
    else await page.type(field, text, { delay: Number(typing) });
  }
  await page.click('#submit');
  // patchright evaluates in a world of its own; storage is shared with the page's.
  const session = await page.evaluate(() => sessionStorage.getItem('rtSessionId'));
  await page.waitForTimeout(4000); // the tracker sends and the panel asks once a second
  const panel = await page.evaluate(() => ({
    score: Number(document.querySelector('#gait-score').textContent),
    verdicts: Object.fromEntries([...document.querySelectorAll('[data-check]')].map((e) => [e.dataset.check, e.dataset.verdict])),
  }));
  if (screenshot) await page.screenshot({ path: screenshot });
  console.log(JSON.stringify({ session, ...panel, problems }));
} finally {
  await browser.close();
  display?.close();
}
