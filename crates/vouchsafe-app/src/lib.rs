//! Use cases: load facts, ask for a permit, decide, record. The only code between a handler and the store.
//!
//! Every write has the same shape: begin a unit of work and lock the log heads it needs; load the caller and the
//! facts; [`vouchsafe_core::permit::authorize`]; let a rule of `vouchsafe-core` decide; record; commit. JSON handlers
//! and pages call the same functions.

mod access;
mod account_link;
mod attachment;
mod audit;
mod call;
mod case;
mod cursor;
mod data_collection;
mod decision;
mod desk;
mod erasure;
mod error;
mod evaluation;
mod events;
mod evidence;
pub mod federation;
mod fsck;
mod grant;
mod identity_provider;
mod import;
mod live;
mod log;
mod own;
mod own_sign_ins;
mod pace;
mod passkey;
mod people;
mod preview;
mod read;
mod reminder;
mod retention;
mod reveal;
mod roles;
mod setup;
mod shown;
mod signin;
mod sweep;
mod tokens;
pub mod upstream;
pub mod view;
mod votes;
pub mod witness;

use std::sync::Arc;

use tokio::sync::watch;
use vouchsafe_signin::passkey::RelyingParty;
use vouchsafe_store::Store;

use evidence::Publisher;
use federation::Federation;
use upstream::Upstreams;
use witness::Witness;

pub use access::{AskCommand, VoteCommand};
pub use account_link::MadeLink;
pub use attachment::{Attaching, Conversation};
pub use call::{Call, Who};
pub use case::{ConsentReads, RenewalView};
pub use case::{EnterCommand, OpenCommand, UpdateCommand};
pub use cursor::{Cursor, ListOptions};
pub use data_collection::{
    BodyFault, CollectCommand, FileForm, FilePieces, UploadCommand, UploadRange, Uploaded,
};
pub use decision::{AssuranceView, SignedVote};
pub use desk::Ranked;
pub use error::AppError;
pub use events::{Change, Place};
pub use evidence::EvidenceError;
pub use fsck::FsckReport;
pub use identity_provider::{BegunSignIn, DoneSignIn, ProviderCommand};
pub use import::{ImportReport, Rejected};
pub use live::{LOOK_EVERY, LiveAnswer, LiveAnswers};
pub use own::version_of;
pub use own_sign_ins::SignInListing;
pub use passkey::{EnrolView, PassView};
pub use people::{InviteCommand, UserCommand};
pub use preview::Preview;
pub use read::{
    Count, FileAnswer, FileQuery, FileRead, MaskedAnswer, MaskedRecords, ReadAnswer, ReadQuery, Wanted,
};
pub use reveal::RevealCommand;
pub use roles::{Approver, Approvers, RoleView};
pub use setup::{NewPerson, NewTenant};
pub use shown::{AccessStory, ReadTotals};
pub use tokens::{MadeToken, TokenCommand};

/// The application: everything a handler can ask for.
#[derive(Debug, Clone)]
pub struct App {
    store: Arc<Store>,
    live: LiveAnswers,
    uploads: data_collection::Uploads,
    upstreams: Arc<Upstreams>,
    /// None where another process publishes the logs, or nobody does.
    publisher: Option<Publisher>,
    desk: desk::Desk,
    token_uses: tokens::TokenUses,
    /// Tells those who wait for it that checkpoints were published.
    published: Arc<watch::Sender<()>>,
    witnesses: Arc<[Arc<Witness>]>,
    /// None where the service has no name that passkeys can be bound to.
    relying_party: Option<Arc<RelyingParty>>,
    /// None where nobody can sign in at an identity provider.
    federation: Option<Arc<Federation>>,
    attempts: Arc<signin::Attempts>,
}

impl App {
    /// An application on a store.
    #[must_use]
    pub fn new(store: Arc<Store>) -> Self {
        Self {
            store,
            live: LiveAnswers::default(),
            uploads: data_collection::Uploads::default(),
            upstreams: Arc::default(),
            publisher: None,
            published: Arc::new(watch::Sender::new(())),
            witnesses: Arc::default(),
            desk: desk::Desk::default(),
            relying_party: None,
            federation: None,
            attempts: Arc::default(),
            token_uses: tokens::TokenUses::default(),
        }
    }

    /// The same application as one of several nodes on a database: whoever ends access is answered once no other node can
    /// be sending anything that rests on it.
    #[must_use]
    pub fn among_nodes(self) -> Self {
        Self { live: LiveAnswers::among_nodes(), ..self }
    }

    fn is_among_nodes(&self) -> bool {
        self.live.is_among_nodes()
    }

    /// Whether this node is to do a job now that one node does.
    ///
    /// # Errors
    /// [`AppError::Unavailable`].
    pub async fn leads(&self, job: &'static str) -> Result<bool, AppError> {
        Ok(!self.is_among_nodes() || self.store.leads(job).await?)
    }

    /// The same application, which reads some tenants' data from live sources.
    #[must_use]
    pub fn with_upstreams(self, upstreams: Upstreams) -> Self {
        Self { upstreams: Arc::new(upstreams), ..self }
    }

    /// The same application, whose logs these witnesses are asked to sign.
    #[must_use]
    pub fn with_witnesses(self, witnesses: impl IntoIterator<Item = Witness>) -> Self {
        Self { witnesses: witnesses.into_iter().map(Arc::new).collect(), ..self }
    }

    /// The same application, whose people sign in with passkeys of this service.
    #[must_use]
    pub fn with_passkeys(self, relying_party: RelyingParty) -> Self {
        Self { relying_party: Some(Arc::new(relying_party)), ..self }
    }

    /// The same application, whose people can sign in at identity providers as well.
    #[must_use]
    pub fn with_federation(self, federation: Federation) -> Self {
        Self { federation: Some(Arc::new(federation)), ..self }
    }

    /// Whether people can sign in with passkeys here.
    #[must_use]
    pub fn offers_passkeys(&self) -> bool {
        self.relying_party.is_some()
    }

    /// The witnesses, for the job that asks each.
    #[must_use]
    pub fn witnesses(&self) -> &[Arc<Witness>] {
        &self.witnesses
    }

    /// Changes whenever checkpoints were published.
    #[must_use]
    pub fn published(&self) -> watch::Receiver<()> {
        self.published.subscribe()
    }

    /// The store, for jobs and for the end of the program.
    #[must_use]
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }
}
