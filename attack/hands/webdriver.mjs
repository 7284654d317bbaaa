// WebDriver, by HTTP to chromedriver: what Selenium sends.
import { spawn } from 'node:child_process';
import { executablePath, quiet } from '../lib/browser.mjs';
import { Hands } from './hands.mjs';

const driverPath = process.env.GAIT_CHROMEDRIVER ?? '/usr/bin/chromedriver';
const element = 'element-6066-11e4-a52e-4f735466cecf';

class WebDriver extends Hands {
  constructor(base, driver) {
    super();
    Object.assign(this, { base, driver });
  }

  async send(method, path, body) {
    const response = await fetch(this.base + path, { method, ...(body && { body: JSON.stringify(body) }) });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${path}: ${value.message}`);
    return value;
  }

  goto(url) {
    return this.send('POST', '/url', { url });
  }

  evaluate(fn, ...args) {
    return this.send('POST', '/execute/sync', { script: `return (${fn})(...arguments)`, args });
  }

  async find(selector) {
    return (await this.send('POST', '/element', { using: 'css selector', value: selector }))[element];
  }

  async click(selector) {
    await this.send('POST', `/element/${await this.find(selector)}/click`, {});
  }

  /** send_keys to an element. */
  async sendKeys(selector, text) {
    await this.send('POST', `/element/${await this.find(selector)}/value`, { text });
  }

  /** Selenium's Select clicks the option. */
  choose(selector, value) {
    return this.click(`${selector} option[value="${value}"]`);
  }

  /** ActionChains: to the middle of the element within a quarter of a second, then a click. */
  async chain(selector) {
    const origin = { [element]: await this.find(selector) };
    const actions = [{ type: 'pointerMove', duration: 250, x: 0, y: 0, origin }, { type: 'pointerDown', button: 0 }, { type: 'pointerUp', button: 0 }];
    await this.send('POST', '/actions', { actions: [{ type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions }] });
  }

  leave() {
    return this.goto('about:blank');
  }

  async close() {
    await this.send('DELETE', '').catch(() => {});
    this.driver.kill();
  }
}

export async function start({ headed = false, args = [], exclude = [], display, size }) {
  const driver = spawn(driverPath, ['--port=0'], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...(display && { DISPLAY: display }) } });
  const port = await new Promise((resolve, reject) => {
    let said = '';
    driver.stdout.on('data', (chunk) => {
      said += chunk;
      const found = said.match(/started successfully on port (\d+)/);
      if (found) resolve(found[1]);
    });
    driver.on('error', reject);
    driver.on('exit', (code) => reject(new Error(`chromedriver ended with ${code}: ${said}`)));
  });
  const hands = new WebDriver(`http://127.0.0.1:${port}/session`, driver);
  const { sessionId, capabilities } = await hands.send('POST', '', {
    capabilities: {
      alwaysMatch: {
        browserName: 'chrome',
        'goog:chromeOptions': {
          binary: executablePath,
          args: [...quiet, `--window-size=${size.width},${size.height}`, '--window-position=0,0', ...(headed ? [] : ['--headless=new']), ...args],
          ...(exclude.length && { excludeSwitches: exclude }),
        },
      },
    },
  });
  hands.base += `/${sessionId}`;
  hands.agent = `chromedriver ${capabilities.browserVersion}`;
  return hands;
}
