// The walk that README.md tells, step by step, in the demo as it starts; draws its pictures.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, picture, withPage } from '../lib/browser.mjs';
import { linkTo, submitOf, visit } from '../lib/pages.mjs';
import { signIn } from '../lib/people.mjs';
import { api, startDemo } from '../lib/server.mjs';

let browser;
let server;

before(async () => {
  server = await startDemo();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test('the walk in five minutes', async () => {
  const [alex, alexOfData] = server.people.filter(({ name }) => name === 'Alex Moreno');
  const ines = server.people.find(({ name }) => name === 'Ines Okafor');
  const as = (person, use) =>
    withPage(browser, server, { name: `walk ${person.name}` }, async (page) => {
      await signIn(page, person);
      await use(page);
    });
  const { value } = await api(server, alex, 'GET', "/v1.0/support/accessRequests?$filter=status eq 'pending'");
  const waiting = value.find(({ resourceTenantId }) => resourceTenantId === alexOfData.tenantId);
  assert.ok(waiting, 'a request for the other organisation waits for Alex');
  const signIns = `/desk/${waiting.supportRequestId}/${alexOfData.tenantId}/sign-ins`;

  await as(alex, async (page) => {
    await visit(page, '/');
    await picture(page, 'customer-home');
    await linkTo(page, '/access-requests/pending').click();
    await linkTo(page, `/access-requests/${waiting.id}`).click();
    await page.waitForURL(`**/access-requests/${waiting.id}`);
    await picture(page, 'access-request', { fullPage: true });
    await submitOf(page, `/access-requests/${waiting.id}/approve`).click();
    await submitOf(page, `/access-requests/${waiting.id}/approve`).waitFor({ state: 'detached' });
  });

  await as(ines, async (page) => {
    await linkTo(page, `/desk/${waiting.supportRequestId}`).click();
    await linkTo(page, signIns).click();
    await page.waitForURL(`**${signIns}`);
    assert.ok((await page.locator('main table tbody tr').count()) > 0, 'sign-ins are shown');
    await picture(page, 'sign-ins');
  });

  await as(alexOfData, async (page) => {
    await linkTo(page, '/access-requests/approved').click();
    await page.waitForURL('**/access-requests/approved');
    await picture(page, 'approved-access');
    const grants = await api(server, alexOfData, 'GET', '/v1.0/support/grants');
    const grant = grants.value.find(({ supportRequestId }) => supportRequestId === waiting.supportRequestId);
    await linkTo(page, `/grants/${grant.id}/remove`).click();
    await page.waitForURL('**/remove');
    await submitOf(page, `/grants/${grant.id}/remove`).click();
    await page.waitForURL((url) => !url.pathname.endsWith('/remove'));
  });

  await as(ines, (page) => visit(page, signIns, 403));

  await as(alex, async (page) => {
    await visit(page, `/access-requests/${waiting.id}`);
    const own = await api(server, alex, 'GET', `/v1.0/support/accessRequests/${waiting.id}`);
    assert.equal(own.status, 'approved', 'what the other organisation does is its own business');
  });
});
