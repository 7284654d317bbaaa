// Answers the demo's survey as a browser automation tool does it, page by page:
//
//   node attack/survey.mjs --url http://127.0.0.1:8080
//   node attack/survey.mjs --url http://127.0.0.1:8080 --driver patchright --headed --typing 40
//
// Prints what lib/visit.mjs prints.
import { visit } from './lib/visit.mjs';

await visit('/demo/survey', async (page, enter) => {
  const next = async (path) => {
    await page.click('#next');
    await page.waitForURL(`**/demo/survey/${path}`);
  };
  await page.check('#since-years');
  await page.selectOption('#room', 'clay');
  await next('2');
  for (const tool of ['kiln', 'testkiln', 'wheel', 'press']) await page.check(`#tools-${tool}`);
  await page.check('#when-evening');
  await next('3');
  for (const [row, answer] of Object.entries({ light: 3, heat: 1, dust: 2, tidy: 2, free: 4 })) await page.check(`#good-${row}-${answer}`);
  await next('4');
  await page.fill('#noise', '35');
  await page.fill('#price', '95');
  await page.check('#friend-8');
  await next('5');
  await enter('#made', 'Six bowls in the grey glaze. Two stuck to the shelf, four are on my table and hold soup.');
  await enter('#mend', 'The second wheel hums.');
  await next('done');
});
