// Where the browser is and how it is started: Debian's Chromium, nothing fetched.
export const executablePath = process.env.GAIT_CHROMIUM ?? '/usr/bin/chromium';

/** Flags that keep Chromium quiet on a machine without a network or a sandbox. */
export const quiet = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--no-default-browser-check',
];

export const firefoxPath = process.env.GAIT_FIREFOX ?? '/usr/bin/firefox-esr';

/** The same for Firefox: nothing is fetched but the page. */
export const quietFirefox = {
  'app.normandy.enabled': false,
  'browser.newtabpage.activity-stream.feeds.topsites': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'extensions.getAddons.cache.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': '',
};

/** What a visitor enters. */
export const answers = {
  '#name': 'Robin Winter',
  '#email': 'robin.winter@example.org',
  '#why': 'We run a survey panel and want to know which answers came from people.',
};

/** Command line as {flag: value}; a flag without a value is true. */
export function flags(argv = process.argv.slice(2)) {
  const found = {};
  for (let i = 0; i < argv.length; i++) {
    const name = argv[i].replace(/^--/, '');
    found[name] = argv[i + 1] === undefined || argv[i + 1].startsWith('--') ? true : argv[++i];
  }
  return found;
}
