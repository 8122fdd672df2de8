//! Why a command failed, in plain words and as an exit code.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use vouchsafe_client::ClientError;
use vouchsafe_client::api::problem::{Code, Problem};

use crate::output::plain;

/// Exit codes, as `vouchsafe --help` documents them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Ok = 0,
    Problem = 1,
    Usage = 2,
    Unreachable = 3,
    NotSignedIn = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The call failed.
    Client(ClientError),
    /// No server is named, neither by option nor by profile.
    NoServer,
    /// No token is stored for that server.
    NoToken { server: String },
    /// The arguments do not fit together.
    Usage(String),
    /// A file cannot be read or written.
    File { path: PathBuf, source: io::Error },
    /// The configuration file is not valid.
    Config { path: PathBuf, reason: String },
    /// What was verified does not hold.
    DoesNotHold { name: String, fault: String },
    /// The standard streams or the system failed.
    Local(io::Error),
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::Client(error)
    }
}

impl Failure {
    /// Prints the failure to the standard error stream and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        if self.is_closed_pipe() {
            return Exit::Ok.into();
        }
        let (exit, message, hint) = self.explain();
        let mut text = format!("vouchsafe: {}\n", plain(&message));
        if let Some(hint) = hint {
            text.push_str(&format!("  hint: {}\n", plain(&hint)));
        }
        // With nowhere left to complain, the exit code has to say it.
        let _ = io::stderr().lock().write_all(text.as_bytes());
        exit.into()
    }

    /// The reader of our output has read enough, as `head` does.
    fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Local(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    fn explain(&self) -> (Exit, String, Option<String>) {
        match self {
            Self::Client(error) => explain_client(error),
            Self::NoServer => (
                Exit::Usage,
                "no server is named".to_owned(),
                Some("sign in with `vouchsafe login --server URL`, or set VOUCHSAFE_SERVER".to_owned()),
            ),
            Self::NoToken { server } => (
                Exit::NotSignedIn,
                format!("not signed in to {server}"),
                Some(format!("run `vouchsafe login --server {server}`, or set VOUCHSAFE_TOKEN")),
            ),
            Self::Usage(message) => (Exit::Usage, message.clone(), None),
            Self::File { path, source } => (Exit::Usage, format!("{}: {source}", path.display()), None),
            Self::Config { path, reason } => (
                Exit::Usage,
                format!("{} is not valid: {reason}", path.display()),
                Some("correct it, or delete it and sign in again".to_owned()),
            ),
            Self::DoesNotHold { name, fault } => {
                (Exit::Problem, format!("{name} does not hold: {fault}"), None)
            }
            Self::Local(error) => (Exit::Usage, error.to_string(), None),
        }
    }
}

fn explain_client(error: &ClientError) -> (Exit, String, Option<String>) {
    let with_id = |text: String| match error.request_id() {
        Some(id) => format!("{text} (request {id})"),
        None => text,
    };
    match error {
        ClientError::Problem { problem, .. } => {
            let exit = if problem.status == 401 { Exit::NotSignedIn } else { Exit::Problem };
            (exit, with_id(problem_words(problem)), hint(problem.code).map(str::to_owned))
        }
        ClientError::Unreachable { source, .. } => {
            let hint =
                "check the address and your network; `--server` or VOUCHSAFE_SERVER names another server";
            (Exit::Unreachable, format!("{error}: {}", root_cause(source)), Some(hint.to_owned()))
        }
        ClientError::Unexpected { source, .. } => {
            let cause = source.as_ref().map(|source| format!(": {source}")).unwrap_or_default();
            let hint = "is this address a Vouchsafe server, and as new as this program?";
            (Exit::Problem, with_id(format!("{error}{cause}")), Some(hint.to_owned()))
        }
        ClientError::AnswerTooLarge { .. } => {
            (Exit::Problem, error.to_string(), Some("ask for less with --top or --filter".to_owned()))
        }
        ClientError::InvalidServer { .. } => (Exit::Usage, error.to_string(), None),
        ClientError::InvalidToken => {
            (Exit::NotSignedIn, error.to_string(), Some("copy it again, without quotes".to_owned()))
        }
        ClientError::Tls { source } => {
            let cause = source.as_ref().map(|source| format!(": {}", root_cause(source))).unwrap_or_default();
            (
                Exit::Unreachable,
                format!("{error}{cause}"),
                Some("install the system's CA certificates".to_owned()),
            )
        }
        ClientError::ForeignLink => (Exit::Problem, error.to_string(), None),
    }
}

/// Title and detail, each unless the other says it; then the places that the detail does not name.
fn problem_words(problem: &Problem) -> String {
    let words_of = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let detail = words_of(&problem.detail);
    let mut words = if words_of(&problem.title).iter().all(|word| detail.contains(word)) {
        problem.detail.clone()
    } else if problem.code == Code::NotFound && problem.detail == "Not found." {
        format!("{}.", problem.title)
    } else {
        format!("{}. {}", problem.title, problem.detail)
    };
    for place in problem.errors.iter().filter(|place| !problem.detail.contains(&place.message)) {
        let name = place.pointer.as_ref().or(place.parameter.as_ref());
        words.push_str(&format!("\n  {}: {}", name.map_or("request", String::as_str), place.message));
    }
    words
}

fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// What to do about a kind of problem.
fn hint(code: Code) -> Option<&'static str> {
    match code {
        Code::Unauthenticated | Code::TokenExpired | Code::TokenRevoked => {
            Some("get a new token and run `vouchsafe login` again")
        }
        Code::Forbidden => Some("`vouchsafe whoami` shows what you may do"),
        Code::NotFound => {
            Some("check the id; things of other tenants, and things you may not see, look the same")
        }
        Code::Conflict => Some("look at the present state with the matching `show` command"),
        Code::AlreadyEnded => {
            Some("nothing is left to do; ask again with a new request if it is still needed")
        }
        Code::CaseClosed => Some("reopen the support request first (within 14 days)"),
        Code::NoLiveGrant => {
            Some("`vouchsafe grants list` shows what is live; ask with `vouchsafe access ask`")
        }
        Code::GrantEnded => Some("start again without --grant, or ask with `vouchsafe access ask`"),
        Code::MaskedProperty => Some("masked properties take only `eq` and `in` with whole values"),
        Code::TooCostly => Some("narrow the filter, most of all by time"),
        Code::AssuranceRequired => {
            Some("decide on the web page, where you can sign in afresh or use a passkey")
        }
        Code::PreconditionFailed => Some("look at it again, then repeat"),
        Code::RequestTimeout | Code::TooManyRequests | Code::Unavailable => {
            Some("wait a little and try again")
        }
        Code::InvalidRequest
        | Code::UnknownField
        | Code::UnknownQueryOption
        | Code::UnsupportedMediaType
        | Code::MethodNotAllowed
        | Code::IdempotencyMismatch
        | Code::TooLarge => None,
    }
}
