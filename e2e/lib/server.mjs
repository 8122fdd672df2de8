// Starts the demo server, or a deployment of its own, on a free loopback port with data of its own.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const BINARY = process.env.VOUCHSAFE_SERVER ?? join(ROOT, 'target', 'debug', 'vouchsafe-server');
const READY_WITHIN_MS = 60_000;
const STOPS_WITHIN_MS = 5_000;
/** The last lines a server said, for the report of one that did not start. */
const REMEMBERED_LINES = 40;

/**
 * @typedef {{personId: string, name: string, userPrincipalName: string, tenantId: string, roles: string[],
 *   token: string, signInUrl: string}} Person
 * @typedef {{url: string, people: Person[], tokens: {purpose: string, tenantId: string, token: string}[],
 *   stop: () => Promise<void>}} Server
 */

/** Starts a demo. The test that gets it stops it: `t.after(() => server.stop())`. @returns {Promise<Server>} */
export async function startDemo() {
  const data = await mkdtemp(join(tmpdir(), 'vouchsafe-e2e-'));
  const child = spawn(BINARY, ['demo', '--listen', '127.0.0.1:0', '--json', '--data', data], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    said.push(line);
    said.splice(0, said.length - REMEMBERED_LINES);
  });
  const stop = async () => {
    await end(child);
    await rm(data, { recursive: true, force: true });
  };
  try {
    const demo = JSON.parse(await firstLine(child));
    return { ...demo, url: demo.url.replace(/\/$/, ''), stop };
  } catch (cause) {
    await stop();
    throw new Error(`${BINARY} demo did not start: ${cause.message}\n${said.join('\n')}`, { cause });
  }
}

/**
 * Sets a deployment of its own up and serves it at a name that passkeys can be bound to.
 *
 * @param {string} more Further sections of its configuration.
 * @returns {Promise<{url: string, customer: {link: string, token: string}, provider: {link: string, token: string},
 *   stop: () => Promise<void>}>}
 */
export async function startServe(more = '') {
  const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-e2e-'));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const config = join(folder, 'vouchsafe.toml');
  const organization = (name, domain, person) =>
    `{ display_name = "${name}", domain = "${domain}", person = "${person}", user_principal_name = "first@${domain}" }`;
  await writeFile(
    config,
    `listen = "127.0.0.1:${port}"
public_url = "${url}"
[database]
url = "sqlite:${join(folder, 'data')}"
[log]
heads_file = "${join(folder, 'heads')}"
[bootstrap]
tokens = true
provider = ${organization('Northwind Cloud', 'northwind.example', 'Dmitri Haas')}
tenant = ${organization('Contoso', 'contoso.example', 'Priya Nair')}
${more}
`,
  );
  const printed = execFileSync(BINARY, ['bootstrap', '--config', config], { encoding: 'utf8' });
  const rows = printed.split('\n').map((line) => line.split('\t'));
  const of = (name) => {
    const text = (kind) => rows.find((row) => row[0] === name && row[2] === kind)[3];
    return { link: text('enrolment link'), token: text('API token') };
  };
  const child = spawn(BINARY, ['serve', '--config', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.resume();
  const stop = async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  const given = Date.now() + READY_WITHIN_MS;
  while (!(await fetch(`${url}/readyz`).then((answer) => answer.ok, () => false))) {
    if (Date.now() > given || child.exitCode !== null) {
      await stop();
      throw new Error(`${BINARY} serve did not start`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url, customer: of('Contoso'), provider: of('Northwind Cloud'), stop };
}

/** A port of this machine that nobody listens on. @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function firstLine(child) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no line in ${READY_WITHIN_MS} ms`)), READY_WITHIN_MS);
    const settle = (how, what) => {
      clearTimeout(timer);
      how(what);
    };
    createInterface({ input: child.stdout }).once('line', (line) => settle(resolve, line));
    child.once('error', (error) => settle(reject, error));
    child.once('exit', (code, signal) => settle(reject, new Error(`it ended with ${code ?? signal}`)));
  });
}

function end(child) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

/** Calls the JSON API as a person or a token holder; throws on anything but 2xx. */
export async function api(server, caller, method, path, body) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${caller.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}
