// Takes the pictures of the demo that the README and docs show, from a demo that
// is running:
//
//   node demo/screenshots.mjs --url http://127.0.0.1:8080 --out docs/img
//
// With --all, every page and state of it, to look at while changing them.
import { mkdir } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { answers, executablePath, flags, quiet } from '../attack/lib/browser.mjs';

const { url, out, all = false } = flags();
await mkdir(out, { recursive: true });
const browser = await chromium.launch({ executablePath, args: quiet });

/** Each takes its pictures as it goes. */
const tours = {
  async signup(page, shoot, narrow) {
    await page.goto(`${url}/demo/signup`);
    for (const [field, text] of Object.entries(answers)) {
      await page.click(field);
      await page.fill(field, text);
    }
    await page.click('#submit');
    await page.waitForTimeout(4000);
    await page.evaluate(() => window.scrollTo(0, 0));
    if (narrow) await page.click('#gait-bar');
    await page.waitForTimeout(800);
    await shoot('demo');
  },

  async survey(page, shoot) {
    const next = async (path) => {
      await page.click('#next');
      await page.waitForURL(`**/demo/survey/${path}`);
    };
    await page.goto(`${url}/demo/survey`);
    await shoot('survey-1');
    await page.check('#since-years');
    await page.selectOption('#room', 'clay');
    await next('2');
    await page.check('#tools-kiln');
    await page.check('#tools-wheel');
    await page.click('#next');
    await page.waitForSelector('.missing');
    await shoot('survey-2-missing');
    await page.check('#when-evening');
    await next('3');
    for (const [row, answer] of Object.entries({ light: 3, heat: 1, dust: 2 })) await page.check(`#good-${row}-${answer}`);
    await shoot('survey-3');
    for (const row of ['tidy', 'free']) await page.check(`#good-${row}-2`);
    await next('4');
    await page.fill('#noise', '35');
    await page.check('#friend-8');
    await shoot('survey-4');
    await next('5');
    await page.fill('#made', 'A teapot, lid and all, and the lid even fits.');
    await shoot('survey-5');
    await next('done');
    await page.waitForTimeout(2500);
    await shoot('survey-done');
  },

  async shop(page, shoot) {
    await page.goto(`${url}/demo/shop`);
    await shoot('shop');
    await page.click('label:has(#kind-tools)');
    await page.selectOption('#sort', 'cheap');
    await shoot('shop-filtered');
    await page.click('[data-item="mallet"] .good-link');
    await page.selectOption('#amount', '2');
    await page.click('#add');
    await shoot('shop-item');
    await page.goto(`${url}/demo/shop/item/wax`);
    await shoot('shop-gone');
    await page.goto(`${url}/demo/shop/item/hammer`);
    await shoot('shop-missing');
    await page.goto(`${url}/demo/shop/item/knife`);
    await page.click('#add');
    await page.click('#cart');
    await shoot('shop-basket');
    await page.click('#checkout');
    await shoot('shop-checkout');
    await page.check('#delivery-post');
    const entries = { name: 'Robin Winter', email: 'robin@example.org', street: '12 Rope Walk', town: 'Marsham', card: '4000 0000 0000 0000', expiry: '12/31', cvc: '123' };
    for (const [field, text] of Object.entries(entries)) await page.fill(`#${field}`, text);
    await page.click('#place');
    await page.evaluate(() => document.querySelector('#place').scrollIntoView({ block: 'center' }));
    await shoot('shop-help');
    await page.fill('#postcode', 'MA1 2BC');
    await page.click('#place');
    await page.waitForTimeout(2500);
    await shoot('shop-done');
    await page.click('#cart');
    await shoot('shop-empty');
  },

  async bots(page, shoot) {
    await page.goto(`${url}/demo/bots`);
    await shoot('bots');
    await page.evaluate(() => window.scrollTo(0, document.querySelector('#look').offsetTop - 200));
    await shoot('bots-end');
  },
};

try {
  for (const colorScheme of ['light', 'dark']) {
    for (const [size, viewport] of Object.entries({ wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } })) {
      for (const [name, tour] of Object.entries(tours)) {
        if (name !== 'signup' && !all) continue;
        const context = await browser.newContext({ viewport, colorScheme });
        const page = await context.newPage();
        await tour(page, (picture) => page.screenshot({ path: `${out}/${picture}-${size}-${colorScheme}.png` }), size === 'narrow');
        await context.close();
      }
    }
  }
} finally {
  await browser.close();
}
