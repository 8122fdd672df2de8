//! The pages over HTTP: who sees what, what forms do, and what a browser is told when something is refused.

use axum::body::Body;
use http::{Method, Request, header};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use vouchsafe_server::{Server, Settings, router};
use vouchsafe_web::paths::{Method as PageMethod, ROUTES};

use crate::house::*;

/// Pages that need no session.
const OPEN: &[&str] = &["/demo", "/sign-in", "/enrol", "/signed-out", "/docs", "/docs/problems"];

/// A browser with one person's session.
struct Browser<'h> {
    house: &'h House,
    cookie: String,
}

impl<'h> Browser<'h> {
    async fn of(house: &'h House, name: &str, org: Org) -> Self {
        let nobody = Self { house, cookie: String::new() };
        let user = house.who(name, org).user;
        let answer = nobody.send(Method::POST, &format!("/demo/sign-in/{user}"), Some("")).await;
        assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
        let cookie = answer.header("set-cookie").unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        Self { house, cookie: cookie.split(';').next().unwrap().to_owned() }
    }

    async fn send(&self, method: Method, path: &str, form: Option<&str>) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, HOST)
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.house.exchange(request.body(Body::from(form.unwrap_or_default().to_owned())).unwrap()).await
    }

    /// Sends files as a browser does.
    async fn files(&self, path: &str, files: &[(&str, &[u8])]) -> Reply {
        let mut body = Vec::new();
        for (name, content) in files {
            body.extend_from_slice(b"--line\r\n");
            let head = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(b"Content-Type: application/octet-stream\r\n\r\n");
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--line--\r\n");
        let request = Request::post(path)
            .header(header::HOST, HOST)
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=line");
        self.house.exchange(request.body(Body::from(body)).unwrap()).await
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    /// A page that must be there, without the keys that are drawn anew for each form.
    async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        without_keys(&answer.text())
    }

    /// Sends a form and gives the address and the notice that it leads to.
    async fn post(&self, path: &str, form: &str) -> (String, String) {
        let answer = self.send(Method::POST, path, Some(form)).await;
        assert_eq!(answer.status, 303, "{path}: {}", answer.text());
        let notice = answer.header("set-cookie").unwrap_or_default();
        let notice = notice.strip_prefix("vouchsafe_notice=").unwrap_or_default();
        let code = notice.split([';', '.']).next().unwrap_or_default();
        (answer.header("location").unwrap().to_owned(), code.to_owned())
    }
}

fn without_keys(html: &str) -> String {
    let mut parts = html.split(r#"name="idempotencyKey" value=""#);
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once('"').map_or(part, |(_, rest)| rest));
    }
    plain
}

/// The request that the demo has pending at Contoso for Fabrikam's data, with its case.
async fn cross_tenant(house: &House) -> (String, String) {
    let pending = house.list(PRIYA, "/v1.0/support/accessRequests?$filter=status%20eq%20'pending'").await;
    (text(&pending[0]["id"]), text(&pending[0]["supportRequestId"]))
}

#[tokio::test]
async fn without_a_session_every_page_leads_to_the_way_in() {
    let house = House::new().await;
    let nobody = Browser { house: &house, cookie: "vouchsafe_session=vss_x".to_owned() };
    for route in ROUTES {
        let never = ["/assets/{name}", "/audit-log/{id}/receipt", "/grants/{id}/confirm", "/sign-out"];
        // Ways in themselves.
        let away = route.pattern.starts_with("/sign-in/with/");
        if OPEN.contains(&route.pattern)
            || route.pattern.starts_with("/demo/")
            || away
            || never.contains(&route.pattern)
        {
            continue;
        }
        let path: Vec<&str> =
            route.pattern.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect();
        let method = match route.method {
            PageMethod::Get => Method::GET,
            PageMethod::Post => Method::POST,
        };
        let answer = nobody.send(method, &path.join("/"), None).await;
        let led = (answer.status, answer.header("location").map(str::to_owned));
        assert_eq!(led, (303, Some("/demo".to_owned())), "{route:?}");
    }
    for path in OPEN {
        nobody.page(path).await;
    }
}

