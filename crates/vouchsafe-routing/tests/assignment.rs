//! What assignment promises: eligibility, fairness, nobody lost, the same again, and nothing told.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use vouchsafe_routing::{
    Assignment, Band, Caps, Demands, Engineer, EngineerId, Expertise, Explanation, Obstacle, OpenCases,
    Outcome, Request, Resolved, Severity, Shift, TenantId, assign,
};

const TOPIC: &str = "signIn/conditionalAccess";
const ASKING: TenantId = TenantId(1);

fn start() -> Timestamp {
    "2026-01-05T10:00:00Z".parse().expect("a time")
}

fn after(hours: i64) -> Timestamp {
    start() + SignedDuration::from_hours(hours)
}

fn engineer(id: u128) -> Engineer {
    Engineer {
        id: EngineerId(id),
        active: true,
        shift: Shift::always(),
        languages: ["en".to_owned()].into(),
        clearances: BTreeSet::new(),
        region: "eu".to_owned(),
        conflicts: BTreeSet::new(),
        declared: Vec::new(),
        open: OpenCases::default(),
        caps: Caps::default(),
        last_assigned: None,
    }
}

fn demands() -> Demands {
    Demands {
        tenant: ASKING,
        severity: Severity::Moderate,
        language: None,
        regions: BTreeSet::new(),
        clearances: BTreeSet::new(),
        excluded: BTreeSet::new(),
    }
}

fn request<'a>(title: &'a str, problem_types: &'a [&'a str], opened: Timestamp) -> Request<'a> {
    Request { title, description: "", problem_types, priority: "moderate", opened }
}

fn learn(model: &mut Expertise, engineer: u128, tenant: u128, title: &str, hours: i64) {
    let case = Resolved {
        request: request(title, &[TOPIC], after(hours)),
        number: "",
        tenant: TenantId(tenant),
        engineer: EngineerId(engineer),
        resolved: after(hours + 1),
        reopened: false,
    };
    model.learn(&case).expect("learned");
}

fn assigned(model: &Expertise, demands: &Demands, staff: &[Engineer]) -> Assignment {
    assign(model, &request("policy blocks everyone", &[TOPIC], after(10_000)), demands, staff, after(10_000))
}

fn winner(assignment: &Assignment) -> Option<u128> {
    match &assignment.outcome {
        Outcome::Assigned { engineer, .. } => Some(engineer.0),
        Outcome::Queued => None,
    }
}

#[test]
fn who_has_solved_the_like_gets_it() {
    let mut model = Expertise::new();
    for hours in 0..60 {
        learn(&mut model, 1, 2, "policy blocks the finance team", hours * 2);
        learn(&mut model, 2, 2, "device certificate has run out", hours * 2 + 1);
    }
    let staff = [engineer(2), engineer(1), engineer(3)];
    let assignment = assigned(&model, &demands(), &staff);
    assert_eq!(winner(&assignment), Some(1));
    assert!(assignment.ranking[0].learned > 0.6, "{:?}", assignment.ranking[0]);
    assert_eq!(assignment.ranking[2].parts, None, "has solved nothing");
}

#[test]
fn a_full_desk_gives_way() {
    let mut model = Expertise::new();
    for hours in 0..60 {
        learn(&mut model, 1, 2, "policy blocks the finance team", hours * 4);
        learn(&mut model, 2, 2, if hours % 3 == 0 { "policy blocks" } else { "device" }, hours * 4 + 2);
    }
    let mut expert = engineer(1);
    expert.caps = Caps { critical: 40, moderate: 40, minimal: 40 };
    expert.open = OpenCases { critical: 0, moderate: 30, minimal: 0 };
    assert_eq!(winner(&assigned(&model, &demands(), &[expert, engineer(2)])), Some(2));
}

