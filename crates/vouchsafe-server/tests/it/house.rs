//! The demo's world behind the router. Every answer is held against the OpenAPI document.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;
use vouchsafe_app::upstream::Upstreams;
use vouchsafe_app::witness::Witness;
use vouchsafe_app::{App, Who};
use vouchsafe_core::id::TenantId;
use vouchsafe_core::time::{Duration, Timestamp};
use vouchsafe_server::demo::{DemoClock, DemoToken, Sizes, World, build};
use vouchsafe_server::{Server, Settings, router};
use vouchsafe_store::edge::Clock;
use vouchsafe_store::{Faults, Options, Store, StoreError};
pub(crate) use vouchsafe_testkit::Folder;
use vouchsafe_testkit::database::database;
use vouchsafe_testkit::database::on_postgres;

use crate::contract::Contract;

/// An organisation of the demo, by its place in [`World::tenants`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Org {
    Provider,
    Contoso,
    Fabrikam,
    Adatum,
}

/// Somebody with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Somebody {
    Person(&'static str, Org),
    Feed(Org),
    /// The provider's intake.
    Intake,
}

use Somebody::Person;

pub(crate) const INES: Somebody = Person("Ines Okafor", Org::Provider);
pub(crate) const JONAS: Somebody = Person("Jonas Lindqvist", Org::Provider);
pub(crate) const MEERA: Somebody = Person("Meera Raghavan", Org::Provider);
pub(crate) const TOMAS: Somebody = Person("Tomas Albrecht", Org::Provider);
pub(crate) const RUTH: Somebody = Person("Ruth Castellanos", Org::Provider);
pub(crate) const DMITRI: Somebody = Person("Dmitri Haas", Org::Provider);
pub(crate) const PRIYA: Somebody = Person("Priya Nair", Org::Contoso);
pub(crate) const ALEX: Somebody = Person("Alex Moreno", Org::Contoso);
pub(crate) const SAM: Somebody = Person("Sam Whitfield", Org::Contoso);
pub(crate) const LENA: Somebody = Person("Lena Fischer", Org::Contoso);
pub(crate) const OMAR: Somebody = Person("Omar Haddad", Org::Fabrikam);
pub(crate) const GRETA: Somebody = Person("Greta Sund", Org::Fabrikam);
pub(crate) const YUKI: Somebody = Person("Yuki Tanabe", Org::Adatum);
pub(crate) const MARTA: Somebody = Person("Marta Kowal", Org::Adatum);
pub(crate) const NOOR: Somebody = Person("Noor Aziz", Org::Adatum);
pub(crate) const BEN: Somebody = Person("Ben Carver", Org::Adatum);

/// Titles of the demo's cases.
pub(crate) const PORTAL: &str = "Shared portal refuses people from Fabrikam";
pub(crate) const PAYROLL: &str = "Payroll is blocked for the night shift";
pub(crate) const LAPTOPS: &str = "Laptops drop out of compliance overnight";
pub(crate) const PROMPTS: &str = "Two prompts at every sign-in";
pub(crate) const CONNECTOR: &str = "Synchronization stops at one object";

/// The demo's clock, which a test can also set forward.
#[derive(Debug, Clone, Default)]
pub(crate) struct TestClock {
    pub(crate) demo: DemoClock,
    ahead: Arc<AtomicI64>,
}

impl TestClock {
    pub(crate) fn advance(&self, by: Duration) {
        self.ahead.fetch_add(by.as_micros(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.demo.now().as_micros() + self.ahead.load(Ordering::SeqCst))
    }
}

/// Fails every statement that holds a text, once a test has said which; or gives the n-th one up.
#[derive(Debug, Default)]
pub(crate) struct FaultSwitch {
    failing: Mutex<Option<&'static str>>,
    /// Statements still to come before the one that is given up, counted from 1; 0 is every one. None, once it was.
    given_up: Mutex<Option<u32>>,
}

impl FaultSwitch {
    pub(crate) fn fail(&self, statements: Option<&'static str>) {
        *self.failing.lock().unwrap() = statements;
    }

