// Signs in with a password, out, and in again with a passkey.
import { check, given, heading, join, look, open, password, same, scenario, signIn, signOut, visitor } from './lib.mjs';

await scenario(async (browser, seen) => {
  const ada = await visitor(browser, { refused: [401] });
  await join(ada, given.token, 'Ada');
  const page = await ada.newPage();
  await open(page, '/dash/', 'Overview');
  await signOut(page, 'Ada');
  same((await ada.cookies()).filter((c) => c.value).length, 0, 'cookies after signing out');

  // Whoever follows a link signs in first and is where the link leads then.
  await page.goto('/dash/keys');
  await heading(page, 'Sign in').waitFor();
  await signIn(page, 'ada@example.org', 'not the password');
  const alert = page.getByRole('alert');
  await alert.waitFor();
  same(await alert.innerText(), 'The e-mail address and the password do not belong together.', 'what a wrong password is told');
  await look(page, 'a wrong password');
  await signIn(page, 'nobody@example.org', password);
  await alert.waitFor();
  same(await alert.innerText(), 'The e-mail address and the password do not belong together.', 'what a wrong address is told');
  await signIn(page, 'ada@example.org', password);
  await heading(page, 'Keys').waitFor();
  check(!(await page.content()).includes(password), 'the password is in the page');

  // A passkey, made under Account.
  const cdp = await ada.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  const credentials = async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
  await open(page, '/dash/account', 'Your account');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a passkey' });
  await dialog.getByLabel('Name').fill('Laptop');
  await dialog.getByRole('button', { name: 'Continue' }).click();
  const passkeys = page.getByRole('table', { name: 'Your passkeys' });
  await passkeys.getByRole('cell', { name: 'Laptop', exact: true }).waitFor();
  same((await credentials()).map((c) => c.isResidentCredential), [true], 'passkeys in the device');

  await look(page, 'an account with a passkey');

  // The same device is not asked twice.
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await dialog.getByLabel('Name').fill('Again');
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await dialog.getByRole('alert').getByText('has a passkey for you already').waitFor();
  await look(page, 'a passkey too many');
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  await signOut(page, 'Ada');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await heading(page, 'Overview').waitFor();
  seen.account = await (await ada.request.get('/api/v1/account')).json();
  same((await credentials()).map((c) => c.signCount > 1), [true], 'the passkey was used');

  // Removed, it opens nothing, although the device still has it.
  await open(page, '/dash/account', 'Your account');
  await page.getByRole('button', { name: 'Remove Laptop' }).click();
  const confirm = page.getByRole('dialog', { name: 'Remove Laptop?' });
  await confirm.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('No passkey yet').waitFor();
  await signOut(page, 'Ada');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await alert.getByText('This passkey is not known here.').waitFor();

  // An address has no passkeys, and says where they are.
  const other = await visitor(browser, { url: given.address });
  const there = await other.newPage();
  await there.goto('/dash/sign-in');
  await heading(there, 'Sign in').waitFor();
  check(!(await there.getByRole('button', { name: 'Sign in with a passkey' }).isVisible()), 'an address offers passkeys');
  await signIn(there, 'ada@example.org', password);
  await heading(there, 'Overview').waitFor();
  await open(there, '/dash/account', 'Your account');
  await there.getByText(`open ${given.url} instead`).waitFor();
});