#[test]
fn declared_expertise_counts_before_there_is_history() {
    let mut parent = engineer(7);
    parent.declared = vec!["signIn".to_owned()];
    let mut other = engineer(3);
    other.declared = vec!["devices".to_owned(), "signIn/conditional".to_owned()];
    let assignment = assigned(&Expertise::new(), &demands(), &[other, parent]);
    assert_eq!(winner(&assignment), Some(7));
    let Outcome::Assigned { explanation, .. } = assignment.outcome else { panic!("queued") };
    let text = serde_json::to_string(&explanation).expect("JSON");
    assert_eq!(
        text,
        concat!(
            r#"{"topics":[{"problemType":"signIn/conditionalAccess","declared":true,"solved":"some"},"#,
            r#"{"problemType":"signIn","declared":true,"solved":"some"}],"onShift":true}"#
        )
    );
}

#[test]
fn ties_go_to_fewer_cases_then_the_longest_wait_then_the_smaller_id() {
    let model = Expertise::new();
    let (mut waited, mut just) = (engineer(9), engineer(1));
    waited.last_assigned = Some(after(0));
    just.last_assigned = Some(after(5));
    assert_eq!(winner(&assigned(&model, &demands(), &[just.clone(), waited.clone()])), Some(9));
    assert_eq!(winner(&assigned(&model, &demands(), &[just.clone(), engineer(4), engineer(3)])), Some(3));
    // One moderate case burdens as two minimal ones; the smaller number of cases wins.
    waited.open = OpenCases { critical: 0, moderate: 0, minimal: 2 };
    just.open = OpenCases { critical: 0, moderate: 1, minimal: 0 };
    assert_eq!(winner(&assigned(&model, &demands(), &[waited, just])), Some(1));
}

#[test]
fn each_hard_rule_bars_with_its_reason() {
    let demands = Demands {
        language: Some("de".to_owned()),
        regions: ["eu".to_owned()].into(),
        clearances: ["secret".to_owned(), "vetted".to_owned()].into(),
        excluded: [EngineerId(8)].into(),
        ..demands()
    };
    let mut fit = engineer(1);
    fit.languages.insert("de".to_owned());
    fit.clearances = demands.clearances.clone();
    let change = |id: u128, change: &dyn Fn(&mut Engineer)| {
        let mut engineer = Engineer { id: EngineerId(id), ..fit.clone() };
        change(&mut engineer);
        engineer
    };
    let staff = [
        change(2, &|one| one.active = false),
        change(3, &|one| one.shift = Shift::new("UTC", Vec::new(), BTreeSet::new()).expect("a shift")),
        change(4, &|one| one.languages = ["fr".to_owned()].into()),
        change(5, &|one| one.region = "us".to_owned()),
        change(6, &|one| one.clearances = ["vetted".to_owned()].into()),
        change(7, &|one| one.conflicts = [ASKING].into()),
        change(8, &|_| ()),
        change(9, &|one| one.open = OpenCases { critical: 4, moderate: 4, minimal: 2 }),
    ];
    let assignment = assigned(&Expertise::new(), &demands, &staff);
    assert_eq!(assignment.outcome, Outcome::Queued);
    let mut reasons: Vec<(u128, Vec<Obstacle>)> =
        assignment.ranking.into_iter().map(|one| (one.engineer.0, one.obstacles)).collect();
    reasons.sort_by_key(|(engineer, _)| *engineer);
    let expected = [
        (2, Obstacle::NotActive, "the account is not active"),
        (3, Obstacle::OffShift, "not on shift"),
        (4, Obstacle::Language("de".to_owned()), "does not speak `de`"),
        (5, Obstacle::Region("us".to_owned()), "works in `us`, which the tenant does not admit"),
        (6, Obstacle::Clearance("secret".to_owned()), "lacks the clearance `secret`"),
        (7, Obstacle::Conflict, "has a conflict of interest with the tenant"),
        (8, Obstacle::Excluded, "is excluded by the customer"),
        (9, Obstacle::LoadCap { open: 10, cap: 10 }, "has 10 cases open, 10 are the most"),
    ];
    assert_eq!(reasons.len(), expected.len());
    for ((engineer, obstacles), (expected, obstacle, text)) in reasons.iter().zip(expected) {
        assert_eq!((*engineer, obstacles.as_slice()), (expected, [obstacle].as_slice()));
        assert_eq!(obstacles[0].to_string(), text);
    }
    let mut staff = staff.to_vec();
    staff.push(fit);
    assert_eq!(winner(&assigned(&Expertise::new(), &demands, &staff)), Some(1));
    let critical = Demands { severity: Severity::Critical, ..demands };
    let eligible = assigned(&Expertise::new(), &critical, &staff);
    assert!(eligible.ranking.iter().any(|one| one.engineer.0 == 9 && one.obstacles.is_empty()));
}

