// The main ways in Debian's Firefox, by WebDriver BiDi: setup, sign-in, a filtered
// list, a session.
import puppeteer from 'puppeteer-core';
import { firefoxPath, quietFirefox } from '../../attack/lib/browser.mjs';
import { check, given, note, password, patience, print, same, seen, until } from './lib.mjs';

const browser = await puppeteer.launch({ browser: 'firefox', headless: true, executablePath: firefoxPath, extraPrefsFirefox: quietFirefox, defaultViewport: { width: 1280, height: 800 } });

async function visitor() {
  const page = await (await browser.createBrowserContext()).newPage();
  page.setDefaultTimeout(patience);
  page.on('pageerror', (error) => note(`an error in ${page.url()}: ${error}`));
  page.on('console', (m) => ['error', 'warn'].includes(m.type()) && note(`the console of ${page.url()}: ${m.text()}`));
  await page.evaluateOnNewDocument(() => {
    window.violations = [];
    addEventListener('securitypolicyviolation', (e) => window.violations.push(`${e.effectiveDirective} ${e.blockedURI}`));
  });
  return page;
}

/** What an element is called in the tree that screen readers see. */
const named = (role, name) => `::-p-aria([role="${role}"][name="${name}"])`;
const heading = (page, name) => until(() => page.evaluate((want) => document.querySelector('h1')?.innerText === want, name), `the heading ${name}`);
const press = async (page, role, name) => (await page.waitForSelector(named(role, name))).click();
const enter = async (page, name, text) => {
  const field = await page.waitForSelector(named('textbox', name));
  await field.click({ count: 3 });
  await field.type(text);
};
const text = (page) => page.evaluate(() => document.body.innerText);
const says = (page, what) => until(async () => (await text(page)).includes(what), `the page says ${what}`);
const fine = async (page) => same(await page.evaluate(() => window.violations), [], `what the policy of ${page.url()} forbids`);

async function account() {
  const page = await visitor();
  await page.goto(`${given.url}/dash/setup#${given.token}`);
  await heading(page, 'Set Gait up');
  await enter(page, 'E-mail', 'ada@example.org');
  await enter(page, 'Name', 'Ada');
  const secret = await page.waitForSelector('input[type=password]');
  await secret.type(password);
  await press(page, 'button', 'Create the account');
  await heading(page, 'Overview');
  await says(page, 'Nobody came in the last 7 days');
  await fine(page);

  await page.evaluate(() => [...document.querySelectorAll('button')].find((b) => b.innerText.includes('Ada')).click());
  await press(page, 'button', 'Sign out');
  await heading(page, 'Sign in');
  await enter(page, 'E-mail', 'ada@example.org');
  await (await page.waitForSelector('input[type=password]')).type(`not ${password}`);
  await press(page, 'button', 'Sign in');
  await says(page, 'do not belong together');
  const again = await page.waitForSelector('input[type=password]');
  await again.click({ count: 3 });
  await again.type(password);
  await press(page, 'button', 'Sign in');
  await heading(page, 'Overview');
  await fine(page);
}

async function list() {
  const page = await visitor();
  await page.goto(`${given.demo}/dash/sessions`);
  await heading(page, 'Sessions');
  const ids = () => page.evaluate(() => [...document.querySelectorAll('[role=table] [role=row] a')].map((a) => a.pathname.split('/').pop()));
  await until(async () => (await ids()).length > 5, 'the list has rows');
  await press(page, 'button', 'Filter');
  await press(page, 'button', 'Label');
  await press(page, 'button', 'Machine');
  await until(() => page.evaluate(() => location.search.includes('label=machine')), 'the address holds the filter');
  const want = await page.evaluate(async () => (await (await fetch('/api/v1/sessions?workspace=1&label=machine&limit=50')).json()).items.map((r) => r.id));
  await until(async () => JSON.stringify((await ids()).slice(0, 10)) === JSON.stringify(want.slice(0, 10)), 'the list shows what the API says');
  await page.reload();
  await until(async () => JSON.stringify((await ids()).slice(0, 10)) === JSON.stringify(want.slice(0, 10)), 'the list is the same after loading the page again');
  await until(() => page.evaluate(() => /Live/.test(document.querySelector('h1').parentElement.innerText)), 'the list is live');
  seen.listed = want.length;

  await page.evaluate(() => document.querySelector('[role=table] [role=row] a').click());
  await heading(page, `Session ${want[0].slice(0, 8)}`);
  await until(() => page.evaluate(() => document.querySelectorAll('canvas').length > 3), 'the pictures are there');
  await says(page, 'Action log');
  const drawn = await until(
    () => page.evaluate(() => [...document.querySelectorAll('canvas')].filter((c) => c.width && c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v > 0)).length),
    'something is drawn',
  );
  seen.drawn = drawn;
  check((await text(page)).includes('Detected'), 'the checks are not shown');
  await fine(page);
}

try {
  await account();
  await list();
} catch (error) {
  note(String(error?.stack ?? error));
} finally {
  await browser.close();
}
print();