#[tokio::test]
async fn what_is_hidden_looks_like_what_does_not_exist() {
    let house = House::new().await;
    let (request, case) = cross_tenant(&house).await;
    let omar = Browser::of(&house, "Omar Haddad", Org::Fabrikam).await;
    let nothing = omar.get("/support-requests/sr_00000000000000000000000000000000").await;
    assert_eq!(nothing.status, 404);
    for path in [
        format!("/support-requests/{case}"),
        format!("/support-requests/{case}/close"),
        format!("/access-requests/{request}"),
        format!("/access-requests/{request}/revoke"),
        format!("/access-requests/{request}/reads"),
        format!("/desk/{case}"),
        "/support-requests/x".to_owned(),
        "/nothing/here/x".to_owned(),
    ] {
        let hidden = if path.starts_with("/nothing") {
            let request = Request::get(&path).header(header::HOST, HOST).header(header::ACCEPT, "text/html");
            house.exchange(request.header(header::COOKIE, &omar.cookie).body(Body::empty()).unwrap()).await
        } else {
            omar.get(&path).await
        };
        assert_eq!((hidden.status, hidden.text()), (404, nothing.text()), "{path}");
    }
    let form = "version=1&dataCategories=signInLogs&duration=P1D";
    let vote = omar.send(Method::POST, &format!("/access-requests/{request}/approve"), Some(form)).await;
    assert_eq!((vote.status, vote.text()), (404, nothing.text()));
}

#[tokio::test]
async fn nothing_that_the_other_tenant_does_shows_on_the_pages_of_the_support_request_tenant() {
    let house = House::new().await;
    let (request, case) = cross_tenant(&house).await;
    let priya = Browser::of(&house, "Priya Nair", Org::Contoso).await;
    let page = priya.page(&format!("/access-requests/{request}")).await;
    assert!(!page.contains("<bdi>Fabrikam</bdi>") && page.contains("The other tenant decides for itself"));
    let form = "version=1&dataCategories=signInLogs&dataCategories=auditLogs&duration=P2D";
    let (_, notice) = priya.post(&format!("/access-requests/{request}/approve"), form).await;
    assert_eq!(notice, "requestApproved");
    let pages = [
        "/".to_owned(),
        format!("/access-requests/{request}"),
        "/access-requests/approved".to_owned(),
        "/access-requests/history".to_owned(),
        format!("/support-requests/{case}"),
        "/audit-log".to_owned(),
    ];
    let mut before = Vec::new();
    for path in &pages {
        before.push(priya.page(path).await);
    }
    let omar = Browser::of(&house, "Omar Haddad", Org::Fabrikam).await;
    let form = "version=1&dataCategories=signInLogs&duration=PT8H&comment=only+this";
    let (to, notice) = omar.post(&format!("/access-requests/{request}/approve"), form).await;
    assert_eq!((to, notice.as_str()), (format!("/access-requests/{request}"), "requestApproved"));
    let ines = Browser::of(&house, "Ines Okafor", Org::Provider).await;
    let fabrikam = house.tenant(Org::Fabrikam);
    let log = ines.page(&format!("/desk/{case}/{fabrikam}/sign-ins")).await;
    assert!(log.contains("Read record of this page"));
    let (_, notice) = omar.post("/grants/remove-all", "reason=enough").await;
    assert_eq!(notice, "allAccessRemoved");
    for (path, before) in pages.iter().zip(&before) {
        assert_eq!(&priya.page(path).await, before, "{path}");
    }
}

#[tokio::test]
async fn a_page_of_sign_ins_is_a_read_that_its_tenant_sees_and_ends_with_the_access() {
    let house = House::new().await;
    let case = house.case(MARTA, PAYROLL).await;
    let adatum = house.tenant(Org::Adatum);
    let path = format!("/desk/{case}/{adatum}/sign-ins");
    let ines = Browser::of(&house, "Ines Okafor", Org::Provider).await;
    let answer = ines.get(&format!("{path}?result=failure")).await;
    let (read, grant) = (answer.header("vouchsafe-read").unwrap(), answer.header("vouchsafe-grant").unwrap());
    assert!(answer.text().contains(read) && answer.text().contains(grant));
    assert!(!answer.text().contains("@adatum.example"), "names are masked");

    let marta = Browser::of(&house, "Marta Kowal", Org::Adatum).await;
    let shown = marta.page(&format!("/reads/{read}")).await;
    assert!(
        shown.contains("status/errorCode ne 0")
            && shown.contains(&format!("<dd>{}</dd>", answer.bytes.len()))
    );
    let noor = Browser::of(&house, "Noor Aziz", Org::Adatum).await;
    noor.page(&format!("/reads/{read}")).await;
    assert_eq!(ines.get(&format!("/reads/{read}")).await.status, 404);

    for (query, status) in [("?user=o'hara' or true", 200), ("?errorCode=x", 400), ("?from=x", 400)] {
        let query = query.replace(' ', "%20").replace('\'', "%27");
        assert_eq!(ines.get(&format!("{path}{query}")).await.status, status, "{query}");
    }
    let (to, notice) = marta.post(&format!("/grants/{grant}/remove"), "reason=").await;
    assert_eq!((to.as_str(), notice.as_str()), ("/access-requests/approved", "accessRemoved"));
    let refused = ines.get(&path).await;
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("There is no live access") && !refused.text().contains("<table"));
}

