// Takes the pictures of the demo that the README and docs show, from a demo that
// is running:
//
//   node demo/screenshots.mjs --url http://127.0.0.1:8080 --out docs/img
import { mkdir } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { answers, executablePath, flags, quiet } from '../attack/lib/browser.mjs';

const { url, out } = flags();
await mkdir(out, { recursive: true });
const browser = await chromium.launch({ executablePath, args: quiet });
try {
  for (const colorScheme of ['light', 'dark']) {
    for (const [name, viewport] of Object.entries({ wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } })) {
      const page = await browser.newPage({ viewport, colorScheme });
      await page.goto(`${url}/demo/signup`);
      for (const [field, text] of Object.entries(answers)) {
        await page.click(field);
        await page.fill(field, text);
      }
      await page.click('#submit');
      await page.waitForTimeout(4000);
      await page.evaluate(() => window.scrollTo(0, 0));
      if (name === 'narrow') await page.click('#gait-bar');
      await page.waitForTimeout(800);
      await page.screenshot({ path: `${out}/demo-${name}-${colorScheme}.png` });
      await page.close();
    }
  }
} finally {
  await browser.close();
}
