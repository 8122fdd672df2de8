// A deployment of its own, as an operator makes one: the first administrator enrols by the printed link, signs in, invites
// somebody, signs an approval; the invited person loses the passkey and recovers. With Chromium's virtual authenticator.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, withPage } from '../lib/browser.mjs';
import { assertAccessible, visit } from '../lib/pages.mjs';
import { api, startServe } from '../lib/server.mjs';

let browser;
let server;

before(async () => {
  server = await startServe();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A device that holds passkeys and whose person always says yes. */
async function device(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', { options });
  return {
    lose: () => session.send('WebAuthn.clearCredentials', { authenticatorId }),
    count: async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
  };
}

async function enrol(page, link, name) {
  // From elsewhere, as from a mail: on the page itself a link that differs behind the # alone would load nothing.
  await page.goto('about:blank');
  await page.goto(link);
  // The code leaves the address; the browser tells of that a moment after the page has loaded.
  await page.waitForURL((url) => url.hash === '');
  await page.getByLabel('What you call this passkey').fill(name);
  await page.getByRole('button', { name: 'Enrol a passkey' }).click();
  await page.waitForURL('**/account');
  assert.match(await page.locator('main').innerText(), new RegExp(name));
}

async function signOut(page) {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/signed-out');
}

async function signIn(page) {
  await visit(page, '/sign-in');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.waitForURL((url) => url.pathname === '/');
}

/** The link that an administrator makes for somebody whose page is open. */
async function linkFor(page) {
  await page.getByRole('button', { name: 'Make an enrolment link' }).click();
  return page.locator('main .code').innerText();
}

test('people come in by a link and a passkey, sign what they decide, and recover', async () => {
  const { link, token } = server.customer;
  await withPage(browser, server, { name: 'passkeys of an administrator' }, async (page) => {
    const phone = await device(page);
    await visit(page, '/enrol');
    await assertAccessible(page);
    await enrol(page, link, 'Work phone');
    assert.equal(await phone.count(), 1);
    await assertAccessible(page);
    await page.goto(link);
    await page.getByLabel('What you call this passkey').fill('Again');
    await page.getByRole('button', { name: 'Enrol a passkey' }).click();
    await page.getByRole('alert').filter({ hasText: /\w/ }).waitFor();
    assert.equal(await phone.count(), 1, 'a link works once');
    await visit(page, '/account');
    await signOut(page);
    await visit(page, '/sign-in');
    await assertAccessible(page);
    await signIn(page);

    await visit(page, '/people');
    await assertAccessible(page);
    await page.getByLabel('Name', { exact: true }).fill('Uma Novak');
    await page.getByLabel('Sign-in name').fill('uma@contoso.example');
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.waitForURL('**/people/usr_*');
    const umas = page.url();
    await assertAccessible(page);
    const first = await linkFor(page);
    await assertAccessible(page);

    await withPage(browser, server, { name: 'passkeys of an invited person' }, async (uma) => {
      const key = await device(uma);
      await enrol(uma, first, 'Security key');
      await signOut(uma);
      await signIn(uma);
      await key.lose();
      await uma.context().clearCookies();
      await visit(uma, '/sign-in');
      await uma.getByRole('button', { name: 'Sign in with a passkey' }).click();
      await uma.getByRole('alert').filter({ hasText: /not used/ }).waitFor();
      await page.goto(umas);
      const second = await linkFor(page);
      assert.match(await page.locator('main').innerText(), /signs no decision for 24 hours/);
      await enrol(uma, second, 'New key');
      assert.match(await uma.locator('main').innerText(), /signs decisions from/);
    });

    await api(server, { token }, 'PATCH', '/v1.0/policies/supportAccess', { decisionAssurance: 'passkey' });
    const request = await pending(token);
    await visit(page, `/access-requests/${request}`);
    await assertAccessible(page);
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.waitForURL(`**/access-requests/${request}`);
    await page.getByText('You approved the request.').waitFor();
    const decided = await api(server, { token }, 'GET', `/v1.0/support/accessRequests/${request}`);
    assert.equal(decided.status, 'approved');
  });
});

/** A request of the vendor's engineer for the customer's sign-ins. */
async function pending(token) {
  const { tenantId } = await api(server, { token }, 'GET', '/v1.0/me');
  const contact = { name: 'Priya', email: 'priya@contoso.example' };
  const opened = await api(server, { token }, 'POST', '/v1.0/support/requests', {
    title: 'Codes arrive late',
    description: 'Since this morning, for everyone.',
    severity: 'moderate',
    service: 'identity',
    problemType: 'signIn/conditionalAccess',
    allowAdvancedDiagnostics: false,
    contact,
  });
  const asked = await api(server, server.provider, 'POST', `/v1.0/support/requests/${opened.id}/accessRequests`, {
    resourceTenantId: tenantId,
    dataCategories: ['signInLogs'],
    reasonCode: 'troubleshooting',
    justification: 'The sign-in log should show which policy refuses them.',
    duration: 'PT8H',
  });
  return asked.id;
}
