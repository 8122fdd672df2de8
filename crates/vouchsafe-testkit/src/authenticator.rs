//! An authenticator in software: it makes and uses passkeys as a browser and a security key would, and lies where a test wants
//! it to. Written from W3C WebAuthn alone, apart from the code that checks what it says.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Flags of authenticator data (WebAuthn level 3, section 6.1): user present, user verified, backup eligible, attested data.
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const BACKUP_ELIGIBLE: u8 = 0x08;
const ATTESTED: u8 = 0x40;

/// One passkey, and the browser around it.
#[derive(Debug, Clone)]
pub struct Authenticator {
    key: SigningKey,
    id: [u8; 16],
    handle: String,
    counter: u32,
    /// The origin of the page that asks.
    pub origin: String,
    /// Whether the person proves who they are, say with a finger.
    pub verifies: bool,
    /// Whether the passkey counts its signatures.
    pub counts: bool,
}

impl Authenticator {
    /// A passkey of its own for each `seed`, on a page of this origin.
    #[must_use]
    pub fn new(seed: u8, origin: &str) -> Self {
        Self {
            key: SigningKey::from_slice(&[seed.max(1); 32]).unwrap(),
            id: [seed; 16],
            handle: String::new(),
            counter: 0,
            origin: origin.to_owned(),
            verifies: true,
            counts: true,
        }
    }

    /// The credential id, base64url.
    #[must_use]
    pub fn credential(&self) -> String {
        BASE64URL.encode(self.id)
    }

    /// What `navigator.credentials.create` gives, as JSON.
    pub fn create(&mut self, options: &Value) -> Value {
        options["user"]["id"].as_str().unwrap().clone_into(&mut self.handle);
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = (point.x().unwrap(), point.y().unwrap());
        let cose = [
            [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20].as_slice(),
            x,
            &[0x22, 0x58, 0x20],
            y,
        ]
        .concat();
        let mut data = self.data(options["rp"]["id"].as_str().unwrap(), ATTESTED);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&[0, 16]);
        data.extend_from_slice(&self.id);
        data.extend_from_slice(&cose);
        // {"fmt": "none", "attStmt": {}, "authData": bytes} in CBOR.
        let mut object = vec![0xa3, 0x63];
        object.extend_from_slice(b"fmt\x64none\x67attStmt\xa0\x68authData\x58");
        object.push(u8::try_from(data.len()).unwrap());
        object.extend_from_slice(&data);
        let client = self.client_data("webauthn.create", &options["challenge"]);
        json!({
            "id": self.credential(), "rawId": self.credential(), "type": "public-key",
            "response": { "clientDataJSON": BASE64URL.encode(client), "attestationObject": BASE64URL.encode(object) },
        })
    }

    /// What `navigator.credentials.get` gives, as JSON.
    pub fn sign(&mut self, options: &Value) -> Value {
        self.counter += u32::from(self.counts);
        let data = self.data(options["rpId"].as_str().unwrap(), 0);
        let client = self.client_data("webauthn.get", &options["challenge"]);
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature: Signature = self.key.sign(&signed);
        json!({
            "id": self.credential(), "rawId": self.credential(), "type": "public-key",
            "response": {
                "clientDataJSON": BASE64URL.encode(client), "authenticatorData": BASE64URL.encode(data),
                "signature": BASE64URL.encode(signature.to_der().as_bytes()), "userHandle": self.handle,
            },
        })
    }

    /// Says that the passkey belongs to somebody else.
    pub fn pretend(&mut self, other: &Self) {
        other.handle.clone_into(&mut self.handle);
    }

    fn data(&self, relying_party: &str, flags: u8) -> Vec<u8> {
        let verified = if self.verifies { VERIFIED } else { 0 };
        let mut data = Sha256::digest(relying_party).to_vec();
        data.push(PRESENT | verified | BACKUP_ELIGIBLE | flags);
        data.extend_from_slice(&self.counter.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> Vec<u8> {
        let data =
            json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false });
        data.to_string().into_bytes()
    }
}
