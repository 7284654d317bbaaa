// Buys in the demo's shop as a browser automation tool does it, from the shelf to
// the order, within one document:
//
//   node attack/shop.mjs --url http://127.0.0.1:8080
//   node attack/shop.mjs --url http://127.0.0.1:8080 --driver patchright --headed --typing 40
//
// Prints what lib/visit.mjs prints.
import { visit } from './lib/visit.mjs';

await visit('/demo/shop', async (page, enter) => {
  await page.selectOption('#sort', 'cheap');
  await page.click('[data-add="scraper"]');
  await page.click('[data-item="mallet"] .good-link');
  await page.selectOption('#amount', '2');
  await page.click('#add');
  await page.click('#cart');
  await page.click('#checkout');
  await enter('#name', 'Robin Winter');
  await enter('#email', 'robin.winter@example.org');
  await page.check('#delivery-post');
  await enter('#street', '12 Rope Walk');
  await enter('#town', 'Marsham');
  await enter('#postcode', 'MA1 2BC');
  await enter('#card', '4000 0000 0000 0000');
  await enter('#expiry', '12/31');
  await enter('#cvc', '123');
  await page.click('#place');
  await page.waitForURL('**/demo/shop/done');
});