#[tokio::test]
async fn forms_act_once_and_an_old_one_decides_nothing() {
    let house = House::new().await;
    let (request, case) = cross_tenant(&house).await;
    let priya = Browser::of(&house, "Priya Nair", Org::Contoso).await;
    let messages = format!("/support-requests/{case}/messages");
    for _ in 0..2 {
        let (_, notice) = priya.post(&messages, "idempotencyKey=k1&body=Is+there+news%3F").await;
        assert_eq!(notice, "messageSent");
    }
    let all = house.list(PRIYA, &format!("/v1.0/support/requests/{case}/messages")).await;
    assert_eq!(all.iter().filter(|message| message["body"] == "Is there news?").count(), 1);
    let again = priya.send(Method::POST, &messages, Some("idempotencyKey=k1&body=%3Cb%3Eother")).await;
    assert!(again.status == 400 && again.text().contains("&#60;b&#62;other"), "{}", again.text());

    let approve = format!("/access-requests/{request}/approve");
    for form in
        ["dataCategories=signInLogs&duration=P1D", "version=99&dataCategories=signInLogs&duration=P1D"]
    {
        assert_eq!(priya.post(&approve, form).await.1, "pageWasOld");
    }
    for wrong in ["version=1&duration=P1D", "version=1&dataCategories=clientLogs&duration=P1D"] {
        let answer = priya.send(Method::POST, &approve, Some(wrong)).await;
        assert!(answer.status == 400 && answer.text().contains("Tick at least one"), "{wrong}");
    }
    let good = "version=1&dataCategories=signInLogs&duration=P1D";
    assert_eq!(priya.post(&approve, good).await.1, "requestApproved");
    assert_eq!(priya.post(&approve, good).await.1, "requestApproved", "who presses twice has approved once");
    let alex = Browser::of(&house, "Alex Moreno", Org::Contoso).await;
    assert_eq!(
        alex.post(&format!("/access-requests/{request}/reject"), "version=1").await.1,
        "alreadyDecided"
    );
}

#[tokio::test]
async fn other_sites_and_programs_get_what_is_theirs() {
    let house = House::new().await;
    let priya = Browser::of(&house, "Priya Nair", Org::Contoso).await;
    let request = Request::post("/grants/remove-all").header(header::HOST, HOST);
    let request = request.header(header::COOKIE, &priya.cookie).header("sec-fetch-site", "cross-site");
    let refused = house.exchange(request.body(Body::empty()).unwrap()).await;
    assert_eq!((refused.status, refused.header("content-type")), (403, Some("text/html; charset=utf-8")));
    let request =
        Request::get("/v1.0/nothing").header(header::HOST, HOST).header(header::ACCEPT, "text/html");
    let problem = house.exchange(request.body(Body::empty()).unwrap()).await;
    assert_eq!(problem.header("content-type"), Some("application/problem+json"));
    let request = Request::get("/nothing").header(header::HOST, HOST);
    let problem = house.exchange(request.body(Body::empty()).unwrap()).await;
    assert_eq!(problem.header("content-type"), Some("application/problem+json"));
}