    /// Lets the database give the n-th statement from now on up, counted from 1, or each with 0.
    pub(crate) fn give_up(&self, nth: Option<u32>) {
        *self.given_up.lock().unwrap() = nth;
    }

    /// Whether that statement came.
    pub(crate) fn gave_up(&self) -> bool {
        self.given_up.lock().unwrap().is_none()
    }
}

impl Faults for FaultSwitch {
    fn before(&self, statement: &str) -> Result<(), StoreError> {
        let mut given_up = self.given_up.lock().unwrap();
        // SQLite gives nothing up for others, least of all the end of a group of units of work.
        let of_a_group = statement == "COMMIT" || statement.starts_with("UPDATE log_head");
        let counts = !of_a_group || on_postgres();
        match *given_up {
            Some(_) if !counts => {}
            Some(nth @ (0 | 1)) => {
                *given_up = (nth == 0).then_some(0);
                return Err(StoreError::GivenUp("a test wants it".into()));
            }
            Some(nth) => *given_up = Some(nth - 1),
            None => {}
        }
        drop(given_up);
        match *self.failing.lock().unwrap() {
            Some(part) if statement.contains(part) => Err(StoreError::Injected),
            Some(_) | None => Ok(()),
        }
    }
}

/// A request to send.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Ask {
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: impl Into<String>, body: &Value) -> Self {
        Self::new(Method::POST, path).json(body)
    }

    pub(crate) fn patch(path: impl Into<String>, body: &Value) -> Self {
        Self::new(Method::PATCH, path).json(body)
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.raw("application/json", body.to_string())
    }

    pub(crate) fn raw(self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self.with("content-type", content_type) }
    }

    /// Sets a header, in place of one that is there.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.into()));
        self
    }

    /// Query options, encoded.
    pub(crate) fn query(mut self, options: &[(&str, &str)]) -> Self {
        for (name, value) in options {
            let sign = if self.path.contains('?') { '&' } else { '?' };
            self.path.push_str(&format!("{sign}{name}={}", encoded(value)));
        }
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.with("authorization", format!("Bearer {token}"))
    }
}

pub(crate) fn encoded(value: &str) -> String {
    let keep = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    value.bytes().map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// `403 noLiveGrant`, or the status alone.
    pub(crate) fn verdict(&self) -> String {
        let code = serde_json::from_slice::<Value>(&self.bytes).ok();
        match code.as_ref().and_then(|body| body["code"].as_str()) {
            Some(code) if self.status >= 400 => format!("{} {code}", self.status),
            Some(_) | None => self.status.to_string(),
        }
    }
}

/// A running server without a network.
pub(crate) struct House {
    pub(crate) app: App,
    pub(crate) clock: TestClock,
    pub(crate) world: World,
    pub(crate) faults: Arc<FaultSwitch>,
    pub(crate) contract: Contract,
    pub(crate) router: Router,
    _folder: Folder,
}

impl House {
    /// A fresh demo world with few sign-ins.
    pub(crate) async fn new() -> Self {
        let folder = Folder::new();
        let clock = TestClock::default();
        let faults = Arc::new(FaultSwitch::default());
        let options = Options {
            clock: Arc::new(clock.clone()),
            faults: Some(Arc::clone(&faults) as Arc<dyn Faults>),
            database: database(folder.path()),
            ..Options::default()
        };
        let app = App::new(Arc::new(Store::open(folder.path(), options).unwrap()));
        let app = app.publishing("vouchsafe.example", &folder.path().join("heads")).await.unwrap();
        let world = build(&app, &clock.demo, 7, Sizes { people: 30, sign_ins: 200 }).await.unwrap();
        app.publish().await.unwrap();
        let settings = Settings { demo: true, demo_tenants: world.tenants.clone(), ..Settings::default() };
        let router = router(Server::new(app.clone(), settings));
        let document = Request::get("/openapi.json").header(header::HOST, HOST).body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(document).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        let contract = Contract::new(serde_json::from_slice(&bytes).unwrap());
        Self { app, clock, world, faults, contract, router, _folder: folder }
    }

