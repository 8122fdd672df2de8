// Every sample page of vouchsafe-web, rare states and hostile text included: no barrier, and it fits a telephone.
// Needs no server: the gallery program writes the pages.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { launch, withPage } from '../lib/browser.mjs';
import { assertAccessible, assertFits, visit } from '../lib/pages.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const GALLERY = process.env.VOUCHSAFE_GALLERY ?? join(ROOT, 'target', 'debug', 'examples', 'gallery');
const TYPES = { '.css': 'text/css', '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.svg': 'image/svg+xml' };
/** The list of the samples, itself no page of the product. */
const INDEX = 'index.html';

let browser;
let server;
let folder;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vouchsafe-gallery-'));
  execFileSync(GALLERY, [folder]);
  const listener = createServer(async (request, response) => {
    const name = basename(new URL(request.url, 'http://localhost').pathname);
    const place = request.url.startsWith('/assets/') ? join(folder, 'assets', name) : join(folder, name);
    try {
      response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' });
      response.end(await readFile(place));
    } catch {
      response.end();
    }
  });
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  server = { url: `http://127.0.0.1:${listener.address().port}`, stop: () => listener.close() };
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.stop();
  await rm(folder, { recursive: true, force: true });
});

for (const colorScheme of ['light', 'dark']) {
  test(`every sample page, ${colorScheme}`, async () => {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.html') && name !== INDEX).sort();
    assert.ok(names.length > 0, 'the gallery has pages');
    const failures = [];
    await withPage(browser, server, { name: `gallery ${colorScheme}`, colorScheme }, async (page) => {
      for (const name of names) {
        await visit(page, `/${name}`);
        await assertAccessible(page).catch((error) => failures.push(error.message));
        await assertFits(page).catch((error) => failures.push(error.message));
      }
    });
    assert.deepEqual(failures, []);
  });
}
