// Who is who in the demo, and signing in as them.

import { submitOf, visit } from './pages.mjs';
import { api } from './server.mjs';

const ENGINEER = 'Support Engineer';
const PROVIDER_ROLES = [ENGINEER, 'Support Manager', 'Provider Administrator'];
/** Permissions that let a person decide about access. */
const DECIDES = /^(microsoft\.azure\.supportTickets\/|vouchsafe\.support\/(accessRequests\/approve|allEntities))/;

/** Signs in through the demo's page, as a person would: by its button. */
export async function signIn(page, person) {
  await visit(page, person.signInUrl);
  await submitOf(page, new URL(person.signInUrl, page.url()).pathname).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/demo'));
}

/** The engineers of the demo, each with the id the API knows them by. */
export async function engineers(server) {
  const people = server.people.filter((person) => person.roles.includes(ENGINEER));
  return Promise.all(people.map(async (person) => ({ ...person, id: (await me(server, person)).id })));
}

/**
 * One person for each customer tenant who can decide alone: may approve, has no account elsewhere, and the tenant asks
 * for one vote and no more than a token.
 */
export async function deciders(server) {
  const customers = server.people.filter((person) => !person.roles.some((role) => PROVIDER_ROLES.includes(role)));
  const found = new Map();
  for (const person of customers) {
    const linked = server.people.filter((other) => other.personId === person.personId).length > 1;
    if (found.has(person.tenantId) || linked) continue;
    const { allowedActions } = await me(server, person);
    if (!allowedActions.some((action) => DECIDES.test(action))) continue;
    const policy = await api(server, person, 'GET', '/v1.0/policies/supportAccess');
    if (policy.approvals.required === 1 && policy.decisionAssurance === 'token') found.set(person.tenantId, person);
  }
  return [...found.values()];
}

function me(server, person) {
  return api(server, person, 'GET', '/v1.0/me');
}
