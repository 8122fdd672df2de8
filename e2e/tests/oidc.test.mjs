// People of a customer sign in at an identity provider of their own: the npm package `oidc-provider`, which is certified and
// not ours. An administrator sets it up in the pages; it makes an account with a role, and signs its person out again.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, withPage } from '../lib/browser.mjs';
import { startIssuer } from '../lib/issuer.mjs';
import { assertAccessible, visit } from '../lib/pages.mjs';
import { api, freePort, startServe } from '../lib/server.mjs';

const SECRET = 'a secret & more';
const PEOPLE = {
  uma: { name: 'Uma Iyer', preferred_username: 'uma.iyer@contoso.example', groups: ['support-desk'] },
};

let browser;
let server;
let issuer;

before(async () => {
  server = await startServe('[sign_in]\nnetworks = ["127.0.0.0/8", "::1/128"]');
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await issuer?.stop();
  await server?.stop();
});

/** Signs in at the identity provider, whose own pages ask for a name, and then whether this service may know it. */
async function signInThere(page) {
  await page.locator('input[name=login]').fill('uma');
  await page.locator('input[name=password]').fill('anything');
  await page.locator('button[type=submit]').click();
  await page.locator('button[type=submit]').click();
}

test('people sign in at an identity provider of their own, and are signed out by it', async () => {
  const { token } = server.customer;
  const administrator = { token };
  const port = await freePort();
  const made = await api(server, administrator, 'POST', '/v1.0/identityProviders', {
    displayName: 'Contoso sign-in',
    issuer: `http://localhost:${port}`,
    clientId: 'vouchsafe',
    clientSecret: SECRET,
    scope: 'openid profile',
    justInTimeAccounts: true,
    roleMappings: [{ group: 'support-desk', roleDefinitionId: 'f023fd81-a637-4b56-95fd-791ac0226033' }],
  });
  assert.equal(made.hasClientSecret, true);
  assert.doesNotMatch(JSON.stringify(made), /a secret/);

  await withPage(browser, server, { name: 'an identity provider that is down' }, async (page) => {
    const answer = await page.goto(made.signInUrl);
    assert.equal(answer.status(), 503);
    assert.match(await page.locator('main').innerText(), /identity provider cannot be reached now/);
    await assertAccessible(page);
  });

  issuer = await startIssuer({
    port,
    people: PEOPLE,
    client: {
      client_id: 'vouchsafe',
      client_secret: SECRET,
      redirect_uris: [made.redirectUri],
      backchannel_logout_uri: made.backchannelLogoutUri,
      backchannel_logout_session_required: true,
    },
  });
  // It is left alone for a moment after it failed.
  await new Promise((resolve) => setTimeout(resolve, 6_000));

  await withPage(browser, server, { name: 'sign-in at an identity provider', elsewhere: issuer.issuer }, async (page) => {
    await page.goto(`${made.signInUrl}?returnTo=%2Faccount`);
    await signInThere(page);
    await page.waitForURL((url) => url.origin === server.url);
    assert.equal(new URL(page.url()).pathname, '/account');
    assert.match(await page.locator('main').innerText(), /uma\.iyer@contoso\.example/);
    await assertAccessible(page);
    await visit(page, '/');
    assert.match(await page.locator('body').innerText(), /Service Support Administrator/);

    const users = await api(server, administrator, 'GET', '/v1.0/users');
    assert.equal(users.value.filter((user) => user.displayName === 'Uma Iyer').length, 1);
    const entries = await api(server, administrator, 'GET', '/v1.0/auditLogs/directoryAudits?$top=5');
    const activities = entries.value.map((entry) => entry.activityDisplayName);
    for (const activity of ['Add user', 'Add external identity', 'Add member to role']) {
      assert.ok(activities.includes(activity), `${activity}: ${activities}`);
    }

    // Signing out there ends the session here.
    await page.goto(`${issuer.issuer}/session/end`);
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await page.waitForURL('**/session/end/success');
    await page.goto(`${server.url}/account`);
    assert.equal(new URL(page.url()).pathname, '/sign-in');
  });

  await withPage(browser, server, { name: 'who comes again has the same account', elsewhere: issuer.issuer }, async (page) => {
    await page.goto(made.signInUrl);
    await signInThere(page);
    await page.waitForURL((url) => url.origin === server.url && url.pathname === '/');
    const users = await api(server, administrator, 'GET', '/v1.0/users');
    assert.equal(users.value.filter((user) => user.displayName === 'Uma Iyer').length, 1);
    // An answer that was used, once more.
    const answer = await page.goto(`${made.redirectUri}?code=x&state=y`);
    assert.equal(answer.status(), 400);
    assert.match(await page.locator('main').innerText(), /was not begun in this browser/);
  });
});
