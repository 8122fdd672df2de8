//! What is asked of every engine, and in which SQL.

/// Rows of a page.
pub(crate) const PAGE: usize = 50;
/// Most values of a summary: the most frequent, as many as the contract's largest page.
pub(crate) const VALUES: usize = 1_000;
/// Microseconds of an hour.
pub(crate) const HOUR: i64 = 3_600_000_000;

/// A span of time, in microseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    /// Its first instant.
    pub(crate) from: i64,
    /// The first instant after it.
    pub(crate) to: i64,
}

/// One question about the sign-ins. The newest are newest first, [`PAGE`] rows at most.
#[derive(Debug, Clone)]
pub(crate) enum Question {
    /// The one with this id.
    Id(String),
    /// The newest.
    Newest(Span),
    /// A person's newest.
    User(String, Span),
    /// The newest with this error code.
    Error(i64, Span),
    /// How many with this error code in each hour.
    ErrorByHour(i64, Span),
    /// The newest from this address.
    Address(String),
    /// Those that belong together.
    Correlation(String),
    /// The newest in whose app's name the text occurs.
    AppContains(String, Span),
    /// The newest in whose sign-in name the text occurs.
    UpnContains(String, Span),
    /// How many in all for each of these; the most frequent.
    Summary(By),
}

/// What a summary counts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Hour,
    ErrorCode,
    App,
    User,
}

impl By {
    /// Every one.
    pub(crate) const ALL: [Self; 4] = [Self::Hour, Self::ErrorCode, Self::App, Self::User];

    /// Its name in the product's contract.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::ErrorCode => "errorCode",
            Self::App => "app",
            Self::User => "user",
        }
    }

    fn sql(self) -> &'static str {
        match self {
            Self::Hour => BY_HOUR,
            Self::ErrorCode => "error_code",
            Self::App => "app_id",
            // As the product: the name stands for a person without an id.
            Self::User => "COALESCE(user_id, upn)",
        }
    }
}

const BY_HOUR: &str = "created - created % 3600000000";

/// What an engine answered: each record's id and time, or each value and its count.
pub(crate) type Rows = Vec<(String, i64)>;

/// A value that is bound to a statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Bound {
    Text(String),
    Int(i64),
}

/// How an engine says that a text occurs in a column.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
    DuckDb,
}

impl Dialect {
    fn contains(self, column: &str) -> String {
        match self {
            Self::Sqlite => format!("instr({column}, $1) > 0"),
            Self::Postgres => format!("strpos({column}, $1) > 0"),
            Self::DuckDb => format!("contains({column}, $1)"),
        }
    }
}

impl Question {
    /// Whether the answer is counts, not records.
    pub(crate) fn counts(&self) -> bool {
        matches!(self, Self::ErrorByHour(..) | Self::Summary(_))
    }

    /// The rows in a form in which two engines can be compared: in one order, without what each may choose freely.
    pub(crate) fn comparable(&self, mut rows: Rows) -> Rows {
        if let Self::Summary(By::User) = self {
            // Of people who are equally frequent, any may be the last; and a masked reader sees pseudonyms.
            rows.iter_mut().for_each(|(person, _)| person.clear());
        }
        if self.counts() || matches!(self, Self::Id(_) | Self::Correlation(_)) {
            rows.sort();
            return rows;
        }
        // The order of records of one instant is open, and so is which of them end a page.
        if rows.len() == PAGE
            && let Some((_, last)) = rows.last().cloned()
        {
            rows.iter_mut().filter(|(_, time)| *time == last).for_each(|(id, _)| id.clear());
        }
        rows.chunk_by_mut(|one, next| one.1 == next.1).for_each(<[_]>::sort);
        rows
    }

    /// The statement, whose columns are id, time and JSON or key and count, and its values.
    pub(crate) fn sql(&self, dialect: Dialect) -> (String, Vec<Bound>) {
        let text = |text: &String| Bound::Text(text.clone());
        match self {
            Self::Id(id) => (few("id = $1"), vec![text(id)]),
            Self::Address(ip) => (list("ip = $1"), vec![text(ip)]),
            Self::Correlation(id) => (few("correlation_id = $1"), vec![text(id)]),
            Self::Newest(span) => {
                (list("created >= $1 AND created < $2"), vec![Bound::Int(span.from), Bound::Int(span.to)])
            }
            Self::User(user, span) => (list(&within("user_id = $1")), bound(text(user), *span)),
            Self::Error(code, span) => (list(&within("error_code = $1")), bound(Bound::Int(*code), *span)),
            Self::ErrorByHour(code, span) => {
                (counts(BY_HOUR, &within("error_code = $1")), bound(Bound::Int(*code), *span))
            }
            Self::AppContains(part, span) => {
                (list(&within(&dialect.contains("app"))), bound(text(part), *span))
            }
            Self::UpnContains(part, span) => {
                (list(&within(&dialect.contains("upn"))), bound(text(part), *span))
            }
            Self::Summary(by) => (counts(by.sql(), "1 = 1"), Vec::new()),
        }
    }
}

fn within(condition: &str) -> String {
    format!("{condition} AND created >= $2 AND created < $3")
}

fn bound(first: Bound, span: Span) -> Vec<Bound> {
    vec![first, Bound::Int(span.from), Bound::Int(span.to)]
}

fn list(condition: &str) -> String {
    format!("SELECT id, created, json FROM sign_in WHERE {condition} ORDER BY created DESC LIMIT {PAGE}")
}

/// Without an order, for which DuckDB would leave its index.
fn few(condition: &str) -> String {
    format!("SELECT id, created, json FROM sign_in WHERE {condition}")
}

fn counts(key: &str, condition: &str) -> String {
    format!(
        "SELECT COALESCE(CAST(key AS TEXT), ''), count FROM (SELECT {key} AS key, COUNT(*) AS count FROM sign_in WHERE {condition} GROUP BY 1 ORDER BY 2 DESC LIMIT {VALUES}) AS counted"
    )
}