    /// The same world, some of whose data is read live.
    pub(crate) fn reading(self, upstreams: Upstreams) -> Self {
        let app = self.app.clone().with_upstreams(upstreams);
        let settings =
            Settings { demo: true, demo_tenants: self.world.tenants.clone(), ..Settings::default() };
        let router = router(Server::new(app.clone(), settings));
        Self { app, router, ..self }
    }

    /// The same world, whose logs these witnesses are asked to sign.
    pub(crate) fn watched_by(self, witnesses: Vec<Witness>) -> Self {
        let app = self.app.clone().with_witnesses(witnesses);
        let settings =
            Settings { demo: true, demo_tenants: self.world.tenants.clone(), ..Settings::default() };
        let router = router(Server::new(app.clone(), settings));
        Self { app, router, ..self }
    }

    /// The same world, which does not wait long for a silent body.
    pub(crate) fn impatient(self) -> Self {
        let demo_tenants = self.world.tenants.clone();
        let body_idle = std::time::Duration::from_millis(50);
        let router = router(Server::new(
            self.app.clone(),
            Settings { demo: true, demo_tenants, public_url: None, body_idle },
        ));
        Self { router, ..self }
    }

    /// A copy of all its files, the heads file among them.
    pub(crate) fn copied(&self) -> Folder {
        Folder::copy_of(self._folder.path())
    }

    /// The same house on such a copy, as after its machine was put back from a backup.
    pub(crate) async fn restored(self, folder: Folder) -> Self {
        let options = Options { clock: Arc::new(self.clock.clone()), ..Options::default() };
        let app = App::new(Arc::new(Store::open(folder.path(), options).unwrap()));
        let app = app.publishing("vouchsafe.example", &folder.path().join("heads")).await.unwrap();
        Self { app, _folder: folder, ..self }.watched_by(Vec::new())
    }

    /// Answers on a loopback port too, as long as the test runs; gives its URL.
    pub(crate) async fn listen(&self) -> String {
        listen(self.router.clone()).await
    }

    pub(crate) fn tenant(&self, org: Org) -> TenantId {
        self.world.tenants[org as usize]
    }

    pub(crate) fn token(&self, who: Somebody) -> &str {
        match who {
            Person(name, org) => &self.world.account(name, self.tenant(org)).unwrap().token,
            Somebody::Intake => {
                &self.world.tokens.iter().find(|token| token.purpose == "intake").unwrap().token
            }
            Somebody::Feed(org) => {
                let feed =
                    |token: &&DemoToken| token.purpose == "dataFeed" && token.tenant == self.tenant(org);
                &self.world.tokens.iter().find(feed).unwrap().token
            }
        }
    }

    pub(crate) fn who(&self, name: &str, org: Org) -> Who {
        self.world.account(name, self.tenant(org)).unwrap().who
    }

    /// Sends a request as it is, and holds the answer against the contract.
    pub(crate) async fn raw(&self, ask: Ask) -> Reply {
        let mut request = Request::builder().method(ask.method.clone()).uri(&ask.path);
        if !ask.headers.iter().any(|(name, _)| *name == "host") {
            request = request.header(header::HOST, HOST);
        }
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        let request = request.body(Body::from(ask.body.clone())).unwrap();
        let reply = self.exchange(request).await;
        self.contract.check(&ask, &reply);
        reply
    }

    /// Sends a request as it is; for pages, which the document does not describe.
    pub(crate) async fn exchange(&self, request: Request<Body>) -> Reply {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        // A stream of events has no end.
        let endless = parts.headers.get(header::CONTENT_TYPE).is_some_and(|of| of == "text/event-stream");
        let bytes = if endless { Vec::new() } else { body.collect().await.unwrap().to_bytes().to_vec() };
        Reply { status: parts.status.as_u16(), headers: parts.headers, bytes }
    }

