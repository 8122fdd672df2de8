//! A status: a shape and words, so that colour is never the only sign.

use askama::Template;
use askama::filters::HtmlSafe;

/// The shape (and the colour that goes with it).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Waits for somebody: an hourglass ring.
    Waiting,
    /// Is in force now: a filled disc.
    Live,
    /// Stands still until somebody acts: two bars.
    Paused,
    /// Came to a good end: a tick.
    Done,
    /// Somebody said no: a cross.
    Refused,
    /// Is over, by itself or by an act: an empty ring.
    Ended,
    /// Needs a look: a triangle.
    Attention,
}

/// A status. Renders as a label with a shape.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "part/status.html")]
pub struct Status {
    /// The shape.
    pub mark: Mark,
    /// The words.
    pub text: String,
}

impl HtmlSafe for Status {}

impl Status {
    /// A status of these words and this shape.
    #[must_use]
    pub fn new(mark: Mark, text: &str) -> Self {
        Self { mark, text: text.to_owned() }
    }
}
