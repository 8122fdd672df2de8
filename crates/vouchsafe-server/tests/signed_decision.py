"""Checks a signed decision of an evidence pack with a WebAuthn library that is not ours.

Reads one JSON object: `entries`, the opened entries of a pack in their order. Recomputes everything from them alone: finds the
enrolment of the passkey, makes the challenge of the statement (SHA-256 of its RFC 8785 form), and has py_webauthn check the
assertion. Then changes every member of the statement in turn, and expects that each change breaks it.
"""

import copy
import hashlib
import json
import sys

from webauthn import verify_authentication_response
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import InvalidAuthenticationResponse


def canonical(value):
    """RFC 8785 for objects with ASCII names and without fractions, which statements are."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def holds(decision, passkey, origin):
    credential = {
        "id": decision["credential"],
        "rawId": decision["credential"],
        "type": "public-key",
        "response": {
            "clientDataJSON": decision["clientData"],
            "authenticatorData": decision["authenticatorData"],
            "signature": decision["signature"],
        },
        "clientExtensionResults": {},
    }
    try:
        verify_authentication_response(
            credential=credential,
            expected_challenge=hashlib.sha256(canonical(decision["statement"])).digest(),
            expected_rp_id=passkey["relyingParty"],
            expected_origin=origin,
            credential_public_key=base64url_to_bytes(passkey["publicKey"]),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except InvalidAuthenticationResponse:
        return False
    return True


def other(value):
    if isinstance(value, list):
        return value + ["auditLogs"]
    return "P30D" if value is None or value != "P30D" else "PT1H"


def changes(value, path=()):
    """The object with each of its members changed, one at a time."""
    for name, member in value.items():
        if isinstance(member, dict):
            yield from ((place, {**value, name: inner}) for place, inner in changes(member, (*path, name)))
        else:
            yield ".".join((*path, name)), {**value, name: other(member)}


def main():
    given = json.load(sys.stdin)
    events = [event for entry in given["entries"] for event in entry["events"]]
    keys = {e["passkey"]["credential"]: e["passkey"] for e in events if e["of"] == "passkeyAdded"}
    signed = [e["decision"] for e in events if e["of"] == "decisionSigned"]
    assert signed, "nothing was signed"
    for decision in signed:
        passkey = keys[decision["credential"]]
        assert passkey["user"] == decision["statement"]["userId"]
        assert holds(decision, passkey, given["origin"]), "the signature must hold"
        count = 0
        for place, statement in changes(decision["statement"]):
            assert not holds({**copy.deepcopy(decision), "statement": statement}, passkey, given["origin"]), place
            count += 1
        print(f"holds, and {count} changes of one member break it")


main()
