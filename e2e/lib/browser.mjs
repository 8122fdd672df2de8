// The distribution's Chromium, as an unprivileged user, and pages that report what goes wrong in them.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, '..', '..');
const CHROMIUM = process.env.VOUCHSAFE_CHROMIUM || '/usr/bin/chromium';
const USER = 'vouchsafe-test';
const FLAGS = [
  '--headless=new',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const VIEWPORT = { width: 1280, height: 800 };
/** A page that takes longer than this is a failure. */
const PATIENCE_MS = 15_000;
/** Where a failing page leaves its picture and its HTML. */
const ARTIFACTS = join(ROOT, '.test', 'browser');

/** Starts Chromium. The test file that gets it closes it: `after(() => browser.close())`. */
export async function launch() {
  const downloads = await mkdtemp(join(tmpdir(), 'vouchsafe-downloads-'));
  // Chromium writes into it as its own user.
  await chmod(downloads, 0o777);
  const options = { args: FLAGS, downloadsPath: downloads, timeout: 60_000, ...program() };
  const browser = await start(options);
  browser.on('disconnected', () => rm(downloads, { recursive: true, force: true }));
  return browser;
}

async function start(options) {
  try {
    return await chromium.launch({ ...options, chromiumSandbox: true });
  } catch (cause) {
    // Some containers allow neither user namespaces nor the set-user-id helper.
    const [reason] = String(cause.message).match(/[^\n]*(sandbox|namespace|root)[^\n]*/i) ?? [];
    if (reason === undefined) throw cause;
    console.error(`Chromium has no sandbox on this machine, it runs without one: ${reason.trim()}`);
    return chromium.launch({ ...options, chromiumSandbox: false });
  }
}

/** What to start: Chromium itself, or, when root, the script that starts it as an unprivileged user. */
function program() {
  if (process.getuid?.() !== 0 || !userExists()) return { executablePath: CHROMIUM };
  return {
    executablePath: join(HERE, 'chromium-as-user.sh'),
    env: { ...process.env, VOUCHSAFE_CHROMIUM: CHROMIUM, VOUCHSAFE_BROWSER_USER: USER },
  };
}

function userExists() {
  try {
    execFileSync('id', [USER], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs `use` with a page in a fresh context: nothing is shared with other people's pages. Afterwards nothing may have
 * gone wrong in it: no error in its console, no request to another host. A failure leaves a picture. What pages of
 * `elsewhere`, an origin that is not ours, do is not held against it.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {{url: string}} server
 * @param {{name: string, elsewhere?: string, javaScriptEnabled?: boolean, colorScheme?: 'light' | 'dark',
 *   viewport?: {width: number, height: number}}} options
 * @param {(page: import('playwright-core').Page) => Promise<void>} use
 */
export async function withPage(browser, server, { name, elsewhere, ...options }, use) {
  const context = await browser.newContext({
    baseURL: server.url,
    viewport: VIEWPORT,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const troubles = watch(page, server.url, elsewhere);
  try {
    await use(page);
    assert.deepEqual(troubles, [], `what went wrong in ${name}`);
  } catch (error) {
    await keepEvidence(page, name);
    throw error;
  } finally {
    await context.close();
  }
}

function watch(page, url, elsewhere) {
  const troubles = [];
  const away = (address) => elsewhere !== undefined && address.startsWith(`${elsewhere}/`);
  page.on('console', (message) => {
    // A refused page is also logged as an error; tests that expect it look at the status.
    const at = message.location().url;
    const refusal =
      message.text().startsWith('Failed to load resource') && (at === page.url() || at.startsWith(`${url}/passkeys/`));
    if (message.type() === 'error' && !refusal && !away(page.url())) troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('request', (request) => {
    const own = request.url().startsWith(`${url}/`) || /^(data|about|blob):/.test(request.url());
    if (!own && !away(request.url()) && !away(page.url())) troubles.push(`a request to ${request.url()}`);
  });
  return troubles;
}

async function keepEvidence(page, name) {
  const stem = join(ARTIFACTS, name.replaceAll(/[^\w-]+/g, '-'));
  try {
    await mkdir(ARTIFACTS, { recursive: true });
    await writeFile(`${stem}.html`, await page.content());
    await page.screenshot({ path: `${stem}.png`, fullPage: true });
    console.error(`${page.url()}: see ${stem}.png and .html`);
  } catch (error) {
    console.error(`no picture of ${name}: ${error.message}`);
  }
}

/** Writes a picture of what is seen first, or of the whole page, when pictures are wanted (VOUCHSAFE_SCREENSHOTS=1). */
export async function picture(page, name, { fullPage = false } = {}) {
  if (!process.env.VOUCHSAFE_SCREENSHOTS) return;
  const folder = join(ROOT, 'docs', 'images');
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage, animations: 'disabled' });
}
