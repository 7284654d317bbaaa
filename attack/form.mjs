// Fills the form of the demo's signup page as a browser automation tool does it:
// a click into each field, fill, a click on the button.
//
//   node attack/form.mjs --url http://127.0.0.1:8080 --driver playwright
//   node attack/form.mjs --url http://127.0.0.1:8080 --driver patchright --headed
//
// Prints what lib/visit.mjs prints.
import { answers } from './lib/browser.mjs';
import { visit } from './lib/visit.mjs';

await visit('/demo/signup', async (page, enter) => {
  for (const [field, text] of Object.entries(answers)) await enter(field, text);
  await page.click('#submit');
});
