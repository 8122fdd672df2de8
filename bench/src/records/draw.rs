//! Which values are asked for: drawn from what is stored, evenly over the rows, so that busy people and addresses come
//! up as often as they sign in.

use super::question::{HOUR, Span};
use super::sqlite::Sqlite;

/// Hours of a week.
const WEEK_HOURS: i64 = 7 * 24;
/// Values of a kind, at most.
const VALUES_MAX: usize = 200;

/// Values to ask for.
#[derive(Debug)]
pub(crate) struct Draw {
    /// The last week, to the hour.
    pub(crate) week: Span,
    pub(crate) ids: Vec<String>,
    pub(crate) users: Vec<String>,
    pub(crate) addresses: Vec<String>,
    pub(crate) correlations: Vec<String>,
    pub(crate) errors: Vec<i64>,
    /// A word of the app that is used most.
    pub(crate) frequent: String,
    /// A word of the app that is used least.
    pub(crate) rare: String,
    /// Parts of sign-in names.
    pub(crate) names: Vec<String>,
}

impl Draw {
    /// Draws from a loaded database.
    pub(crate) fn from(sqlite: &Sqlite) -> Self {
        let last = sqlite.number("SELECT MAX(created) FROM sign_in");
        let to = (last / HOUR + 1) * HOUR;
        let values = |column: &str| spread(sqlite, column);
        let apps = sqlite.texts(
            "SELECT app FROM sign_in WHERE app IS NOT NULL GROUP BY app ORDER BY COUNT(*) DESC, app",
            &[],
        );
        let errors = sqlite.texts(
            "SELECT CAST(error_code AS TEXT) FROM sign_in WHERE error_code > 0 GROUP BY error_code ORDER BY COUNT(*) DESC, error_code LIMIT $1",
            &[12],
        );
        Self {
            week: Span { from: to - WEEK_HOURS * HOUR, to },
            ids: values("id"),
            users: values("user_id"),
            addresses: values("ip"),
            correlations: values("correlation_id"),
            errors: errors.iter().map(|code| code.parse().unwrap()).collect(),
            frequent: word(apps.first().unwrap()),
            rare: word(apps.last().unwrap()),
            names: values("upn").iter().take(20).map(|upn| part(upn)).collect(),
        }
    }

    /// People who signed in so often in the week, at most so many.
    pub(crate) fn busy(&self, sqlite: &Sqlite, sign_ins: usize, people: usize) -> Vec<String> {
        sqlite.texts(
            "SELECT user_id FROM sign_in WHERE created >= $1 AND created < $2 AND user_id IS NOT NULL GROUP BY user_id ORDER BY MIN(COUNT(*), $3) DESC, user_id LIMIT $4",
            &[self.week.from, self.week.to, sign_ins as i64, people as i64],
        )
    }
}

/// The values of a column in rows that lie evenly apart.
fn spread(sqlite: &Sqlite, column: &str) -> Vec<String> {
    let rows = sqlite.number("SELECT MAX(rowid) FROM sign_in");
    let step = (rows / VALUES_MAX as i64).max(1);
    let values = (0..VALUES_MAX as i64).flat_map(|at| {
        sqlite.texts(
            &format!("SELECT {column} FROM sign_in WHERE rowid = $1 AND {column} IS NOT NULL"),
            &[at * step + 1],
        )
    });
    values.collect()
}

/// The longest word of an app's name.
fn word(app: &str) -> String {
    app.split_whitespace().max_by_key(|word| word.len()).unwrap().to_owned()
}

/// Some letters from within a sign-in name, as somebody types who remembers half of it.
fn part(upn: &str) -> String {
    let name: Vec<char> = upn.split('@').next().unwrap().chars().collect();
    name[name.len() / 4..].iter().take(7).collect()
}
