// The harness itself: what it must notice, it notices. Runs against pages of its own, not against the server.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { launch, withPage } from '../lib/browser.mjs';
import { assertAccessible, linkTo, submitOf, tabTo, visit } from '../lib/pages.mjs';
import { signIn } from '../lib/people.mjs';

const page = (body) => `<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,"><main><h1>A page</h1>${body}</main>`;
const PAGES = {
  '/': page('<p>Signed in.</p><a href="/other">Other</a> <a href="/gone">Gone</a>'),
  '/demo/sign-in/usr_1': page('<form method="post" action="/demo/sign-in/usr_1"><button>Sign in</button></form>'),
  '/barrier': page('<img src="data:,">'),
  '/error': page('<script>throw new Error("planted")</script>'),
  '/foreign': page('<img alt="" src="http://127.0.0.2:9/x.png">'),
  '/unseen': page('<style>:focus-visible { outline: none }</style><form action="/x"><button>Send</button></form>'),
  '/unreachable': page('<form action="/x"><button tabindex="-1">Send</button></form>'),
};

let browser;
let server;

before(async () => {
  const listener = createServer((request, response) => {
    if (request.method === 'POST') return response.writeHead(303, { location: '/' }).end();
    const body = PAGES[request.url];
    return response.writeHead(body ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' }).end(body ?? page(''));
  });
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  server = { url: `http://127.0.0.1:${listener.address().port}`, stop: () => listener.close() };
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.stop();
});

for (const javaScriptEnabled of [true, false]) {
  test(`signs in and moves about by keyboard, scripts ${javaScriptEnabled ? 'on' : 'off'}`, () =>
    withPage(browser, server, { name: 'harness', javaScriptEnabled }, async (page) => {
      await signIn(page, { signInUrl: `${server.url}/demo/sign-in/usr_1` });
      assert.equal(new URL(page.url()).pathname, '/');
      await tabTo(page, linkTo(page, '/gone'));
      await page.keyboard.press('Enter');
      await page.waitForURL('**/gone');
      await visit(page, '/gone', 404);
    }));
}

test('notices a barrier, and only where there is one', () =>
  withPage(browser, server, { name: 'harness-barrier' }, async (page) => {
    await visit(page, '/');
    await assertAccessible(page);
    await visit(page, '/barrier');
    await assert.rejects(assertAccessible(page), /image-alt/);
  }));

const troubles = [
  ['/error', /planted/],
  ['/foreign', /a request to http:\/\/127\.0\.0\.2/],
];
for (const [path, expected] of troubles) {
  test(`notices what goes wrong in ${path}`, () =>
    assert.rejects(withPage(browser, server, { name: `harness${path}` }, (page) => visit(page, path)), expected));
}

const focus = [
  ['/unseen', /the focus can be seen/],
  ['/unreachable', /cannot be reached by Tab/],
];
for (const [path, expected] of focus) {
  test(`notices a button that the keyboard cannot use: ${path}`, () =>
    assert.rejects(
      withPage(browser, server, { name: `harness${path}` }, async (page) => {
        await visit(page, path);
        await tabTo(page, submitOf(page, '/x'));
      }),
      expected,
    ));
}
