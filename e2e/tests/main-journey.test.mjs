// One case from the question to the refusal: a customer names another tenant, both approve, the engineer reads, the
// tenant of the data removes the access, the next read is refused. With scripts and without; the decision by keyboard.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, withPage } from '../lib/browser.mjs';
import { assertAccessible, linkTo, submitOf, tabTo, visit } from '../lib/pages.mjs';
import { deciders, engineers, signIn } from '../lib/people.mjs';
import { api, startDemo } from '../lib/server.mjs';

const JUSTIFICATION = 'Guests from the partner tenant fail conditional access; we compare their sign-ins with yours.';

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

for (const javaScriptEnabled of [true, false]) {
  test(`a cross-tenant access, scripts ${javaScriptEnabled ? 'on' : 'off'}`, async (t) => {
    let broken = false;
    const step = (name, person, use) =>
      t.test(name, { skip: broken && 'an earlier step failed' }, async () => {
        broken = true;
        await withPage(browser, server, { name: `journey ${name}`, javaScriptEnabled }, async (page) => {
          await signIn(page, person);
          await use(page, async () => {
            if (javaScriptEnabled) await assertAccessible(page);
          });
        });
        broken = false;
      });
    const { supportTenant, dataTenant, engineer, caseId, requestId } = await crossTenantRequest();
    const signIns = `/desk/${caseId}/${dataTenant.tenantId}/sign-ins`;

    await step('the data’s tenant sees nothing before the support request tenant approved', dataTenant, async (page) => {
      await visit(page, `/access-requests/${requestId}`, 404);
    });

    await step('the engineer reads nothing before approval', engineer, async (page) => {
      await visit(page, signIns, 403);
      assert.equal(await rows(page).count(), 0);
    });

    await step('the support request tenant approves', supportTenant, async (page) => {
      await visit(page, `/access-requests/${requestId}`);
      await submitOf(page, `/access-requests/${requestId}/approve`).click();
      await decided(page, requestId);
    });

    await step('the data’s tenant is told, and approves by keyboard', dataTenant, async (page, look) => {
      await visit(page, '/');
      await look();
      await linkTo(page, '/access-requests/pending').click();
      await page.waitForURL('**/access-requests/pending');
      await look();
      await linkTo(page, `/access-requests/${requestId}`).click();
      await page.waitForURL(`**/access-requests/${requestId}`);
      assert.match(await page.locator('main').innerText(), new RegExp(JUSTIFICATION.slice(0, 30)));
      await look();
      await tabTo(page, submitOf(page, `/access-requests/${requestId}/approve`));
      await page.keyboard.press('Enter');
      await decided(page, requestId);
    });

    await step('the engineer reads the sign-ins', engineer, async (page, look) => {
      await visit(page, '/desk');
      await look();
      await linkTo(page, `/desk/${caseId}`).click();
      await page.waitForURL(`**/desk/${caseId}`);
      await look();
      await linkTo(page, signIns).click();
      await page.waitForURL(`**${signIns}`);
      assert.ok((await rows(page).count()) > 0, 'sign-ins are shown');
      await look();
    });

    await step('the data’s tenant sees what was read, and removes the access', dataTenant, async (page, look) => {
      await visit(page, `/access-requests/${requestId}/reads`);
      assert.ok((await rows(page).count()) > 0, 'the read is listed');
      await look();
      await page.locator('main a[href^="/reads/"]').first().click();
      await page.waitForURL('**/reads/*');
      await look();
      await visit(page, '/access-requests/approved');
      await look();
      const { value } = await api(server, dataTenant, 'GET', '/v1.0/support/grants');
      const grant = value.find(({ accessRequestId }) => accessRequestId === requestId);
      await linkTo(page, `/grants/${grant.id}/remove`).click();
      await page.waitForURL(`**/grants/${grant.id}/remove`);
      await look();
      await submitOf(page, `/grants/${grant.id}/remove`).click();
      await page.waitForURL((url) => !url.pathname.endsWith('/remove'));
      assert.equal(await linkTo(page, `/grants/${grant.id}/remove`).count(), 0, 'nothing is left to remove');
      await visit(page, '/audit-log');
      await look();
    });

    await step('the next read is refused', engineer, async (page, look) => {
      await visit(page, signIns, 403);
      assert.equal(await rows(page).count(), 0);
      await look();
    });
  });
}

/** A customer's case that names another customer's tenant, and its engineer's request to read there. */
async function crossTenantRequest() {
  const [supportTenant, dataTenant] = await deciders(server);
  assert.ok(supportTenant && dataTenant, 'two customer tenants with someone who can decide alone');
  const opened = await api(server, supportTenant, 'POST', '/v1.0/support/requests', {
    title: 'Guests are blocked by conditional access',
    description: 'Since Monday guests from the partner tenant cannot open our portal.',
    severity: 'moderate',
    service: 'identity',
    problemType: 'signIn/conditionalAccess',
    allowAdvancedDiagnostics: false,
    contact: { name: supportTenant.name, email: supportTenant.userPrincipalName, language: 'en', timeZone: 'Europe/Berlin' },
    resourceTenantIds: [dataTenant.tenantId],
  });
  const engineer = (await engineers(server)).find(({ id }) => id === opened.assignedTo.id);
  assert.ok(engineer, 'the case is assigned to an engineer of the demo');
  const asked = await api(server, engineer, 'POST', `/v1.0/support/requests/${opened.id}/accessRequests`, {
    resourceTenantId: dataTenant.tenantId,
    dataCategories: ['signInLogs'],
    reasonCode: 'troubleshooting',
    justification: JUSTIFICATION,
    duration: 'P1D',
  });
  return { supportTenant, dataTenant, engineer, caseId: opened.id, requestId: asked.id };
}

function rows(page) {
  return page.locator('main table tbody tr');
}

/** Waits until the decision was taken: the forms that decide are gone. */
async function decided(page, requestId) {
  await submitOf(page, `/access-requests/${requestId}/approve`).waitFor({ state: 'detached' });
}
