//! The server's process: what it does, and who started it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde::{Deserialize, Serialize};

use super::Stored;
use crate::world::{Served, serve};

/// What the server's process says first, in one line.
#[derive(Debug, Serialize, Deserialize)]
struct Hello {
    address: SocketAddr,
    /// Of the tenants with all and with a part of the sign-ins.
    sides: [Side; 2],
    engineers: Vec<Engineer>,
}

/// A tenant and the tokens of its people.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Side {
    pub(super) tenant: String,
    /// Imports.
    pub(super) feed: String,
    /// Reads the own sign-ins, opens cases and approves access.
    pub(super) reader: String,
}

/// Somebody who can be assigned a case.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Engineer {
    pub(super) id: String,
    pub(super) token: String,
}

/// What the process does: serves the demo's people without their sign-ins, until its standard input ends.
pub(crate) async fn serve_as_child(folder: &Path) {
    let served = serve(folder, 0).await;
    println!("{}", serde_json::to_string(&hello(&served)).unwrap());
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()).unwrap()).await.unwrap();
    // As an operator stops it.
    let me = std::process::id().to_string();
    Command::new("kill").args(["-TERM", &me]).status().unwrap();
    served.stopped.await.unwrap().unwrap();
}

fn hello(served: &Served) -> Hello {
    let world = &served.world;
    let mut sides = world.tenants.iter().filter_map(|tenant| {
        let feed =
            world.tokens.iter().find(|token| token.tenant == *tenant && token.purpose == "dataFeed")?;
        let reader = world.people.iter().find(|person| {
            person.who.tenant == *tenant && person.roles.iter().any(|role| role == "Global Administrator")
        })?;
        let (feed, reader) = (feed.token.clone(), reader.token.clone());
        Some(Side { tenant: tenant.to_string(), feed, reader })
    });
    let sides = [sides.next().unwrap(), sides.next().unwrap()];
    let engineers =
        world.people.iter().filter(|person| person.roles.iter().any(|role| role == "Support Engineer"));
    let engineers =
        engineers.map(|person| Engineer { id: person.who.user.to_string(), token: person.token.clone() });
    Hello { address: served.address, sides, engineers: engineers.collect() }
}

/// A started process; ended with this value.
#[derive(Debug)]
pub(super) struct Started {
    child: Child,
    hello: Hello,
}

impl Started {
    /// Starts a server on the folder and waits until it is ready.
    pub(super) fn on(folder: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg("serve-product")
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, hello: serde_json::from_str(&line).unwrap() }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.hello.address
    }

    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn side(&self, stored: Stored) -> &Side {
        match stored {
            Stored::All => &self.hello.sides[0],
            Stored::Part => &self.hello.sides[1],
        }
    }

    /// The token of an engineer.
    pub(super) fn engineer(&self, id: &str) -> &str {
        &self.hello.engineers.iter().find(|engineer| engineer.id == id).unwrap().token
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
