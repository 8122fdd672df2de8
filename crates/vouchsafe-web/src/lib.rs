//! View models, templates and style sheets: view in, HTML out.
//!
//! A page is a view (plain, display-ready values) and a function of [`page`] that renders it. There is no IO, no
//! clock and no rule in here; the words are: what a status, a category or a confirmation says to people stands in
//! this crate, once. Addresses are in [`paths`], the style sheet in [`asset()`].
//!
//! To look at every page: `cargo run -p vouchsafe-web --example gallery -- FOLDER`.
//!
//! All text is escaped by the templates. The types that render as a piece of HTML ([`TimeView`], [`Status`] …) escape
//! what they hold, and say so by being [`askama::filters::HtmlSafe`].

mod access;
mod asset;
mod category;
mod chrome;
mod collection;
mod consent;
mod error;
mod fact;
mod form;
mod grant;
mod message;
mod notice;
pub mod page;
pub mod paths;
mod people;
mod reads;
mod request;
mod scope;
mod section;
mod status;
mod time;

pub use access::{AccessRow, AccessStatus, EngineerStatus, GrantStatus};
pub use asset::{Asset, asset, style_sheet};
pub use category::{Category, CategoryChoice};
pub use chrome::{Chrome, SignedIn};
pub use collection::{CollectionRow, CollectionStatus};
pub use consent::{ConsentStatus, ConsentView, RenewalView};
pub use error::RenderError;
pub use fact::Fact;
pub use form::{Choice, FieldError, FormErrors};
pub use grant::{GrantRow, GrantSource, PauseReason, RevealRow};
pub use message::{AttachmentView, Author, MessageView};
pub use notice::{Flash, Notice, Tone};
pub use people::{EngineerView, VoteView, VotesView};
pub use reads::ReadsSummary;
pub use request::{CaseRef, ReasonCode, Resolution, Severity, Stage, SupportRequestRow};
pub use scope::ScopeView;
pub use section::{NavItem, Section, navigation};
pub use status::{Mark, Status};
pub use time::TimeView;