#[test]
fn nobody_at_all_is_the_queue() {
    let assignment = assigned(&Expertise::new(), &demands(), &[]);
    assert_eq!((assignment.outcome, assignment.ranking.len()), (Outcome::Queued, 0));
}

#[test]
fn a_request_without_type_or_text_is_assigned_too() {
    let mut model = Expertise::new();
    learn(&mut model, 1, 2, "", 0);
    let assignment = assign(&model, &request("", &[], after(9)), &demands(), &[engineer(1)], after(9));
    assert_eq!(winner(&assignment), Some(1));
}

#[test]
fn time_that_runs_backwards_is_refused() {
    let mut model = Expertise::new();
    let case = Resolved {
        request: request("late", &[], after(5)),
        number: "",
        tenant: ASKING,
        engineer: EngineerId(1),
        resolved: after(4),
        reopened: false,
    };
    let refused = model.learn(&case).expect_err("refused").to_string();
    assert!(refused.contains("resolved at 2026-01-05T14:00:00Z, before it was opened"), "{refused}");
    assert_eq!(model.resolved(), 0);
}

#[test]
fn a_mentioned_case_leads_to_who_solved_it() {
    let mut model = Expertise::new();
    for hours in 0..30 {
        learn(&mut model, 1 + u128::from(hours % 2 == 0), 2, "policy blocks everyone", hours * 2);
    }
    let topics = [TOPIC];
    let case = |engineer: u128, number, hours| Resolved {
        request: request("policy blocks everyone", &topics, after(hours)),
        number,
        tenant: ASKING,
        engineer: EngineerId(engineer),
        resolved: after(hours + 1),
        reopened: false,
    };
    model.learn(&case(1, "7301225590146638", 70)).expect("learned");
    model.learn(&case(2, "8412336601257749", 72)).expect("learned");
    for (number, engineer) in [("7301225590146638", 1), ("8412336601257749", 2)] {
        let title = format!("again, as in {number}");
        let found = model.likelihoods(&request(&title, &topics, after(80)), after(80));
        let most_similar =
            found.iter().max_by(|one, other| one.parts.similar.total_cmp(&other.parts.similar));
        assert_eq!(most_similar.map(|one| one.engineer), Some(EngineerId(engineer)));
    }
}

