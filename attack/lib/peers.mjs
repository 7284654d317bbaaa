// Other detectors that run in the same page: BotD and fpscanner, as one classic script.
// It runs on the page to which a form leads, so that a task is not disturbed, and leaves
// its verdicts in data-peers of the document's element.
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** Runs in the page. */
function compare(botd, fpscanner) {
  if (!location.pathname.endsWith('/done')) return;
  const say = {
    botd: async () => {
      const { bot, botKind } = await (await botd.load()).detect();
      return bot ? `bot: ${botKind}` : 'human';
    },
    fpscanner: async () => {
      const { fastBotDetection, fastBotDetectionDetails: rules } = await new fpscanner.default().collectFingerprint({ encrypt: false });
      return fastBotDetection ? `bot: ${Object.keys(rules).filter((rule) => rules[rule].detected).join(' ')}` : 'human';
    },
  };
  const verdicts = Object.entries(say).map(async ([name, ask]) => [name, await ask().catch((error) => `error: ${error}`)]);
  Promise.all(verdicts).then((all) => {
    document.documentElement.dataset.peers = JSON.stringify(Object.fromEntries(all));
  });
}

/** Writes the script to a file. */
export async function bundlePeers(file) {
  const module = async (path) => {
    const code = await readFile(path, 'utf8');
    return `((module) => { ((module, exports) => {${code}\n})(module, module.exports); return module.exports; })({ exports: {} })`;
  };
  const botd = await module(require.resolve('@fingerprintjs/botd'));
  const fpscanner = await module(join(dirname(require.resolve('fpscanner')), 'fpScanner.cjs.js'));
  await writeFile(file, `(${compare})(${botd}, ${fpscanner});\n`);
}
