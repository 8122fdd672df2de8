//! Links of accounts: who has to say yes, what each tenant learns, what ends one, and what an attacker tries.

use vouchsafe_app::view::AccessView;
use vouchsafe_app::{AppError, Call, ListOptions, MadeLink, Who};
use vouchsafe_core::access_request::SideStatus;
use vouchsafe_core::account_link::{LINKS_OF_ONE_MAX, LinkRecord, LinkStatus};
use vouchsafe_core::id::{AccessRequestId, AccountLinkId};
use vouchsafe_core::rejection::Rejection;
use vouchsafe_core::time::Duration;
use vouchsafe_testkit::cast::R1;
use vouchsafe_testkit::{World, check, state};

/// An account as an API token speaks for it.
fn by_token(world: &World, name: &str) -> Call {
    Call::from(Who {
        token: Some("tok_0190000000007000800000000000000a".parse().unwrap()),
        ..world.who(name)
    })
}

async fn offered(world: &World, name: &str) -> (AccountLinkId, String) {
    let MadeLink { record, code } = world.app.offer_link(&world.call(name)).await.unwrap();
    (record.id, code.unwrap().expose())
}

/// Offered by one and accepted by the other, each in a session; gives the ids of both records.
async fn accepted(world: &World, one: &str, other: &str) -> (AccountLinkId, AccountLinkId) {
    let (mine, code) = offered(world, one).await;
    let theirs = world.app.accept_link(&world.call(other), &code).await.unwrap();
    assert!(theirs.code.is_none());
    (mine, theirs.record.id)
}

async fn status(world: &World, name: &str, id: AccountLinkId) -> LinkStatus {
    world.app.account_link(world.who(name), id).await.unwrap().status(world.app.now())
}

async fn agree(world: &World, name: &str, id: AccountLinkId) -> Result<LinkRecord, AppError> {
    world.app.agree_to_link(&world.call(name), id).await
}

async fn confirm(world: &World, name: &str, id: AccountLinkId) -> Result<LinkRecord, AppError> {
    world.app.confirm_link(&world.call(name), id).await
}

/// What R's people see of a request for R's data after somebody of S has approved it.
async fn after_approval(world: &World, by: &str, rs: &str) -> (SideStatus, bool) {
    world.advance(Duration::hours(2));
    let case = world.open("ada", &[R1], false).await.unwrap().request.id;
    // Whoever the case was assigned to.
    let id: AccessRequestId = match world.ask("eve", case, world.ask_for(R1)).await {
        Err(AppError::NotFound) => world.ask("ewan", case, world.ask_for(R1)).await.unwrap(),
        asked => asked.unwrap(),
    };
    world.approve(by, id).await.unwrap();
    match world.app.access_request(world.who(rs), id).await.unwrap() {
        AccessView::Side(view) => {
            let automatic = view.side.approval().is_some_and(|approval| approval.automatic);
            (view.side.status(view.seen), automatic)
        }
        AccessView::Ask(_) => panic!("a tenant sees the engineer's record"),
    }
}

fn is_forbidden<T>(answer: Result<T, AppError>) -> bool {
    matches!(answer, Err(AppError::Rejected(Rejection::Forbidden(_))))
}

fn is_unknown_code<T>(answer: Result<T, AppError>) -> bool {
    matches!(answer, Err(AppError::Rejected(Rejection::Invalid { field, .. })) if field == "code")
}