    /// The body of an answer that has begun: the caller takes its pieces.
    pub(crate) async fn begin(&self, who: Somebody, path: &str) -> Body {
        let token = format!("Bearer {}", self.token(who));
        let request = Request::get(path).header(header::HOST, HOST).header(header::AUTHORIZATION, token);
        let answer = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.into_body()
    }

    /// What somebody sees at an address, without a look at its form.
    pub(crate) async fn glance(&self, who: Somebody, path: &str) -> Value {
        let token = format!("Bearer {}", self.token(who));
        let request = Request::get(path).header(header::HOST, HOST).header(header::AUTHORIZATION, token);
        self.exchange(request.body(Body::empty()).unwrap()).await.json()
    }

    /// Sends a request as somebody.
    pub(crate) async fn send(&self, who: Somebody, ask: Ask) -> Reply {
        self.raw(ask.bearer(self.token(who))).await
    }

    /// Sends a request that must succeed.
    pub(crate) async fn ok(&self, who: Somebody, ask: Ask) -> Value {
        let line = format!("{} {}", ask.method, ask.path);
        let reply = self.send(who, ask).await;
        assert!((200..300).contains(&reply.status), "{line}: {} {}", reply.status, reply.text());
        reply.json()
    }

    /// Sends a request that must be refused so: `404 notFound`.
    pub(crate) async fn refused(&self, who: Somebody, ask: Ask, verdict: &str) -> Value {
        let line = format!("{} {} {}", ask.method, ask.path, String::from_utf8_lossy(&ask.body));
        let reply = self.send(who, ask).await;
        assert_eq!(reply.verdict(), verdict, "{line}: {}", reply.text());
        reply.json()
    }

    /// Deletes something that must be there.
    pub(crate) async fn gone(&self, who: Somebody, path: &str) {
        let reply = self.send(who, Ask::new(Method::DELETE, path)).await;
        assert_eq!(reply.verdict(), "204", "{path}: {}", reply.text());
    }

    /// All items of a list in one page.
    pub(crate) async fn list(&self, who: Somebody, path: &str) -> Vec<Value> {
        let page = self.ok(who, Ask::get(path).query(&[("$top", "1000")])).await;
        page["value"].as_array().unwrap().clone()
    }

    /// The id of a demo case, by its title.
    pub(crate) async fn case(&self, who: Somebody, title: &str) -> String {
        let cases = self.list(who, "/v1.0/support/requests").await;
        let found = cases.iter().find(|case| case["title"] == title);
        text(&found.unwrap_or_else(|| panic!("{who:?} sees no case {title:?}"))["id"])
    }

    /// The only grant of a case that this person sees.
    pub(crate) async fn grant_of(&self, who: Somebody, case: &str) -> String {
        let grants = self.list(who, "/v1.0/support/grants").await;
        let found = grants.iter().find(|grant| grant["supportRequestId"] == case);
        text(&found.unwrap_or_else(|| panic!("no live grant for {case}: {grants:?}"))["id"])
    }

    /// The engineer of a case, whom somebody sees there.
    pub(crate) async fn engineer_of(&self, who: Somebody, case: &str) -> Somebody {
        let seen = self.ok(who, Ask::get(format!("/v1.0/support/requests/{case}"))).await;
        let name = text(&seen["assignedTo"]["displayName"]);
        let of_name = |who: &Somebody| matches!(who, Person(known, _) if *known == name);
        [INES, JONAS, MEERA, TOMAS].into_iter().find(of_name).unwrap()
    }

    /// The diagnostics base of a case and an organisation.
    pub(crate) fn base(&self, case: &str, org: Org) -> String {
        format!("/diagnostics/{case}/{}/v1.0", self.tenant(org))
    }
}

/// Serves on a loopback port as long as the test runs; gives the URL.
pub(crate) async fn listen(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

pub(crate) const HOST: &str = "127.0.0.1:8080";

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