#[test]
fn undeclared_topics_need_five_other_tenants() {
    let four: Vec<(u128, u128)> = (0..12).map(|case| (1, 2 + case % 4)).collect();
    let five: Vec<(u128, u128)> = (0..12).map(|case| (1, 2 + case % 5)).collect();
    assert_eq!(explained(&four, &engineer(1)), br#"{"topics":[],"onShift":true}"#);
    let text = String::from_utf8(explained(&five, &engineer(1))).expect("UTF-8");
    assert!(text.contains(r#""declared":false,"solved":"many""#), "{text}");
}

/// Cases of other tenants: which of three solved it for which of nine tenants.
fn history() -> impl Strategy<Value = Vec<(u128, u128)>> {
    prop::collection::vec((1..4_u128, 2..11_u128), 0..80)
}

fn model_of(history: &[(u128, u128)]) -> Expertise {
    let mut model = Expertise::new();
    for (hours, (engineer, tenant)) in (0..).zip(history) {
        learn(&mut model, *engineer, *tenant, &format!("trouble of tenant {tenant}"), hours);
    }
    model
}

/// What an explanation may rest on: the band, and whether five other tenants stand behind it.
fn bands(history: &[(u128, u128)], engineer: u128) -> (Band, bool) {
    let others: Vec<u128> = history
        .iter()
        .filter(|(solver, tenant)| *solver == engineer && TenantId(*tenant) != ASKING)
        .map(|(_, tenant)| *tenant)
        .collect();
    let tenants: BTreeSet<&u128> = others.iter().collect();
    (Band::of(others.len() as u64), tenants.len() >= 5)
}

fn explained(history: &[(u128, u128)], engineer: &Engineer) -> Vec<u8> {
    let model = model_of(history);
    let explanation =
        Explanation::new(engineer, TOPIC, true, |topic| model.tally(engineer.id, topic, ASKING));
    serde_json::to_vec(&explanation).expect("JSON")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn histories_of_other_tenants_in_the_same_bands_tell_the_same(
        one in history(), other in history(), declared in any::<bool>(),
    ) {
        let mut engineer = engineer(1);
        engineer.declared = if declared { vec!["signIn".to_owned()] } else { Vec::new() };
        let same = bands(&one, 1) == bands(&other, 1);
        let shown = (explained(&one, &engineer), explained(&other, &engineer));
        prop_assert!(!same || shown.0 == shown.1);
        // And a band that differs shows, once five tenants or a declaration stand behind the topic.
        let told = declared || (bands(&one, 1).1 && bands(&other, 1).1);
        prop_assert!(!told || bands(&one, 1).0 == bands(&other, 1).0 || shown.0 != shown.1);
    }

    #[test]
    fn the_asking_tenants_own_history_tells_nothing_new(history in history(), own in 0..30_usize) {
        let mut with_own = history.clone();
        with_own.extend(std::iter::repeat_n((1, ASKING.0), own));
        prop_assert_eq!(explained(&history, &engineer(1)), explained(&with_own, &engineer(1)));
    }

    #[test]
    fn the_same_history_ranks_the_same_bit_for_bit(history in history()) {
        let staff: Vec<Engineer> = (1..6).map(engineer).collect();
        let ranked = || {
            let assignment = assigned(&model_of(&history), &demands(), &staff);
            let bits: Vec<(u128, u64)> =
                assignment.ranking.iter().map(|one| (one.engineer.0, one.score.to_bits())).collect();
            bits
        };
        let bits = ranked();
        prop_assert_eq!(&bits, &ranked());
        let mut turned = staff.clone();
        turned.reverse();
        let again = assigned(&model_of(&history), &demands(), &turned);
        prop_assert_eq!(winner(&again), bits.first().map(|(engineer, _)| *engineer));
    }

    #[test]
    fn nobody_barred_ever_gets_it(
        history in history(), open in prop::collection::vec(0..14_u32, 3), active in prop::collection::vec(any::<bool>(), 3),
    ) {
        let staff: Vec<Engineer> = (1..4)
            .zip(open.iter().zip(&active))
            .map(|(id, (open, active))| {
                let open = OpenCases { moderate: *open, ..OpenCases::default() };
                Engineer { active: *active, open, ..engineer(id) }
            })
            .collect();
        let assignment = assigned(&model_of(&history), &demands(), &staff);
        let eligible = staff.iter().filter(|one| one.active && one.open.total() < 10).count();
        prop_assert_eq!(winner(&assignment).is_some(), eligible > 0);
        prop_assert_eq!(assignment.ranking.iter().filter(|one| one.obstacles.is_empty()).count(), eligible);
        if let Some(winner) = winner(&assignment) {
            let chosen = staff.iter().find(|one| one.id.0 == winner).expect("one of the staff");
            prop_assert!(chosen.active && chosen.open.total() < 10);
        }
    }
}