#[tokio::test]
async fn a_link_counts_once_the_person_and_both_tenants_have_said_yes_and_until_either_removes_it() {
    let world = World::new().await;
    assert_eq!(after_approval(&world, "ben", "rita").await, (SideStatus::Pending, false));
    let (bens, rons) = accepted(&world, "ben", "ron").await;
    assert_eq!(status(&world, "ben", bens).await, LinkStatus::AwaitingAgreement);
    assert_eq!(status(&world, "ron", rons).await, LinkStatus::AwaitingConfirmation);
    agree(&world, "ben", bens).await.unwrap();
    confirm(&world, "ada", bens).await.unwrap();
    // Everybody but R has said yes.
    assert_eq!(status(&world, "ben", bens).await, LinkStatus::AwaitingOther);
    assert_eq!(after_approval(&world, "ben", "rita").await, (SideStatus::Pending, false));
    confirm(&world, "rita", rons).await.unwrap();
    assert_eq!(status(&world, "ben", bens).await, LinkStatus::Active);
    assert_eq!(status(&world, "ron", rons).await, LinkStatus::Active);
    assert_eq!(after_approval(&world, "ben", "rita").await, (SideStatus::Approved, true));
    // Removed by R's administrator: at once, for both.
    world.app.remove_link(&world.call("rita"), rons).await.unwrap();
    assert_eq!(status(&world, "ben", bens).await, LinkStatus::Ended);
    assert_eq!(after_approval(&world, "ben", "rita").await, (SideStatus::Pending, false));
    let again = world.app.remove_link(&world.call("ben"), bens).await;
    assert!(matches!(again, Err(AppError::Rejected(Rejection::AlreadyEnded))));
    // And made anew, it counts again; the old record stays ended.
    let (bens_next, rons_next) = accepted(&world, "ben", "ron").await;
    agree(&world, "ben", bens_next).await.unwrap();
    confirm(&world, "rita", rons_next).await.unwrap();
    assert_eq!(after_approval(&world, "ben", "rita").await, (SideStatus::Pending, false));
    confirm(&world, "ada", bens_next).await.unwrap();
    assert_eq!(after_approval(&world, "ben", "rita").await, (SideStatus::Approved, true));
    assert_eq!(status(&world, "ron", rons).await, LinkStatus::Ended);
    check::logs(&world).await;
}

#[tokio::test]
async fn each_tenants_log_says_what_happened_there_and_names_nobody_of_the_other() {
    let world = World::new().await;
    let (bens, rons) = accepted(&world, "ben", "ron").await;
    agree(&world, "ben", bens).await.unwrap();
    confirm(&world, "ada", bens).await.unwrap();
    confirm(&world, "rita", rons).await.unwrap();
    world.app.remove_link(&world.call("ron"), rons).await.unwrap();
    let mut reader = world.app.store().read().unwrap();
    for (tenant, by_people, stranger, foreign) in [
        (0, vec!["Offer account link", "Agree to account link", "Confirm account link"], "ron", "rita"),
        (R1, vec!["Accept account link", "Confirm account link", "Unlink accounts"], "ben", "ada"),
    ] {
        let log = state::log(&mut reader, world.tenant(tenant)).await;
        let told: Vec<_> = log
            .iter()
            .filter(|entry| entry.text("/activityDisplayName").unwrap().contains("account"))
            .collect();
        let by: Vec<&str> = told
            .iter()
            .filter(|entry| entry.entry["initiatedBy"]["user"].is_object())
            .map(|entry| entry.text("/activityDisplayName").unwrap())
            .collect();
        // What the other tenant's people did stands there as the service's.
        assert_eq!(by, by_people);
        let names: Vec<&str> = told.iter().map(|entry| entry.text("/activityDisplayName").unwrap()).collect();
        for activity in ["Accept account link", "Link accounts", "Unlink accounts"] {
            assert!(names.contains(&activity), "{activity}: {names:?}");
        }
        let texts = told.iter().map(|entry| entry.entry.to_string()).collect::<String>();
        for name in [stranger, foreign] {
            assert!(
                !texts.contains(&format!("\"{name}\"")) && !texts.contains(&format!("{name}@")),
                "{name}"
            );
        }
        // Who of the other tenant confirmed or removed is not said.
        assert!(!texts.contains(&world.who(foreign).user.to_string()));
    }
}

