// An OpenID provider that is not ours: the certified npm package `oidc-provider`, on a loopback port.

import { once } from 'node:events';
import { createServer } from 'node:http';

import Provider from 'oidc-provider';

/**
 * Starts it for one client.
 *
 * @param {{port: number, client: object, people: Record<string, object>}} what People by what they type to sign in, each with
 *   the claims that are told of them.
 * @returns {Promise<{issuer: string, stop: () => Promise<void>}>}
 */
export async function startIssuer({ port, client, people }) {
  const issuer = `http://localhost:${port}`;
  const provider = new Provider(issuer, {
    clients: [client],
    pkce: { required: () => true },
    scopes: ['openid', 'profile'],
    claims: { openid: ['sub', 'sid'], profile: ['name', 'preferred_username', 'groups'] },
    // What is asked for stands in the ID token, as it does with Entra ID, Keycloak and Okta.
    conformIdTokenClaims: false,
    findAccount: (_context, id) =>
      people[id] && { accountId: id, claims: () => ({ sub: `subject-of-${id}`, ...people[id] }) },
    features: { devInteractions: { enabled: true }, backchannelLogout: { enabled: true } },
    cookies: { keys: ['for tests only'] },
    // By itself it tells nobody on loopback, where everything of these tests is, that somebody has signed out.
    fetch: (url, { dispatcher: _dispatcher, ...options }) => fetch(url, options),
  });
  provider.on('backchannel.error', (_context, error) => console.error(`the logout was not taken: ${error.message}`));
  const server = createServer(provider.callback());
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { issuer, stop };
}
