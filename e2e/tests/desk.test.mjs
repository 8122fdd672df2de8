// A support request by the pages alone: a customer opens it with a yes, refuses an access, is asked to collect instead,
// uploads, sees what was taken out, and sends; the engineer reads it with filters, and the log as it is. Then a yes that two
// people must give, and its renewal. Files go along with messages.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, withPage } from '../lib/browser.mjs';
import { assertAccessible, assertFits, linkTo, submitOf, visit } from '../lib/pages.mjs';
import { engineers, signIn } from '../lib/people.mjs';
import { api, startDemo } from '../lib/server.mjs';

const TITLE = 'The night shift cannot open payroll';
const BEARER = 'Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln';
const LOG = `2026-10-01T09:00:00Z the broker was asked\nGET /me ${BEARER}\n`;

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

test('a support request from the question to what was collected', async (t) => {
  const { marta, yuki } = customers();
  const step = steps(t);
  let caseId;
  let engineer;
  let collection;

  await step('the customer opens it with a yes, and it has its engineer', marta, async (page) => {
    caseId = await openByPage(page, { title: TITLE, yes: true });
    const main = await page.locator('main').innerText();
    assert.match(main, /may read it: read-only, personal values masked/);
    const seen = await api(server, marta, 'GET', `/v1.0/support/requests/${caseId}`);
    engineer = (await engineers(server)).find(({ id }) => id === seen.assignedTo.id);
    assert.ok(engineer && main.includes(engineer.name), 'the engineer is named');
  });

  await step('and takes the yes back', marta, async (page) => {
    await visit(page, `/support-requests/${caseId}`);
    await answerConsent(page, caseId, 'false');
    assert.match(await page.locator('main').innerText(), /Support may not read it/);
  });

  let requestId;
  await step('the engineer asks for access', () => engineer, async (page) => {
    await visit(page, `/desk/${caseId}/ask`);
    await page.locator('input[name="dataCategories"][value="signInLogs"]').check();
    await page.locator('textarea[name="justification"]').fill('The sign-in log should show which policy refuses them.');
    await submitOf(page, `/desk/${caseId}/ask`).click();
    await page.waitForURL(`**/desk/${caseId}`);
    const { value } = await api(server, yuki, 'GET', '/v1.0/support/accessRequests');
    requestId = value.find(({ supportRequestId }) => supportRequestId === caseId).id;
  });

  await step('the customer says no', yuki, async (page) => {
    await visit(page, `/access-requests/${requestId}`);
    assert.match(await page.locator('main').innerText(), /collect/i, 'a no is no end: the engineer may ask to collect');
    const reject = page.locator(`form[action="/access-requests/${requestId}/reject"]`);
    await reject.locator('textarea[name="reason"]').fill('We may not open the log.');
    await reject.locator('[type=submit], button:not([type])').first().click();
    await page.waitForURL((url) => !url.pathname.endsWith('/reject'));
    const seen = await api(server, yuki, 'GET', `/v1.0/support/accessRequests/${requestId}`);
    assert.equal(seen.status, 'rejected');
  });

  await step('the engineer asks to collect instead', () => engineer, async (page) => {
    await visit(page, `/desk/${caseId}/collect`);
    const tenants = page.locator('input[name="tenantId"]');
    if ((await tenants.count()) > 0) await tenants.first().check();
    await page.locator('input[name="dataCategories"][value="signInLogs"]').check();
    await page.locator('textarea[name="instructions"]').fill('Please export the sign-ins of last night, and the broker’s log.');
    await submitOf(page, `/desk/${caseId}/collect`).click();
    await page.waitForURL((url) => !url.pathname.endsWith('/collect'));
    const { value } = await api(server, yuki, 'GET', '/v1.0/support/dataCollections');
    collection = value.find(({ supportRequestId }) => supportRequestId === caseId).id;
  });

  let signIns;
  await step('the customer uploads, sees what was removed, and sends', yuki, async (page, look) => {
    const page1 = await api(server, customers().noor, 'GET', '/v1.0/auditLogs/signIns?$top=200');
    signIns = page1.value;
    await visit(page, '/data-collections');
    await linkTo(page, `/data-collections/${collection}`).click();
    await page.waitForURL(`**/data-collections/${collection}`);
    await page.locator('input[name="file"][required]').setInputFiles([
      { name: 'sign-ins.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify({ value: signIns })) },
      { name: 'broker.log', mimeType: 'text/plain', buffer: Buffer.from(LOG) },
    ]);
    await submitOf(page, `/data-collections/${collection}/files`).click();
    await page.waitForURL(`**/data-collections/${collection}`);
    const main = await page.locator('main').innerText();
    assert.match(main, new RegExp(`It holds ${signIns.length} records, which are read with masks`));
    assert.match(main, /It holds no records, such as sign-ins/);
    assert.match(main, /Taken out, and replaced by a word: 1 ×/);
    assert.equal(main.includes('eyJ'), false, 'the secret is nowhere');
    await look();
    await submitOf(page, `/data-collections/${collection}/submit`).click();
    await page.waitForURL(`**/data-collections/${collection}`);
    assert.match(await page.locator('main').innerText(), /The engineer may read it/);
  });

  await step('the engineer reads the records masked and filtered, and the log as it is', () => engineer, async (page, look) => {
    await visit(page, `/data-collections/${collection}`);
    await look();
    const saved = page.waitForEvent('download');
    await linkTo(page, `/data-collections/${collection}/download/broker.log`).click();
    const download = await saved;
    assert.equal(download.suggestedFilename(), 'broker.log');
    const text = await streamed(await download.createReadStream());
    assert.match(text, /the broker was asked/);
    assert.match(text, /\[removed:/);
    assert.equal(await linkTo(page, `/data-collections/${collection}/download/sign-ins.json`).count(), 0);
    await page.locator('section[aria-labelledby="read"] a').first().click();
    await page.waitForURL('**/sign-ins');
    const all = await page.locator('main tbody tr, main .rows tr').count();
    assert.ok(all > 0, 'sign-ins are shown');
    const named = signIns.find(({ userPrincipalName }) => userPrincipalName)?.userPrincipalName;
    assert.equal((await page.locator('main').innerText()).includes(named), false, `${named} is masked`);
    await visit(page, `${new URL(page.url()).pathname}?result=failure`);
    assert.ok((await page.locator('main tbody tr, main .rows tr').count()) <= all);
  });

  await step('the customer sees every read of it', yuki, async (page, look) => {
    await visit(page, `/data-collections/${collection}`);
    await page.getByRole('link', { name: 'What was read' }).click();
    await page.waitForURL('**/reads');
    assert.match(await page.locator('main').innerText(), /files\/broker\.log/);
    await look();
  });

  await step('a file goes along with a message, without its secret', marta, async (page, look) => {
    await visit(page, `/support-requests/${caseId}`);
    await page.locator('textarea[name="body"]').fill('This is what the browser says.');
    await page.locator('#field-attachment').setInputFiles({ name: 'console.log', mimeType: 'text/plain', buffer: Buffer.from(LOG) });
    await submitOf(page, `/support-requests/${caseId}/messages`).click();
    await page.waitForURL(`**/support-requests/${caseId}`);
    assert.match(await page.locator('.attachments').innerText(), /console\.log.*1 secret taken out/s);
    await look();
    // What cannot be cleaned is said beside the field, and the words that were typed are still there.
    await page.locator('textarea[name="body"]').fill('And this is the tool.');
    await page.locator('#field-attachment').setInputFiles({ name: 'tool.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ') });
    await submitOf(page, `/support-requests/${caseId}/messages`).click();
    await page.getByText('tool.exe was not taken').first().waitFor();
    assert.equal(await page.locator('textarea[name="body"]').inputValue(), 'And this is the tool.');
    await look();
  });

  await step('and the engineer has it', () => engineer, async (page) => {
    await visit(page, `/desk/${caseId}`);
    const saved = page.waitForEvent('download');
    await page.locator('.attachments a').first().click();
    assert.match(await streamed(await (await saved).createReadStream()), /\[removed:/);
  });
});

test('a yes that two people must give, and its renewal', async (t) => {
  const { marta, yuki } = customers();
  const step = steps(t);
  let caseId;
  // A yes of five days is in its last week, and can be renewed, from its first day on.
  await api(server, yuki, 'PATCH', '/v1.0/policies/supportAccess', {
    approvals: { required: 2, approverIds: [] },
    consentDuration: 'P5D',
  });

  await step('the opener’s yes is one of two', marta, async (page, look) => {
    caseId = await openByPage(page, { title: 'Codes arrive late in the warehouse', yes: true });
    assert.match(await page.locator('main').innerText(), /Nothing can be read yet: 1 of 2 people/);
    await look();
  });

  await step('with the second one it holds', yuki, async (page) => {
    await visit(page, `/support-requests/${caseId}`);
    await submitOf(page, `/support-requests/${caseId}/consent/approve`).click();
    await page.waitForURL(`**/support-requests/${caseId}`);
    assert.match(await page.locator('main').innerText(), /may read it: read-only, personal values masked/);
  });

  await step('it is about to end: one wants to renew it', yuki, async (page, look) => {
    await visit(page, `/support-requests/${caseId}`);
    assert.match(await page.locator('main').innerText(), /Your yes ends/);
    await look();
    await submitOf(page, `/support-requests/${caseId}/consent/renew`).click();
    await page.waitForURL(`**/support-requests/${caseId}`);
    assert.match(await page.locator('main').innerText(), /1 of 2 people in your organisation want to renew it, you among them/);
  });

  await step('the other one as well, and it is renewed', marta, async (page) => {
    const before = await api(server, marta, 'GET', `/v1.0/support/requests/${caseId}`);
    await visit(page, `/support-requests/${caseId}`);
    await submitOf(page, `/support-requests/${caseId}/consent/renew`).click();
    await page.waitForURL(`**/support-requests/${caseId}`);
    const renewed = await api(server, marta, 'GET', `/v1.0/support/requests/${caseId}`);
    assert.equal(renewed.consent.status, 'given');
    assert.ok(renewed.consent.expiresDateTime > before.consent.expiresDateTime, 'it lasts longer now');
  });
});

/** Steps of a test, each in a browser of its own as one person; after one that fails the rest is skipped. */
function steps(t) {
  let broken = false;
  return (name, person, use) =>
    t.test(name, { skip: broken && 'an earlier step failed' }, async () => {
      broken = true;
      await withPage(browser, server, { name: `desk ${name}`, javaScriptEnabled: true }, async (page) => {
        await signIn(page, typeof person === 'function' ? person() : person);
        await use(page, async () => {
          await assertAccessible(page);
          await assertFits(page);
        });
      });
      broken = false;
    });
}

/** The people of one customer. */
function customers() {
  const named = (name) => server.people.find((person) => person.name === name);
  return { marta: named('Marta Kowal'), yuki: named('Yuki Tanabe'), noor: named('Noor Aziz') };
}

/** Opens a support request by the form; gives its id. */
async function openByPage(page, { title, yes }) {
  await visit(page, '/support-requests/new');
  await page.locator('input[name="title"]').fill(title);
  await page.locator('textarea[name="description"]').fill('Since last night people of the evening are refused by a policy.');
  await page.locator('select[name="problemType"]').selectOption('signIn/conditionalAccess');
  await page.locator(`input[name="allowAdvancedDiagnostics"][value="${yes}"]`).check();
  await fillIfEmpty(page.locator('input[name="contact.name"]'), 'Marta Kowal');
  await fillIfEmpty(page.locator('input[name="contact.email"]'), 'marta.kowal@adatum.example');
  await fillIfEmpty(page.locator('input[name="contact.timeZone"]'), 'Europe/Berlin');
  await submitOf(page, '/support-requests').click();
  await page.waitForURL('**/support-requests/sr_*');
  return new URL(page.url()).pathname.split('/').at(-1);
}

async function fillIfEmpty(field, value) {
  if ((await field.inputValue()) === '') await field.fill(value);
}

async function answerConsent(page, caseId, answer) {
  const form = page.locator(`form[action="/support-requests/${caseId}/consent"]`);
  await form.locator(`input[value="${answer}"]`).check();
  await form.locator('[type=submit], button:not([type])').first().click();
  await page.waitForURL(`**/support-requests/${caseId}`);
}

async function streamed(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
