// Somebody who signed in a while ago is asked again before ways in are opened or
// closed, and goes on where they were. Who is removed leaves no key behind unseen.
import { ask, check, given, heading, look, open, password, same, scenario, visitor } from './lib.mjs';

await scenario(async (browser, seen) => {
  const ada = await visitor(browser, { refused: [400, 401, 403] });
  /** Has the browser go on with another session of hers, in which she signed in long ago. */
  const old = given.sessions.map((value) => ({ name: given.cookie, value, url: given.url, httpOnly: true, sameSite: 'Lax' }));
  const later = async () => ada.addCookies([old.pop()]);
  await later();
  const page = await ada.newPage();
  const confirm = page.getByRole('dialog', { name: 'Confirm that it is you' });
  const word = confirm.getByLabel('Your password');

  // A key that may all. What was typed waits beneath the dialog.
  await open(page, '/dash/keys', 'Keys');
  await page.getByRole('button', { name: 'New key' }).click();
  const making = page.getByRole('dialog', { name: 'New key' });
  await making.getByLabel('Name').fill('Deployment');
  await making.getByLabel('May').selectOption({ label: 'Read and admin: all that an owner may do' });
  await making.getByLabel('Ends').selectOption('90');
  await making.getByRole('button', { name: 'Make the key' }).click();
  await confirm.waitFor();
  await look(page, 'being asked who one is');
  check(await word.evaluate((e) => e === document.activeElement), 'the password has no focus');
  check(!(await confirm.getByRole('button', { name: 'Use a passkey' }).isVisible()), 'a passkey is offered to who has none');
  await word.fill('a guess');
  await page.keyboard.press('Enter');
  await confirm.getByRole('alert').getByText('This is not your password.').waitFor();
  await look(page, 'not being who one says');
  await page.keyboard.press('Escape');
  await confirm.waitFor({ state: 'detached' });
  await making.getByRole('alert').getByText('you did not confirm that it is you').waitFor();
  same(await making.getByLabel('Name').inputValue(), 'Deployment', 'the name after giving up');
  same((await ask(ada, 'GET', '/keys')).items.filter((k) => k.name === 'Deployment').length, 0, 'keys made without confirming');
  await making.getByRole('button', { name: 'Make the key' }).click();
  await word.fill(password);
  await confirm.getByRole('button', { name: 'Confirm', exact: true }).click();
  const shown = page.getByRole('dialog', { name: 'Keep it now' });
  await shown.waitFor();
  await shown.getByRole('button', { name: 'I have kept it' }).click();
  const made = (await ask(ada, 'GET', '/keys')).items.find((k) => k.name === 'Deployment');
  same([made.scopes, made.by.name, Boolean(made.expires_at)], [['admin', 'read'], 'Ada', true], 'the key');

  // For a while nobody is asked again.
  await open(page, '/dash/members', 'Members');
  await page.getByRole('button', { name: 'Invite' }).click();
  const inviting = page.getByRole('dialog', { name: 'Invite somebody' });
  await inviting.getByLabel('Role').selectOption('owner');
  await inviting.getByRole('button', { name: 'Make a link' }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  const cdp = await ada.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await open(page, '/dash/account', 'Your account');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  const adding = page.getByRole('dialog', { name: 'Add a passkey' });
  await adding.getByLabel('Name').fill('Laptop');
  await adding.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('table', { name: 'Your passkeys' }).getByRole('cell', { name: 'Laptop', exact: true }).waitFor();

  // An owner with a lower role: the role goes back if she thinks better of it.
  await later();
  await open(page, '/dash/members', 'Members');
  const role = page.getByLabel('Role of Bob');
  await role.selectOption('viewer');
  const lowering = page.getByRole('dialog', { name: 'Make Bob viewer?' });
  await lowering.getByText('Revoke the key with the scope admin that Bob made').waitFor();
  await look(page, 'an owner with a lower role');
  await lowering.getByRole('button', { name: 'Cancel' }).click();
  await lowering.waitFor({ state: 'detached' });
  same(await role.inputValue(), 'owner', 'the role after thinking better of it');

  // Removed with the keys, after a passkey said who asks.
  await page.getByRole('button', { name: 'Remove Bob' }).click();
  const removing = page.getByRole('dialog', { name: 'Remove Bob?' });
  await removing.getByText('Revoke the 2 keys that Bob made').waitFor();
  check(await removing.getByRole('checkbox').isChecked(), 'keys are kept unless one says otherwise');
  await look(page, 'removing an owner');
  await removing.getByRole('button', { name: 'Remove', exact: true }).click();
  await confirm.getByRole('button', { name: 'Use a passkey' }).waitFor();
  await look(page, 'being asked, with a passkey');
  await confirm.getByRole('button', { name: 'Use a passkey' }).click();
  await page.getByText('bob@example.org').waitFor({ state: 'detached' });

  // Removed without them: they are seen.
  await page.getByRole('button', { name: 'Remove Eve' }).click();
  const leaving = page.getByRole('dialog', { name: 'Remove Eve?' });
  await leaving.getByRole('checkbox').uncheck();
  await leaving.getByText('They go on working').waitFor();
  await leaving.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('eve@example.org').waitFor({ state: 'detached' });
  await open(page, '/dash/keys', 'Keys');
  const row = (name) => page.getByRole('row').filter({ hasText: name });
  await row('Kept by Eve').getByText('by Eve, who has left').waitFor();
  await page.getByText('1 valid key was made by somebody who left').waitFor();
  await look(page, 'keys of who has left');
  same(await row('of Bob').getByText('Revoked').count(), 2, "Bob's keys that are revoked");
  await page.getByRole('button', { name: 'Revoke Kept by Eve' }).click();
  await page.getByRole('dialog', { name: 'Revoke the key?' }).getByRole('button', { name: 'Revoke', exact: true }).click();
  await page.getByText('1 valid key was made by somebody who left').waitFor({ state: 'detached' });

  // The password, and then a passkey.
  await later();
  await open(page, '/dash/account', 'Your account');
  await page.getByLabel('New password').fill('another password for tests');
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await word.fill(password);
  await page.keyboard.press('Enter');
  await page.getByText('The password is changed.').waitFor();
  await page.getByRole('button', { name: 'Remove Laptop' }).click();
  await page.getByRole('dialog', { name: 'Remove Laptop?' }).getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('No passkey yet').waitFor();

  // Signed out elsewhere meanwhile: the way in, and no dialog that leads nowhere.
  await ada.clearCookies();
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await adding.getByLabel('Name').fill('Phone');
  await adding.getByRole('button', { name: 'Continue' }).click();
  await heading(page, 'Sign in').waitFor();
  check((await page.getByRole('dialog').count()) === 0, 'a dialog is left');

  seen.old = old.length;
});