#[tokio::test]
async fn nobody_is_linked_who_did_not_agree_in_a_session_of_the_own_account() {
    let world = World::new().await;
    // A stolen code makes no link: the person who offered must agree to what accepted.
    let (bens, code) = offered(&world, "ben").await;
    world.app.accept_link(&world.call("ron"), &code).await.unwrap();
    assert!(is_forbidden(confirm(&world, "ada", bens).await), "before the person has agreed");
    // An administrator does not agree in the person's place, nor does a token.
    assert!(matches!(agree(&world, "ada", bens).await, Err(AppError::NotFound)));
    assert!(is_forbidden(world.app.agree_to_link(&by_token(&world, "ben"), bens).await));
    // Whoever accepts with a token has not agreed by that.
    let (_, code) = offered(&world, "lin").await;
    let made = world.app.accept_link(&by_token(&world, "rob"), &code).await.unwrap().record;
    assert_eq!(made.status(world.app.now()), LinkStatus::AwaitingAgreement);
    assert!(is_forbidden(confirm(&world, "rolf", made.id).await));
    agree(&world, "rob", made.id).await.unwrap();
    assert!(matches!(agree(&world, "rob", made.id).await, Err(AppError::Rejected(Rejection::Conflict))));
    confirm(&world, "rolf", made.id).await.unwrap();
    // Whoever agreed may still take it back.
    world.app.remove_link(&world.call("rob"), made.id).await.unwrap();
    assert!(matches!(
        confirm(&world, "rolf", made.id).await,
        Err(AppError::Rejected(Rejection::AlreadyEnded))
    ));
}

#[tokio::test]
async fn only_who_may_manage_roles_confirms_and_only_in_the_own_tenant() {
    let world = World::new().await;
    let (bens, rons) = accepted(&world, "ben", "ron").await;
    agree(&world, "ben", bens).await.unwrap();
    for (name, id) in [("ben", bens), ("ron", rons)] {
        assert!(matches!(confirm(&world, name, id).await, Err(AppError::Forbidden)), "{name}");
    }
    // Others of the tenant, and all of other tenants, do not learn that it is there.
    for (name, id) in [
        ("lin", bens),
        ("rex", bens),
        ("rita", bens),
        ("rolf", bens),
        ("paul", bens),
        ("ada", rons),
        ("cleo", rons),
    ] {
        let seen = world.app.account_link(world.who(name), id).await;
        assert!(matches!(seen, Err(AppError::NotFound)), "{name}");
        assert!(matches!(confirm(&world, name, id).await, Err(AppError::NotFound)), "{name}");
        let removed = world.app.remove_link(&world.call(name), id).await;
        assert!(matches!(removed, Err(AppError::NotFound)), "{name}");
    }
    let all = ListOptions::default();
    let listed = async |name: &str| {
        let links = world.app.account_links(world.who(name), &all).await.unwrap().items;
        links.iter().any(|link| link.id == bens)
    };
    assert!(listed("ben").await && listed("ada").await);
    assert!(!listed("lin").await && !listed("rita").await);
    // Nobody confirms what may do more than they: else a lesser one could lend a greater one's vote.
    let (adas, ritas) = accepted(&world, "ada", "rita").await;
    agree(&world, "ada", adas).await.unwrap();
    confirm(&world, "ada", adas).await.unwrap();
    confirm(&world, "rita", ritas).await.unwrap();
    assert_eq!(status(&world, "ada", adas).await, LinkStatus::Active);
}

#[tokio::test]
async fn codes_are_good_once_for_an_hour_in_another_tenant_and_say_nothing_else() {
    let world = World::new().await;
    let (_, code) = offered(&world, "ben").await;
    let accept = async |name: &str, code: &str| world.app.accept_link(&world.call(name), code).await;
    assert!(is_unknown_code(accept("lin", &code).await), "of the own tenant");
    for wrong in ["", "vsl_", "ben@contoso.example", &code[..code.len() - 2], &format!("{code}A")] {
        assert!(is_unknown_code(accept("ron", wrong).await), "{wrong}");
    }
    let (_, newer) = offered(&world, "ben").await;
    assert!(is_unknown_code(accept("ron", &code).await), "a newer offer ended it");
    accept("ron", &newer).await.unwrap();
    assert!(is_unknown_code(accept("rob", &newer).await), "used");
    let (_, twice) = offered(&world, "ben").await;
    assert!(is_unknown_code(accept("ron", &twice).await), "linked already");
    world.advance(Duration::hours(1));
    assert!(is_unknown_code(accept("rob", &twice).await), "over");
    // Of an account that is disabled.
    let (_, code) = offered(&world, "lin").await;
    let lin = world.who("lin").user;
    let disable = vouchsafe_app::UserCommand { account_enabled: Some(false), ..Default::default() };
    world.app.change_user(&world.call("ada"), lin, disable).await.unwrap();
    assert!(is_unknown_code(accept("rob", &code).await), "disabled");
    assert!(is_unknown_code(world.app.offered_link(world.who("rob"), &code).await));
    assert!(matches!(world.app.offer_link(&world.call("lin")).await, Err(AppError::Unauthenticated)));
    // Who may do nothing has nothing to lend.
    assert!(matches!(world.app.offer_link(&world.call("sam")).await, Err(AppError::Forbidden)));
}

