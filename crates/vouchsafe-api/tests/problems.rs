//! Golden list of the problem codes, and the body of a problem.

use vouchsafe_api::problem::{Code, Pointer, Problem};

#[test]
fn the_list_of_codes_is_pinned() {
    let rows: Vec<String> =
        Code::ALL.iter().map(|code| format!("{} {code:<20} {}", code.status(), code.title())).collect();
    insta::assert_snapshot!(rows.join("\n"));
}

#[test]
fn a_problem_is_for_people_programs_and_graph_clients() {
    let problem = Problem::new(Code::UnknownField, "The body is not right.", "/v1.0/support/requests")
        .at(Pointer::field("/colour", "unknown field `colour`"));
    insta::assert_snapshot!(serde_json::to_string_pretty(&problem).unwrap());
}
