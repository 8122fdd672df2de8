//! Tests of the filter language.

use proptest::prelude::*;

use super::*;

fn canonical(text: &str) -> String {
    parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).to_string()
}

fn error(text: &str) -> (usize, String) {
    let error = parse(text).expect_err(text);
    (error.position(), error.message().to_owned())
}

#[test]
fn reads_what_graph_users_write() {
    for (text, expected) in [
        ("userPrincipalName eq 'ada@contoso.example'", "userPrincipalName eq 'ada@contoso.example'"),
        ("  status/errorCode NE 0 ", "status/errorCode ne 0"),
        ("createdDateTime ge 2026-11-23T10:00:00+01:00", "createdDateTime ge 2026-11-23T09:00:00Z"),
        ("createdDateTime lt 2026-11-24", "createdDateTime lt 2026-11-24T00:00:00Z"),
        ("StartsWith( userDisplayName ,'O''Neil')", "startswith(userDisplayName, 'O''Neil')"),
        ("a eq 1 AND b eq 2 or not c eq 3", "a eq 1 and b eq 2 or not (c eq 3)"),
        ("((a eq 1)) and ((b eq 2 or c eq -3))", "a eq 1 and (b eq 2 or c eq -3)"),
        ("not(a eq null) and (b eq TRUE)", "not (a eq null) and b eq true"),
        ("not contains(a,'x')", "not contains(a, 'x')"),
        ("status/errorCode in (1,2 , 3)", "status/errorCode in (1, 2, 3)"),
        ("appId eq 797f4846-ba00-4fd7-ba43-dac1f8f63013", "appId eq '797f4846-ba00-4fd7-ba43-dac1f8f63013'"),
        (
            "targetResources/any(t:t/id eq 'x' and t/tags/any(u: u eq 'y'))",
            "targetResources/any(e1: e1/id eq 'x' and e1/tags/any(e2: e2 eq 'y'))",
        ),
        ("notes eq 'x' or index eq 1 or inner eq 2", "notes eq 'x' or index eq 1 or inner eq 2"),
        ("a eq ''", "a eq ''"),
    ] {
        assert_eq!(canonical(text), expected);
        assert_eq!(canonical(expected), expected, "canonical text stays");
    }
}

#[test]
fn operators_group_to_the_left_and_and_binds_tighter() {
    let compare =
        |name: &str| Filter::Compare { path: name.parse().unwrap(), op: Op::Eq, value: Literal::Int(1) };
    let expected = compare("a").and(compare("b")).or(compare("c")).or(compare("d"));
    assert_eq!(parse("a eq 1 and b eq 1 or c eq 1 or d eq 1"), Ok(expected));
    let right = compare("a").and(compare("b").and(compare("c")));
    assert_eq!(right.to_string(), "a eq 1 and (b eq 1 and c eq 1)");
}

#[test]
fn errors_name_what_is_wrong_and_where() {
    let table = [
        "",
        "userId",
        "userId eq",
        "userId eq 'x",
        "userId eq \"x\"",
        "userId eq x",
        "userId has 'x'",
        "userId eq'x'",
        "userId eq 'x' 'y'",
        "userId eq 'x')",
        "(userId eq 'x'",
        "userId in ()",
        "userId in ('x',)",
        "userId in ('x' 'y')",
        "tolower(userId) eq 'x'",
        "length(userId) gt 2",
        "startswith(userId, 5)",
        "startswith('x', userId)",
        "a/b/ eq 1",
        "a eq 1.5",
        "a eq 99999999999999999999",
        "a eq 2026-13-01",
        "a eq 1 and",
        "a eq 1 xor b eq 2",
        "not",
        "a/any()",
        "a/any(x: y/id eq 1)",
        "a/any(x x/id eq 1)",
        "a/all(x: x/id eq 1)",
        "ä eq 1",
        "öäü eq 1",
        "a eq 'ö' ß",
        "$count eq 1",
    ]
    .map(|text| {
        let (position, message) = error(text);
        format!("{text}\n{}^ {message}\n", " ".repeat(position))
    })
    .join("\n");
    insta::assert_snapshot!("errors", table);
}