#[tokio::test]
async fn what_waits_too_long_is_over_and_links_of_one_account_are_limited() {
    let world = World::new().await;
    let (bens, rons) = accepted(&world, "ben", "ron").await;
    world.advance(Duration::days(7));
    assert_eq!(status(&world, "ben", bens).await, LinkStatus::Ended);
    assert!(matches!(agree(&world, "ben", bens).await, Err(AppError::Rejected(Rejection::AlreadyEnded))));
    assert!(matches!(confirm(&world, "rita", rons).await, Err(AppError::Rejected(Rejection::AlreadyEnded))));
    let others = ["ron", "rita", "lin-r1", "cleo", "rolf", "rob", "eve", "ewan", "mona", "paul"];
    assert_eq!(others.len(), LINKS_OF_ONE_MAX);
    let mut last = None;
    for name in others {
        last = Some(accepted(&world, "ben", name).await.0);
    }
    let one_more = world.app.offer_link(&world.call("ben")).await;
    assert!(matches!(one_more, Err(AppError::Rejected(Rejection::TooMany(_)))));
    world.app.remove_link(&world.call("ben"), last.unwrap()).await.unwrap();
    offered(&world, "ben").await;
}

#[tokio::test]
async fn of_two_who_accept_at_once_one_does_and_confirming_and_removing_at_once_leaves_no_half_link() {
    let world = World::new().await;
    let (_, code) = offered(&world, "ben").await;
    let (ron, rob) = (world.call("ron"), world.call("rob"));
    let (one, other) = tokio::join!(world.app.accept_link(&ron, &code), world.app.accept_link(&rob, &code));
    assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
    world.advance(Duration::days(8));
    let (bens, rons) = accepted(&world, "ben", "ron").await;
    agree(&world, "ben", bens).await.unwrap();
    confirm(&world, "ada", bens).await.unwrap();
    let (rita, ben) = (world.call("rita"), world.call("ben"));
    let (confirmed, removed) =
        tokio::join!(world.app.confirm_link(&rita, rons), world.app.remove_link(&ben, bens));
    removed.unwrap();
    drop(confirmed);
    assert_eq!(status(&world, "ben", bens).await, LinkStatus::Ended);
    assert_eq!(status(&world, "ron", rons).await, LinkStatus::Ended);
    assert_eq!(after_approval(&world, "ben", "rita").await, (SideStatus::Pending, false));
    check::logs(&world).await;
}

#[tokio::test]
async fn what_r_does_with_its_people_shows_in_no_record_of_s() {
    let mut seen = Vec::new();
    for changes in [false, true] {
        let world = World::new().await;
        let (bens, rons) = accepted(&world, "ben", "ron").await;
        agree(&world, "ben", bens).await.unwrap();
        confirm(&world, "ada", bens).await.unwrap();
        confirm(&world, "rita", rons).await.unwrap();
        if changes {
            let ron = world.who("ron").user;
            let command = vouchsafe_app::UserCommand {
                display_name: Some("Ronald".to_owned()),
                account_enabled: Some(false),
            };
            world.app.change_user(&world.call("rita"), ron, command).await.unwrap();
        }
        let mut told = format!("{:?}", world.app.account_link(world.who("ben"), bens).await.unwrap());
        told.push_str(&format!(
            "{:?}",
            world.app.account_links(world.who("ada"), &ListOptions::default()).await
        ));
        seen.push(told);
    }
    assert_eq!(seen[0], seen[1]);
}