#[tokio::test]
async fn outside_of_the_demo_nobody_chooses_a_person() {
    let house = House::new().await;
    let settings = Settings { demo_tenants: house.world.tenants.clone(), ..Settings::default() };
    let server = router(Server::new(house.app.clone(), settings));
    let user = house.who("Priya Nair", Org::Contoso).user;
    let ask = async |method: Method, path: &str| {
        let request = Request::builder().method(method).uri(path).header(header::HOST, "support.example");
        let answer = server.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let to = parts.headers.get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
        (parts.status.as_u16(), to, body.collect().await.unwrap().to_bytes())
    };
    assert_eq!(ask(Method::GET, "/demo").await.0, 404);
    assert_eq!(ask(Method::GET, &format!("/demo/sign-in/{user}")).await.0, 404);
    assert_eq!(ask(Method::POST, &format!("/demo/sign-in/{user}")).await.0, 404);
    assert_eq!(ask(Method::GET, "/").await.1.as_deref(), Some("/sign-in"));
    assert_eq!(ask(Method::GET, "/sign-in").await.0, 200);
    assert_eq!(ask(Method::GET, "/signed-out").await.0, 200);
}

#[tokio::test]
async fn a_first_of_two_approvals_is_counted_and_said() {
    let house = House::new().await;
    let two = serde_json::json!({ "approvals": { "required": 2 } });
    house.ok(YUKI, Ask::patch("/v1.0/policies/supportAccess", &two)).await;
    let three = serde_json::json!({ "approvals": { "required": 3 } });
    let said =
        house.refused(YUKI, Ask::patch("/v1.0/policies/supportAccess", &three), "400 invalidRequest").await;
    assert_eq!(said["errors"][0]["pointer"], "/approvals/required", "two people of Adatum may approve");
    let case = house.case(MARTA, PAYROLL).await;
    let ask = serde_json::json!({
        "resourceTenantId": house.tenant(Org::Adatum), "dataCategories": ["signInLogs"], "duration": "PT8H",
        "reasonCode": "troubleshooting", "justification": "The log should show which policy refuses them.",
    });
    let asked =
        house.ok(INES, Ask::post(format!("/v1.0/support/requests/{case}/accessRequests"), &ask)).await;
    let path = format!("/v1.0/support/accessRequests/{}", text(&asked["id"]));
    let voted = house.ok(MARTA, Ask::post(format!("{path}/approve"), &serde_json::json!({}))).await;
    assert_eq!((&voted["status"], &voted["approvals"]["required"]), (&"pending".into(), &2.into()));
    assert_eq!(
        voted["approvals"]["given"][0]["userId"],
        house.who("Marta Kowal", Org::Adatum).user.to_string()
    );
    assert!(voted["grantId"].is_null() && voted["approved"].is_null());
    let told = house.ok(INES, Ask::get(&path)).await;
    assert_eq!((&told["status"], &told["approvals"]), (&"pending".into(), &serde_json::Value::Null));
    let page = format!("/access-requests/{}", text(&asked["id"]));
    let marta = Browser::of(&house, "Marta Kowal", Org::Adatum).await.page(&page).await;
    assert!(marta.contains("1 of 2 approvals, yours is given"), "{marta}");
    let yuki = Browser::of(&house, "Yuki Tanabe", Org::Adatum).await;
    let shown = yuki.page(&page).await;
    assert!(shown.contains("1 of 2 approvals") && !shown.contains("yours is given"), "{shown}");
    let approved = house.ok(YUKI, Ask::post(format!("{path}/approve"), &serde_json::json!({}))).await;
    assert_eq!((&approved["status"], &approved["approvals"]["required"]), (&"approved".into(), &2.into()));
    assert_eq!(approved["approvals"]["given"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn who_may_changes_the_settings_on_their_page_and_others_read_them() {
    let house = House::new().await;
    let path = "/settings/support-access";
    let marta = Browser::of(&house, "Marta Kowal", Org::Adatum).await;
    let read = marta.page(path).await;
    assert!(
        read.contains("People who must approve")
            && !read.contains("<form method=\"post\" action=\"/settings")
    );
    let yuki = Browser::of(&house, "Yuki Tanabe", Org::Adatum).await;
    let shown = yuki.page(path).await;
    let version =
        shown.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(shown.contains("Marta Kowal"), "{shown}");
    let form = |required: u32, version: &str| {
        format!(
            "version={version}&pendingExpiry=P1D&maxDuration=P7D&consentOffered=true&consentDuration=P30D\
             &idlePause=P7D&approvals.required={required}&ticketUmbrella=true&inheritOnReassign=false\
             &engineerRules.regions=Ireland%0D%0ASweden&engineerRules.excludedEngineerIds="
        )
    };
    let refused = yuki.send(Method::POST, path, Some(&form(5, &version))).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("asks for 5 people who may approve access, but there are 2"));
    let denied = marta.send(Method::POST, path, Some(&form(2, &version))).await;
    assert_eq!(denied.status, 403);
    let (to, notice) = yuki.post(path, &form(2, &version)).await;
    assert_eq!((to.as_str(), notice.as_str()), (path, "settingsSaved"));
    let policy = house.ok(YUKI, Ask::get("/v1.0/policies/supportAccess")).await;
    assert_eq!((&policy["approvals"]["required"], &policy["maxDuration"]), (&2.into(), &"P7D".into()));
    assert_eq!(policy["engineerRules"]["regions"], serde_json::json!(["Ireland", "Sweden"]));
    // The page that somebody else has changed since is an old one.
    let (_, notice) = yuki.post(path, &form(1, &version)).await;
    assert_eq!(notice, "pageWasOld");
}

#[tokio::test]
async fn the_engineer_proposes_to_reopen_and_the_customer_decides() {
    let house = House::new().await;
    let case = house.case(MARTA, PAYROLL).await;
    let path = format!("/v1.0/support/requests/{case}");
    house
        .ok(MARTA, Ask::post(format!("{path}/close"), &serde_json::json!({ "resolution": "resolved" })))
        .await;
    let ines = Browser::of(&house, "Ines Okafor", Org::Provider).await;
    let marta = Browser::of(&house, "Marta Kowal", Org::Adatum).await;
    assert!(ines.page(&format!("/desk/{case}")).await.contains("Propose to reopen"));
    let (to, notice) = ines.post(&format!("/desk/{case}/reopen"), "").await;
    assert_eq!((to, notice.as_str()), (format!("/desk/{case}"), "reopenProposed"));
    assert_eq!(house.ok(MARTA, Ask::get(&path)).await["status"], "closed", "nothing opens by itself");
    assert!(!ines.page(&format!("/desk/{case}")).await.contains("Propose to reopen"));
    assert!(marta.page(&format!("/support-requests/{case}")).await.contains("Your engineer proposes it."));
    house.ok(MARTA, Ask::post(format!("{path}/reopen"), &serde_json::json!({}))).await;
    let open = house.ok(MARTA, Ask::get(&path)).await;
    assert_eq!((&open["status"], &open["stage"]), (&"open".into(), &"waitingForEngineer".into()));
    assert!(!marta.page(&format!("/support-requests/{case}")).await.contains("Your engineer proposes it."));
}

/// The value of the hidden version in the form that posts to `action`.
fn version_in(page: &str, action: &str) -> String {
    let form = page.split(&format!("action=\"{action}\"")).nth(1).unwrap_or_else(|| panic!("{action}"));
    form.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn who_refuses_access_collects_by_page_and_the_engineer_reads_it_by_page() {
    let house = House::new().await;
    let case = house.case(MARTA, PAYROLL).await;
    let engineer = Browser::of(&house, "Ines Okafor", Org::Provider).await;
    let customer = Browser::of(&house, "Yuki Tanabe", Org::Adatum).await;
    let adatum = house.tenant(Org::Adatum);
    // The engineer asks; what is wrong with the form stands beside it.
    let ask = format!("/desk/{case}/collect");
    engineer.page(&ask).await;
    let wish = format!("tenantId={adatum}&dataCategories=signInLogs&instructions=");
    let empty = engineer.send(Method::POST, &ask, Some(&wish)).await;
    assert!(empty.status == 400 && empty.text().contains("error-instructions"), "{}", empty.text());
    let asked = engineer.post(&ask, &format!("{wish}Export+the+sign-ins+of+the+night+shift.")).await;
    assert_eq!(asked, (format!("/desk/{case}"), "collectionAsked".to_owned()));
    let list = house.list(YUKI, "/v1.0/support/dataCollections").await;
    let (id, page) = (text(&list[0]["id"]), format!("/data-collections/{}", text(&list[0]["id"])));
    assert!(engineer.page(&format!("/desk/{case}")).await.contains(&page));
    assert!(customer.page(&format!("/support-requests/{case}")).await.contains(&page));
    // The customer sees it, puts files in, and looks at what was taken out of which.
    assert!(customer.page("/data-collections").await.contains(&page));
    assert!(customer.page(&page).await.contains("the night shift"));
    let rows = house.list(NOOR, "/v1.0/auditLogs/signIns").await;
    let export = serde_json::json!({ "value": rows }).to_string();
    let trace = b"GET /me Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln\n";
    let files = format!("{page}/files");
    let taken = customer.files(&files, &[("sign-ins.json", export.as_bytes()), ("trace.log", trace)]).await;
    assert_eq!((taken.status, taken.header("location")), (303, Some(page.as_str())), "{}", taken.text());
    let filled = customer.page(&page).await;
    assert!(filled.contains("trace.log, line 1") && !filled.contains("eyJhbGciOiJub25lIn0"), "{filled}");
    // What cannot be taken is said beside the field, and leaves the rest as it was.
    let refused = customer.files(&files, &[("tool.exe", b"MZ\x90\x00\x03")]).await;
    assert!(refused.status == 400 && refused.text().contains("tool.exe was not taken"), "{}", refused.text());
    assert_eq!(customer.files(&files, &[]).await.status, 400);
    let gone = customer.post(&format!("{page}/files/remove"), "name=trace.log").await;
    assert_eq!(gone, (page.clone(), "fileRemoved".to_owned()));
    // Nothing is the engineer's before it is sent.
    let sign_ins = format!("/desk/{case}/{adatum}/collections/{id}/sign-ins");
    assert_eq!(engineer.get(&sign_ins).await.status, 403);
    assert!(!engineer.page(&page).await.contains("sign-ins.json"));
    let submit = format!("{page}/submit");
    let old = customer.post(&submit, "version=1").await;
    assert_eq!(old.1, "pageWasOld");
    let version = version_in(&customer.page(&page).await, &submit);
    assert_eq!(customer.post(&submit, &format!("version={version}")).await.1, "collectionSent");
    // Read like live data: the same page and filter, masked, recorded.
    assert!(engineer.page(&page).await.contains(&sign_ins));
    let read = engineer.page(&sign_ins).await;
    let failures = engineer.page(&format!("{sign_ins}?result=failure")).await;
    let count = |page: &str| page.matches("data-label=\"When\"").count();
    assert!(count(&failures) > 0 && count(&failures) < count(&read), "{} {}", count(&failures), count(&read));
    assert!(
        !read.contains(&text(&rows[0]["userPrincipalName"]))
            || text(&rows[0]["userPrincipalName"]).is_empty()
    );
    let one = read.split(&format!("{sign_ins}/")).nth(1).unwrap().split('"').next().unwrap();
    assert!(engineer.page(&format!("{sign_ins}/{one}")).await.contains(&sign_ins));
    let accept = format!("{page}/accept");
    let version = version_in(&engineer.page(&page).await, &accept);
    assert_eq!(engineer.post(&accept, &format!("version={version}")).await.1, "collectionAccepted");
    // The customer sees what was read, and takes it away.
    let grant =
        text(&house.ok(YUKI, Ask::get(format!("/v1.0/support/dataCollections/{id}"))).await["grantId"]);
    assert!(customer.page(&page).await.contains(&format!("/grants/{grant}/remove")));
    customer.page(&format!("/grants/{grant}/reads")).await;
    customer.post(&format!("/grants/{grant}/remove"), "").await;
    assert_eq!(engineer.get(&sign_ins).await.status, 403);
}

#[tokio::test]
async fn pages_of_a_collection_are_its_tenants_and_its_engineers_alone() {
    let house = House::new().await;
    let case = house.case(MARTA, PAYROLL).await;
    let engineer = Browser::of(&house, "Ines Okafor", Org::Provider).await;
    let customer = Browser::of(&house, "Yuki Tanabe", Org::Adatum).await;
    let wish =
        format!("tenantId={}&dataCategories=signInLogs&instructions=Export.", house.tenant(Org::Adatum));
    engineer.post(&format!("/desk/{case}/collect"), &wish).await;
    let page = {
        let list = house.list(YUKI, "/v1.0/support/dataCollections").await;
        format!("/data-collections/{}", text(&list[0]["id"]))
    };
    for (name, org) in [("Omar Haddad", Org::Fabrikam), ("Jonas Lindqvist", Org::Provider)] {
        let other = Browser::of(&house, name, org).await;
        assert_eq!(other.get(&page).await.status, 404, "{name}");
        for act in ["submit", "decline", "accept", "return", "cancel", "files/remove"] {
            let answer = other.send(Method::POST, &format!("{page}/{act}"), Some("version=1")).await;
            assert_eq!(answer.status, 404, "{name} {act}");
        }
        assert_eq!(other.files(&format!("{page}/files"), &[("a.json", b"[]")]).await.status, 404, "{name}");
    }
    // Each side has its own acts.
    assert_eq!(engineer.files(&format!("{page}/files"), &[("a.json", b"[]")]).await.status, 404);
    assert_eq!(engineer.send(Method::POST, &format!("{page}/submit"), Some("version=1")).await.status, 403);
    assert_eq!(customer.send(Method::POST, &format!("{page}/accept"), Some("version=1")).await.status, 403);
    let written = customer.post(&format!("{page}/messages"), "body=Which+region%3F").await;
    assert_eq!(written.1, "messageSent");
    assert!(engineer.page(&page).await.contains("Which region?"));
    let declined = customer.post(&format!("{page}/decline"), "version=1&reason=We+may+not.").await;
    assert_eq!(declined.1, "collectionDeclined");
    assert!(engineer.page(&page).await.contains("We may not."));
}

#[tokio::test]
async fn roles_are_given_and_taken_back_by_the_page_that_says_who_can_approve() {
    let house = House::new().await;
    let yuki = Browser::of(&house, "Yuki Tanabe", Org::Adatum).await;
    let marta = Browser::of(&house, "Marta Kowal", Org::Adatum).await;
    let page = marta.page("/settings/roles").await;
    assert!(page.contains("These people can approve now") && page.contains("Yuki Tanabe"));
    assert!(!page.contains("Give somebody a role"), "Marta may not");
    let ben = house.who("Ben Carver", Org::Adatum).user;
    let form =
        format!("principalId={ben}&roleDefinitionId={}&duration=P1D", crate::rows::SUPPORT_ADMINISTRATOR);
    assert_eq!(marta.send(Method::POST, "/settings/roles", Some(&form)).await.status, 403);
    assert_eq!(
        yuki.post("/settings/roles", &form).await,
        ("/settings/roles".to_owned(), "roleGiven".to_owned())
    );
    let approvers = yuki.page("/settings/roles").await;
    assert!(approvers.contains("ben.carver@adatum.example"), "Ben can approve for a day");
    let again = yuki.send(Method::POST, "/settings/roles", Some(&form)).await;
    assert!(again.status == 400 && again.text().contains("holds this role already"));
    let back = format!("assignmentId={}.{ben}", crate::rows::SUPPORT_ADMINISTRATOR);
    let (_, notice) = yuki.post("/settings/roles/take-back", &back).await;
    assert_eq!(notice, "roleTakenBack");
    assert!(!yuki.page("/settings/roles").await.contains("ben.carver@adatum.example"));
    let nobody = Browser::of(&house, "Ben Carver", Org::Adatum).await;
    assert_eq!(nobody.get("/settings/roles").await.status, 403);
}

#[tokio::test]
async fn a_token_made_by_the_page_is_on_that_answer_and_nowhere_else() {
    let house = House::new().await;
    let yuki = Browser::of(&house, "Yuki Tanabe", Org::Adatum).await;
    let form = "idempotencyKey=a1&displayName=Export&scopes=vouchsafe.support%2FaccessRequests%2Fread&expiresDateTime=P1D";
    let made = yuki.send(Method::POST, "/settings/api-tokens", Some(form)).await;
    assert_eq!((made.status, made.header("cache-control")), (200, Some("no-store")));
    let text = made.text();
    let token = text.split("vst_").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
    let token = format!("vst_{token}");
    assert_eq!(house.raw(Ask::get("/v1.0/me").bearer(&token)).await.status, 200);
    // Sent again, the same form makes no second one and does not tell the first.
    let again = yuki.send(Method::POST, "/settings/api-tokens", Some(form)).await.text();
    assert!(!again.contains(&token) && !again.contains("vst_"));
    let page = yuki.page("/settings/api-tokens").await;
    assert!(page.contains("Export") && !page.contains("vst_"));
    let none = "idempotencyKey=a2&displayName=Export&expiresDateTime=P1D";
    let refused = yuki.send(Method::POST, "/settings/api-tokens", Some(none)).await;
    assert!(refused.status == 400 && refused.text().contains("Tick at least one."));
    let id = page.split("/settings/api-tokens/tok_").nth(1).and_then(|rest| rest.split('/').next()).unwrap();
    let (_, notice) = yuki.post(&format!("/settings/api-tokens/tok_{id}/end"), "").await;
    assert_eq!(notice, "tokenEnded");
    assert_eq!(house.raw(Ask::get("/v1.0/me").bearer(&token)).await.verdict(), "401 tokenRevoked");
}

#[tokio::test]
async fn what_outlives_a_session_is_given_only_shortly_after_signing_in() {
    let house = House::new().await;
    let yuki = Browser::of(&house, "Yuki Tanabe", Org::Adatum).await;
    let ben = house.who("Ben Carver", Org::Adatum).user;
    house.clock.advance(vouchsafe_core::time::Duration::minutes(15));
    let before = house.log_size(house.tenant(Org::Adatum)).await;
    let role = format!("principalId={ben}&roleDefinitionId=f023fd81-a637-4b56-95fd-791ac0226033");
    for (path, form) in [
        ("/settings/api-tokens".to_owned(), "displayName=x&scopes=y&expiresDateTime=P1D".to_owned()),
        ("/settings/roles".to_owned(), role),
        (format!("/people/{ben}/pass"), String::new()),
        ("/account/links".to_owned(), String::new()),
        ("/account/links/accept".to_owned(), "code=vsl_x".to_owned()),
    ] {
        assert_eq!(yuki.post(&path, &form).await.1, "notFresh", "{path}");
    }
    assert_eq!(house.log_size(house.tenant(Org::Adatum)).await, before);
    yuki.page("/settings/api-tokens").await;
}

/// The code on the page of links that was just made.
fn code_on(page: &str) -> String {
    let rest = page.split("vsl_").nth(1).unwrap();
    format!("vsl_{}", rest.split('<').next().unwrap())
}

#[tokio::test]
async fn one_person_links_two_accounts_on_the_pages_and_removes_the_link() {
    let house = House::new().await;
    let marta = Browser::of(&house, "Marta Kowal", Org::Adatum).await;
    let priya = Browser::of(&house, "Priya Nair", Org::Contoso).await;
    let yuki = Browser::of(&house, "Yuki Tanabe", Org::Adatum).await;
    assert!(marta.page("/account").await.contains("/account/links"));
    assert!(marta.page("/account/links").await.contains("No account is linked."));
    let made = marta.send(Method::POST, "/account/links", Some("")).await;
    assert_eq!((made.status, made.header("cache-control")), (200, Some("no-store")));
    let code = code_on(&made.text());
    // Shown this once.
    assert!(!marta.page("/account/links").await.contains(&code));
    let looked = priya.send(Method::POST, "/account/links/look", Some(&format!("code={code}"))).await.text();
    assert!(looked.contains("Marta Kowal") && looked.contains("Adatum"), "{looked}");
    let wrong = priya.send(Method::POST, "/account/links/look", Some("code=vsl_wrong")).await;
    assert!(wrong.status == 400 && wrong.text().contains("not a code that can be used"), "{}", wrong.text());
    assert_eq!(priya.post("/account/links/accept", &format!("code={code}")).await.1, "linkAccepted");
    let page = marta.page("/account/links").await;
    assert!(page.contains("Priya Nair") && page.contains("That account is mine"), "{page}");
    // An administrator sees that there is a link, and not who it is over there.
    let page = yuki.page("/account/links").await;
    assert!(page.contains("Marta Kowal") && !page.contains("Priya"), "{page}");
    let link = format!("lnk_{}", page.split("lnk_").nth(1).unwrap().split('<').next().unwrap());
    let (agree, confirm) = (format!("/account/links/{link}/agree"), format!("/account/links/{link}/confirm"));
    assert_eq!(yuki.post(&confirm, "").await.1, "linkNotConfirmed");
    assert_eq!(marta.post(&agree, "").await.1, "linkAgreed");
    assert!(yuki.page("/account/links").await.contains("Confirm for my organisation"));
    assert_eq!(yuki.post(&confirm, "").await.1, "linkConfirmed");
    assert!(marta.page("/account/links").await.contains("Waits for the other side"));
    assert_eq!(marta.post(&format!("/account/links/{link}/remove"), "").await.1, "linkRemoved");
    assert_eq!(marta.post(&format!("/account/links/{link}/remove"), "").await.1, "alreadyEnded");
    assert!(priya.page("/account/links").await.contains("Ended"));
}
