// Every page that a person can reach by links: it answers, has no barrier, and fits a telephone.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, withPage } from '../lib/browser.mjs';
import { assertAccessible, assertFits, visit } from '../lib/pages.mjs';
import { signIn } from '../lib/people.mjs';
import { startDemo } from '../lib/server.mjs';

/** Of pages of one kind, the first is looked at. */
const MOST_PAGES = 60;
/** The content of these is a file, not a page. */
const FILES = /\/receipt$|\/openapi\.json$|^\/assets\//;

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

test('every page, for one person of each role', async (t) => {
  const seen = new Set();
  for (const person of server.people) {
    const roles = [...person.roles].sort().join(', ');
    if (seen.has(roles)) continue;
    seen.add(roles);
    await t.test(`${roles || 'no role'}: ${person.name}`, () =>
      withPage(browser, server, { name: `pages of ${roles}` }, (page) => walk(page, person)),
    );
  }
  assert.ok(seen.size > 1, 'the demo has people of several roles');
});

test('every page in the dark', () =>
  withPage(browser, server, { name: 'dark pages', colorScheme: 'dark' }, (page) => walk(page, server.people[0])));

async function walk(page, person) {
  await signIn(page, person);
  const kinds = new Set();
  const waiting = [new URL(page.url()).pathname];
  while (waiting.length > 0 && kinds.size < MOST_PAGES) {
    const path = waiting.shift();
    if (kinds.has(kind(path))) continue;
    kinds.add(kind(path));
    await visit(page, path);
    await assertAccessible(page);
    await assertFits(page);
    waiting.push(...(await links(page)));
  }
}

/** A path without its ids, so that a list of a hundred requests is one page and one request. */
function kind(path) {
  return path.replace(/\?.*/, '?').replaceAll(/\/([a-z]+_[\w-]+|[\da-f]{8}-[\da-f-]{27})/g, '/{id}');
}

function links(page) {
  return page.locator('a[href]').evaluateAll(
    (anchors, files) =>
      anchors
        .map((anchor) => new URL(anchor.href))
        .filter((url) => url.origin === location.origin && !new RegExp(files).test(url.pathname))
        .map((url) => url.pathname + url.search),
    FILES.source,
  );
}
