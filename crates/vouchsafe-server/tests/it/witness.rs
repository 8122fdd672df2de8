//! Witnesses over HTTP: what they sign is served, a history that they have not seen is signed by none, and a quorum of
//! them finds what nobody inside can: database and heads file put back together.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse as _;
use http::StatusCode;
use serde_json::json;
use vouchsafe_core::time::Duration;
use vouchsafe_log::note::{KeyKind, Note, Signer, VerifierKey};
use vouchsafe_log::policy::{Policy, PolicyError};
use vouchsafe_log::whole::Seen;
use vouchsafe_log::witness::{AddCheckpoint, Witness};
use vouchsafe_server::config;
use vouchsafe_server::demo::DemoToken;
use vouchsafe_server::witness::{connect, offer};

use crate::house::*;

const NAME: &str = "witness.example/customer";

fn signer() -> Signer {
    Signer::new(NAME, KeyKind::Witness, &[7; 32]).unwrap()
}

/// A witness in this process, which can be told to misbehave.
struct Watcher {
    witness: Witness,
    seen: HashMap<String, Seen>,
    /// The status of every answer.
    answers: Vec<u16>,
    lies: Option<fn(&Note) -> String>,
}

type Shared = Arc<Mutex<Watcher>>;

async fn add_checkpoint(State(watcher): State<Shared>, body: String) -> axum::response::Response {
    let mut watcher = watcher.lock().unwrap();
    let request: AddCheckpoint = body.parse().unwrap();
    if let Some(lie) = watcher.lies {
        return lie(&request.checkpoint).into_response();
    }
    let seen = request.checkpoint.text().lines().next().and_then(|origin| watcher.seen.get(origin)).copied();
    let (status, body) = match watcher.witness.decide(&request, seen) {
        Ok(consistent) => {
            watcher.seen.insert(consistent.origin().to_owned(), consistent.head());
            (200, watcher.witness.cosign(&consistent, 1_790_000_000).1)
        }
        Err(refusal) => (refusal.status(), refusal.body()),
    };
    watcher.answers.push(status);
    (StatusCode::from_u16(status).unwrap(), body).into_response()
}

struct Watched {
    house: House,
    watcher: Shared,
    key: VerifierKey,
    url: String,
}

/// A house whose log of Adatum is watched.
async fn watched() -> Watched {
    let house = House::new().await;
    let key: VerifierKey = {
        let ask = Ask::get("/v1.0/auditLogs/logKeys").bearer(&log_token(&house));
        house.raw(ask).await.json()["value"][0]["verifierKey"].as_str().unwrap().parse().unwrap()
    };
    let witness = Witness::new(signer(), vec![key.clone()]).unwrap();
    let watcher = Watcher { witness, seen: HashMap::new(), answers: Vec::new(), lies: None };
    let watcher = Arc::new(Mutex::new(watcher));
    let router = Router::new()
        .route("/w/add-checkpoint", axum::routing::post(add_checkpoint))
        .with_state(Arc::clone(&watcher));
    let url = format!("{}/w", listen(router).await);
    let witnesses = connect(&[configured(&house, &url)]).unwrap();
    Watched { house: house.watched_by(witnesses), watcher, key, url }
}

/// The witness as a configuration names it: for Adatum's log alone.
fn configured(house: &House, url: &str) -> config::Witness {
    config::Witness {
        name: "customer".to_owned(),
        url: url.to_owned(),
        verifier_key: signer().verifier().to_string(),
        tenants: Some([house.tenant(Org::Adatum)].into()),
    }
}

fn log_token(house: &House) -> String {
    let adatum = house.tenant(Org::Adatum);
    let mine = |token: &&DemoToken| token.purpose == "logReader" && token.tenant == adatum;
    house.world.tokens.iter().find(mine).unwrap().token.clone()
}

impl Watched {
    fn policy(&self) -> Policy {
        let witness = signer().verifier().to_string();
        format!("log {}\nwitness customer {witness}\nquorum customer\n", self.key).parse().unwrap()
    }

    /// Asks the witness once about everything that is new.
    async fn offer(&self) -> usize {
        self.house.app.offer(&self.house.app.witnesses()[0]).await.unwrap()
    }

    async fn checkpoint(&self) -> Note {
        let path = format!("/log/{}/checkpoint", self.house.tenant(Org::Adatum));
        let reply = self.house.raw(Ask::get(path).bearer(&log_token(&self.house))).await;
        assert_eq!(reply.status, 200);
        reply.text().parse().unwrap()
    }

    /// How many entries the checkpoint has that a verifier with the policy trusts.
    async fn trusted(&self) -> Result<u64, PolicyError> {
        self.policy().trusted(&self.checkpoint().await).map(|(checkpoint, _)| checkpoint.size)
    }

    /// Adds so many cases to Adatum's log and publishes it.
    async fn grow(&self, cases: usize) {
        for number in 0..cases {
            let body = json!({
                "title": format!("Codes arrive late, {number}"), "description": "Since this morning.",
                "severity": "moderate", "service": "identity", "problemType": "signIn/conditionalAccess",
                "allowAdvancedDiagnostics": false,
                "contact": { "name": "Marta Kowal", "email": "marta.kowal@adatum.example" },
            });
            self.house.ok(MARTA, Ask::post("/v1.0/support/requests", &body)).await;
        }
        self.house.app.publish().await.unwrap();
    }

    fn seen(&self) -> Seen {
        *self.watcher.lock().unwrap().seen.get(self.key.name()).unwrap()
    }

    fn answers(&self) -> Vec<u16> {
        std::mem::take(&mut self.watcher.lock().unwrap().answers)
    }
}

