// A browser tool's visit to one of the demos: what every driver of a page needs.
import { openDisplay } from './display.mjs';
import { executablePath, flags, quiet } from './browser.mjs';

/**
 * Opens url + path, hands the page to act, and prints one JSON object:
 * {"session", "score", "pages", "verdicts", "problems"}: what the page's live panel
 * shows at the end, and what went wrong in its console.
 */
export async function visit(path, act) {
  const { url, driver = 'playwright', headed = false, typing = 'fill', screenshot } = flags();
  const { chromium } = await import(driver === 'patchright' ? 'patchright-core' : 'playwright-core');
  const display = headed && process.platform === 'linux' && !process.env.DISPLAY ? await openDisplay() : undefined;
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
    await page.goto(url + path);
    await act(page, async (field, text) => {
      await page.click(field);
      if (typing === 'fill') await page.fill(field, text);
      else await page.type(field, text, { delay: Number(typing) });
    });
    // patchright evaluates in a world of its own; storage is shared with the page's.
    const session = await page.evaluate(() => sessionStorage.getItem('rtSessionId'));
    await page.waitForTimeout(4000); // the tracker sends and the panel asks once a second
    const panel = await page.evaluate(() => ({
      score: Number(document.querySelector('#gait-score').textContent),
      pages: Number([...document.querySelectorAll('#gait-facts div')].find((e) => e.firstChild.textContent === 'Pages')?.lastChild.textContent),
      verdicts: Object.fromEntries([...document.querySelectorAll('[data-check]')].map((e) => [e.dataset.check, e.dataset.verdict])),
    }));
    if (screenshot) await page.screenshot({ path: screenshot });
    console.log(JSON.stringify({ session, ...panel, problems }));
  } finally {
    await browser.close();
    display?.close();
  }
}