#[test]
fn limits_hold_and_the_stack_survives() {
    let nested = |levels: usize| format!("{}a eq 1{}", "(".repeat(levels), ")".repeat(levels));
    assert!(parse(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(error(&nested(MAX_DEPTH + 1)).0, MAX_DEPTH + 1);
    assert!(parse(&"(".repeat(MAX_CHARS)).is_err());
    assert!(parse(&"not ".repeat(MAX_CHARS / 4)).is_err());
    assert!(parse(&format!("{}a eq 1{}", "not (".repeat(MAX_DEPTH), ")".repeat(MAX_DEPTH))).is_ok());
    assert!(parse(&"a/any(a:".repeat(MAX_CHARS / 8)).is_err());

    let chain = |count: usize| vec!["a eq 1"; count].join(" or ");
    assert!(parse(&chain(MAX_COMPARISONS)).is_ok());
    assert_eq!(error(&chain(MAX_COMPARISONS + 1)).1, "more than 100 comparisons");

    let values = |count: usize| format!("a in ({})", vec!["1"; count].join(","));
    assert!(parse(&values(MAX_IN_VALUES)).is_ok());
    assert_eq!(error(&values(MAX_IN_VALUES + 1)).1, "`in` takes at most 100 values");

    let long = |count: usize| format!("a eq '{}'", "ö".repeat(count - 7));
    assert!(parse(&long(MAX_CHARS)).is_ok());
    assert_eq!(error(&long(MAX_CHARS + 1)).1, "the filter is longer than 4096 characters");
    assert!(parse(&format!("{} eq 1", "a/".repeat(200) + "b")).is_err(), "path length");
}

fn path() -> impl Strategy<Value = Path> {
    // Among the names are the keywords, which must stay usable as properties.
    let name = prop_oneof![
        "[a-zA-Z_][a-zA-Z0-9_]{0,8}",
        Just("in".to_owned()),
        Just("eq".to_owned()),
        Just("null".to_owned()),
        Just("contains".to_owned()),
    ];
    prop::collection::vec(name, 1..4)
        .prop_map(|names| names.join("/").parse().unwrap())
        .prop_filter("`not` begins a condition", |path: &Path| !path.as_str().eq_ignore_ascii_case("not"))
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Bool),
        any::<i64>().prop_map(Literal::Int),
        "\\PC{0,20}|[' ()]{0,6}".prop_map(Literal::String),
        // Years 1700 to 2270.
        (-8_500_000_000_000_000..9_500_000_000_000_000i64)
            .prop_map(|micros| Literal::Time(Timestamp::from_micros(micros))),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    let leaf = prop_oneof![
        (path(), prop::sample::select(Op::ALL.to_vec()), literal())
            .prop_map(|(path, op, value)| Filter::Compare { path, op, value }),
        (path(), prop::collection::vec(literal(), 1..4))
            .prop_map(|(path, values)| Filter::In { path, values }),
        (path(), prop::sample::select(TextFunction::ALL.to_vec()), "\\PC{0,12}|[']{1,3}")
            .prop_map(|(path, function, text)| Filter::Text { function, path, text }),
    ];
    leaf.prop_recursive(6, 32, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(left, right)| left.and(right)),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| left.or(right)),
            inner.clone().prop_map(|inner| Filter::Not(Box::new(inner))),
            (path(), inner).prop_map(|(path, inner)| Filter::Any { path, filter: Box::new(inner) }),
        ]
    })
}

proptest! {
    #[test]
    fn printing_and_parsing_undo_each_other(filter in filter()) {
        let text = filter.to_string();
        if text.chars().count() <= MAX_CHARS {
            prop_assert_eq!(parse(&text), Ok(filter), "{}", text);
        }
    }

    #[test]
    fn any_text_is_read_or_refused_inside_itself(text in "\\PC{0,80}|[a-c' (),:/0-9eqandor]{0,80}") {
        match parse(&text) {
            Ok(filter) => prop_assert_eq!(parse(&filter.to_string()), Ok(filter)),
            Err(error) => prop_assert!(error.position() <= text.chars().count()),
        }
    }

    #[test]
    fn a_cut_filter_never_panics(filter in filter(), cut in 0usize..200) {
        let text: String = filter.to_string().chars().take(cut).collect();
        let _ = parse(&text);
    }
}
