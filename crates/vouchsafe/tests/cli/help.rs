//! Golden help texts.

use crate::program::Program;

const COMMANDS: &[&str] = &[
    "",
    "login",
    "whoami",
    "requests",
    "requests list",
    "requests show",
    "requests open",
    "requests close",
    "requests reopen",
    "requests assign",
    "requests assignment",
    "requests queue",
    "requests ranking",
    "requests message",
    "requests messages",
    "requests consent",
    "requests types",
    "access",
    "access list",
    "access show",
    "access ask",
    "access approve",
    "access reject",
    "access revoke",
    "access cancel",
    "access reads",
    "engineers",
    "engineers list",
    "engineers show",
    "engineers set",
    "engineers disable",
    "engineers enable",
    "collect",
    "collections",
    "collections list",
    "collections show",
    "collections ask",
    "collections messages",
    "collections message",
    "collections submit",
    "collections decline",
    "collections accept",
    "collections return",
    "collections cancel",
    "grants",
    "grants list",
    "grants show",
    "grants remove",
    "grants remove-all",
    "grants reads",
    "roles",
    "roles define",
    "roles assign",
    "identity-providers",
    "identity-providers add",
    "identity-providers change",
    "tokens",
    "tokens make",
    "audit",
    "audit list",
    "audit show",
    "export",
    "export pack",
    "export log",
    "export audit",
    "sign-ins",
    "sign-ins list",
    "sign-ins show",
    "read",
    "read sign-ins",
    "import",
    "generate",
    "policy",
    "policy show",
    "policy set",
    "witness",
    "witness init",
    "witness serve",
    "witness cosign",
];

#[test]
fn help_texts_are_pinned() {
    let program = Program::new("help");
    let mut texts = String::new();
    for command in COMMANDS {
        let arguments: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        let ran = program.run(&arguments);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{command}");
        texts.push_str(&format!("$ vouchsafe {}\n{}\n", arguments.join(" "), ran.out));
    }
    insta::assert_snapshot!(texts);
}

#[test]
fn wrong_usage_is_exit_code_2() {
    let program = Program::new("usage");
    for wrong in [
        &["nothing"][..],
        &["requests", "show", "grt_1"],
        &["access", "list", "--pending", "--approved"],
        &["grants", "list", "--top", "1001"],
        &["policy", "set"],
        &["engineers", "set", "usr_018bcfe5680077078707070707070701"],
        &["engineers", "set", "usr_018bcfe5680077078707070707070701", "--time-zone", "UTC"],
        &["requests", "close", "sr_018bcfe5680077078707070707070701", "--resolution", "fixed"],
    ] {
        let ran = program.run(wrong);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{wrong:?}");
    }
}
