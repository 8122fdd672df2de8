// Passkeys: the only script of these pages. It asks the server what to sign, lets the person's authenticator sign it, and
// sends the answer. It keeps nothing and loads nothing.
'use strict';

const bytesOf = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));

const textOf = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** Sends JSON and reads JSON; a refusal is thrown in the server's words. */
async function send(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
    credentials: 'same-origin',
    redirect: 'error',
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.detail || 'That did not work. Try again in a moment.');
  return answer;
}

const described = (list) => list.map((one) => ({ ...one, id: bytesOf(one.id) }));

/** Makes a passkey as the server asks for it. */
async function create(options) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytesOf(options.challenge),
      user: { ...options.user, id: bytesOf(options.user.id) },
      excludeCredentials: described(options.excludeCredentials),
    },
  });
  return {
    id: made.id,
    rawId: textOf(made.rawId),
    type: made.type,
    response: {
      clientDataJSON: textOf(made.response.clientDataJSON),
      attestationObject: textOf(made.response.attestationObject),
    },
  };
}

/** Signs what the server asks. */
async function sign(options) {
  const signed = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytesOf(options.challenge),
      allowCredentials: described(options.allowCredentials),
    },
  });
  const { response } = signed;
  return {
    id: signed.id,
    rawId: textOf(signed.rawId),
    type: signed.type,
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      authenticatorData: textOf(response.authenticatorData),
      signature: textOf(response.signature),
      userHandle: response.userHandle ? textOf(response.userHandle) : null,
    },
  };
}

/** What each form does in place of being sent. */
const ceremonies = {
  'sign-in': async () => {
    const { options } = await send('/passkeys/sign-in/options', {});
    return send('/passkeys/sign-in', { credential: await sign(options) });
  },
  enrol: async (fields) => {
    const pass = fields.get('pass').trim().replace(/^.*#/, '');
    const { options } = await send('/passkeys/enrol/options', { pass });
    return send('/passkeys/enrol', { pass, name: fields.get('name'), credential: await create(options) });
  },
  add: async (fields) => {
    const { options } = await send('/passkeys/add/options', {});
    return send('/passkeys/add', { name: fields.get('name'), credential: await create(options) });
  },
  // A decision: what the form says is signed, then the form is sent with the signature in it.
  decide: async (fields, form) => {
    const { decides: kind, of: id } = form.dataset;
    const asked = await send('/passkeys/decide/options', { kind, id, form: new URLSearchParams(fields).toString() });
    if (!asked.options) return asked;
    const credential = await sign(asked.options);
    form.elements.assertion.value = JSON.stringify({ challengeId: asked.challengeId, credential });
    form.submit();
    return {};
  },
};

/** What a person reads when the browser or the authenticator refused. */
function words(error) {
  if (error.name === 'NotAllowedError') return 'The passkey was not used. Try again when you are ready.';
  if (error.name === 'InvalidStateError') return 'This device already holds a passkey for this account.';
  return error.message;
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  const problem = form.querySelector('[data-passkey-problem]');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector('button[type="submit"]');
    problem.hidden = true;
    button.disabled = true;
    try {
      const { next } = await ceremonies[form.dataset.passkey](new FormData(form), form);
      if (next) location.assign(next);
    } catch (error) {
      problem.querySelector('p').textContent = words(error);
      problem.hidden = false;
      button.disabled = false;
    }
  });
}

// A pass in the address goes into its field, and out of the address and the history.
const pass = document.querySelector('form[data-passkey="enrol"] [name="pass"]');

function takePass() {
  if (!pass || location.hash.length < 2) return;
  pass.value = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
}

takePass();
addEventListener('hashchange', takePass);