#[tokio::test]
async fn what_a_witness_signs_is_served_with_the_checkpoint_that_it_signed() {
    let watched = watched().await;
    assert_eq!(watched.trusted().await, Err(PolicyError::NoQuorumOf(0)), "nobody has seen it yet");
    assert_eq!(watched.offer().await, 1, "Adatum's log alone");
    let size = watched.trusted().await.unwrap();
    assert_eq!(watched.seen().size, size);
    assert_eq!(watched.offer().await, 0, "nothing new");
    for cases in [1, 40, 3] {
        watched.grow(cases).await;
        assert_eq!(watched.trusted().await, Err(PolicyError::NoQuorumOf(0)), "a signature is of one size");
        assert_eq!(watched.checkpoint().await.signatures().len(), 1);
        assert_eq!(watched.offer().await, 1);
        assert!(watched.trusted().await.unwrap() > size);
    }
    assert_eq!(watched.answers(), [200; 4], "each with a proof from what it had seen");
}

#[tokio::test]
async fn a_witness_that_knows_more_than_we_remember_is_asked_again_from_there() {
    let watched = watched().await;
    // Somebody else has shown the checkpoint to the witness.
    let note = watched.checkpoint().await;
    let request = AddCheckpoint { old: 0, proof: Vec::new(), checkpoint: note.clone() };
    let body = add_checkpoint(State(Arc::clone(&watched.watcher)), request.to_string()).await;
    assert_eq!(body.status(), 200);
    watched.grow(5).await;
    assert_eq!(watched.offer().await, 1);
    assert_eq!(watched.answers(), [200, 409, 200]);
    watched.trusted().await.unwrap();
}

/// The second half of promise 2: put back the database and its heads file, and only a witness can tell.
#[tokio::test]
async fn a_database_put_back_with_its_heads_file_finds_no_witness_for_another_history() {
    let mut watched = watched().await;
    watched.grow(1).await;
    watched.offer().await;
    let backup = watched.house.copied();
    watched.grow(3).await;
    assert_eq!(watched.offer().await, 1);
    let seen = watched.seen();
    watched.trusted().await.unwrap();
    watched.answers();

    // The old state starts without a complaint: its heads file is as old as itself.
    let witnesses = connect(&[configured(&watched.house, &watched.url)]).unwrap();
    watched.house = watched.house.restored(backup).await.watched_by(witnesses);
    watched.grow(1).await;
    assert_eq!(watched.offer().await, 0);
    assert_eq!(watched.answers(), [409], "the witness has seen more than there is");
    assert_eq!(watched.trusted().await, Err(PolicyError::NoQuorumOf(0)));

    // It grows past what the witness has seen, and no proof leads there.
    watched.grow(9).await;
    assert_eq!(watched.offer().await, 0, "a refused log is left alone for a while");
    watched.house.clock.advance(Duration::minutes(2));
    assert_eq!(watched.offer().await, 0);
    assert_eq!(watched.answers(), [409, 422]);
    assert_eq!(watched.trusted().await, Err(PolicyError::NoQuorumOf(0)));
    assert_eq!(watched.seen(), seen, "the witness stays with what it has seen");
    let bare = Policy::of_log(watched.key.clone());
    let (checkpoint, _) = bare.trusted(&watched.checkpoint().await).unwrap();
    assert!(checkpoint.size > seen.size, "without a witness nobody would know");
}

#[tokio::test]
async fn what_a_witness_signs_wrongly_is_not_served() {
    let watched = watched().await;
    let of_another_text: fn(&Note) -> String = |note| {
        let mut other = Note::new(format!("{}more\n", note.text())).unwrap();
        signer().sign(&mut other, 5);
        other.signatures()[0].to_string()
    };
    let by_another_key: fn(&Note) -> String = |note| {
        let mut note = Note::new(note.text().to_owned()).unwrap();
        Signer::new(NAME, KeyKind::Witness, &[8; 32]).unwrap().sign(&mut note, 5);
        note.signatures()[0].to_string()
    };
    let much: fn(&Note) -> String = |_| "— x AAAAAAAA\n".repeat(4_000);
    for lie in [of_another_text, by_another_key, much, |_| "ok\n".to_owned()] {
        watched.watcher.lock().unwrap().lies = Some(lie);
        assert_eq!(watched.offer().await, 0);
        assert_eq!(watched.checkpoint().await.signatures().len(), 1);
        watched.house.clock.advance(Duration::minutes(20));
    }
    watched.watcher.lock().unwrap().lies = Some(|_| "x".repeat(1_000_000));
    assert!(watched.house.app.offer(&watched.house.app.witnesses()[0]).await.is_err());
    watched.watcher.lock().unwrap().lies = None;
    watched.house.clock.advance(Duration::minutes(20));
    assert_eq!(watched.offer().await, 1, "it mends its ways");
}

#[tokio::test]
async fn the_job_asks_at_once_and_a_witness_that_is_away_delays_nothing() {
    let watched = watched().await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let witness = Arc::clone(&watched.house.app.witnesses()[0]);
    let job = tokio::spawn(offer(watched.house.app.clone(), witness, stopped.clone()));
    // Nobody listens there.
    let mut away = configured(&watched.house, "http://127.0.0.1:1");
    away.name = "away".to_owned();
    let away = Arc::new(connect(&[away]).unwrap().remove(0));
    let idle = tokio::spawn(offer(watched.house.app.clone(), away, stopped));
    for cases in [1, 2] {
        watched.grow(cases).await;
        let signed = async {
            while watched.trusted().await.is_err() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), signed).await.unwrap();
    }
    stop.send_replace(true);
    job.await.unwrap();
    idle.await.unwrap();
}
