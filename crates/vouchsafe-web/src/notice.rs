//! What a form did, said on the next page.

/// How a notice sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It worked.
    Success,
    /// It did not, or there is something to know.
    Warning,
}

macro_rules! notices {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $tone:ident, $text:literal;)*) => {
        /// What a form did. The server carries the code over the redirect (for instance as `?notice=code`); unknown codes
        /// show nothing, so that nobody can put words on a page by a link.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Notice {
            $($(#[$doc])* $name,)*
        }

        impl Notice {
            /// Every notice.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code that stands for it in an address.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What people read.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// How it sounds.
            #[must_use]
            pub const fn tone(self) -> Tone {
                match self { $(Self::$name => Tone::$tone,)* }
            }
        }
    };
}

notices! {
    /// A support request was opened.
    SupportRequestOpened = "supportRequestOpened", Success, "Your support request is open and has an engineer.";
    /// A support request was opened, and no engineer is free.
    SupportRequestWaiting = "supportRequestWaiting", Success, "Your support request is open. It waits in the queue until an engineer is free.";
    /// A support request was closed.
    SupportRequestClosed = "supportRequestClosed", Success, "The support request is closed. All access for it has ended.";
    /// A support request was opened again.
    SupportRequestReopened = "supportRequestReopened", Success, "The support request is open again. No access came back with it.";
    /// The engineer proposed to open a support request again.
    ReopenProposed = "reopenProposed", Success, "The customer sees your proposal. The support request is open again once somebody there agrees.";
    /// A message was sent.
    MessageSent = "messageSent", Success, "Your message was sent.";
    /// Consent was given.
    ConsentGiven = "consentGiven", Success, "Support may now read advanced diagnostic information for this support request.";
    /// Consent was given and waits for further people.
    ConsentAwaiting = "consentAwaiting", Success, "Your yes is recorded. It takes effect once enough people in your organisation agree.";
    /// Consent was renewed.
    ConsentRenewed = "consentRenewed", Success, "Your yes is renewed. You can take it back at any moment.";
    /// Somebody wants to renew a consent, and more must.
    RenewalVoted = "renewalVoted", Success, "Your vote to renew is recorded. It takes effect once enough people in your organisation agree.";
    /// Consent was withdrawn.
    ConsentWithdrawn = "consentWithdrawn", Success, "Support may no longer read advanced diagnostic information for this support request.";
    /// A resource tenant was named.
    ResourceTenantNamed = "resourceTenantNamed", Success, "The tenant ID was added. Support may now ask for access to that tenant’s data.";
    /// A request was approved, and that decided.
    RequestApproved = "requestApproved", Success, "You approved the request. You can remove access at any moment.";
    /// A vote was given, and further people must agree.
    VoteRecorded = "voteRecorded", Success, "Your approval is recorded. Nothing can be read until enough people in your organisation agree.";
    /// A request was rejected.
    RequestRejected = "requestRejected", Warning, "You rejected the request. Resolution may take longer, and the engineer may ask the administrator to collect the data instead.";
    /// An approval was withdrawn.
    ApprovalWithdrawn = "approvalWithdrawn", Success, "You withdrew your approval.";
    /// The settings were changed.
    SettingsSaved = "settingsSaved", Success, "The settings are saved. They apply from now on.";
    /// One access was removed.
    AccessRemoved = "accessRemoved", Success, "Access is removed. Nothing more can be read under it.";
    /// All access was removed.
    AllAccessRemoved = "allAccessRemoved", Success, "All support access is removed. Nothing more can be read.";
    /// A paused access goes on.
    AccessConfirmed = "accessConfirmed", Success, "Access goes on.";
    /// An engineer asked to see a masked value.
    RevealAsked = "revealAsked", Success, "The customer is asked. Once somebody agrees, the value shows for 15 minutes.";
    /// A masked value shows.
    RevealApproved = "revealApproved", Success, "The engineer sees this value for 15 minutes.";
    /// A masked value stays masked.
    RevealRejected = "revealRejected", Success, "The value stays masked.";
    /// An engineer asked for access.
    AccessAsked = "accessAsked", Success, "Your request is on its way to the customer.";
    /// An engineer withdrew a request.
    AccessWithdrawn = "accessWithdrawn", Success, "The request is withdrawn.";
    /// Somebody was invited.
    UserInvited = "userInvited", Success, "The account is there. Give the person a role, and an enrolment link.";
    /// What is written of somebody changed.
    UserChanged = "userChanged", Success, "The name is changed.";
    /// An account was enabled.
    UserEnabled = "userEnabled", Success, "The account is enabled.";
    /// An account was disabled.
    UserDisabled = "userDisabled", Success, "The account is disabled, and signed out everywhere.";
    /// An account was deleted.
    UserDeleted = "userDeleted", Success, "The account is deleted.";
    /// A passkey was removed.
    PasskeyRemoved = "passkeyRemoved", Success, "The passkey is removed. Sessions that began with it have ended.";
    /// A session was ended.
    SessionEnded = "sessionEnded", Success, "The session is ended.";
    /// All other sessions were ended.
    OtherSessionsEnded = "otherSessionsEnded", Success, "All other sessions are ended.";
    /// The script was missing.
    PasskeyNeedsScript = "passkeyNeedsScript", Warning, "Passkeys need JavaScript for this moment. Nothing was changed.";
    /// Changes of how one signs in need a fresh session.
    NotFresh = "notFresh", Warning, "This needs a fresh sign-in: sign out, and sign in with your passkey. Nothing was changed.";
    /// The only passkey stays.
    OnlyPasskey = "onlyPasskey", Warning, "This is your only passkey: add another one first. Nothing was changed.";
    /// A kind of problem was added.
    ProblemTypeAdded = "problemTypeAdded", Success, "The kind of problem is added. New support requests can be filed under it.";
    /// A kind of problem was renamed.
    ProblemTypeRenamed = "problemTypeRenamed", Success, "The name is changed, on old support requests too.";
    /// A kind of problem was retired.
    ProblemTypeRetired = "problemTypeRetired", Success, "It is retired: no new support request can be filed under it. Old ones keep it.";
    /// A kind of problem was brought back.
    ProblemTypeBack = "problemTypeBack", Success, "It is offered again for new support requests.";
    /// An engineer asked the customer to collect data.
    CollectionAsked = "collectionAsked", Success, "The customer is asked to collect the data.";
    /// Files came in.
    FilesTaken = "filesTaken", Success, "Checked, and cleaned of secrets. Look at what was taken out; nothing is sent yet.";
    /// A file was taken out again.
    FileRemoved = "fileRemoved", Success, "The file is gone.";
    /// A data collection was sent.
    CollectionSent = "collectionSent", Success, "Sent. The engineer of the support request may read these files, and nothing else by them.";
    /// A data collection was declined.
    CollectionDeclined = "collectionDeclined", Warning, "You declined. The engineer sees that, with your reason.";
    /// The engineer has what is needed.
    CollectionAccepted = "collectionAccepted", Success, "The customer sees that you have what you need.";
    /// The engineer needs more.
    CollectionReturned = "collectionReturned", Success, "It is with the customer again, with what is missing.";
    /// The engineer needs it no more.
    CollectionCancelled = "collectionCancelled", Success, "The customer sees that you need it no more.";
    /// A support request was reassigned.
    Reassigned = "reassigned", Success, "The support request is reassigned. The former engineer can read nothing more of it.";
    /// What assignment knows of an engineer was changed.
    EngineerSaved = "engineerSaved", Success, "Saved. New support requests are assigned by it from now on.";
    /// An engineer's account was disabled.
    EngineerDisabled = "engineerDisabled", Success, "The account is disabled and can read nothing more. Its open support requests have their next engineers or wait in the queue.";
    /// An engineer's account was enabled.
    EngineerEnabled = "engineerEnabled", Success, "The account is enabled.";
    /// A role was given.
    RoleGiven = "roleGiven", Success, "The role is given. It counts from now on.";
    /// A role was taken back.
    RoleTakenBack = "roleTakenBack", Success, "The role is taken back. It counts no more.";
    /// An identity provider was set up.
    ProviderAdded = "providerAdded", Success, "The identity provider is set up. Register the addresses below with it, then try it in another browser.";
    /// An identity provider was changed.
    ProviderChanged = "providerChanged", Success, "The identity provider is changed.";
    /// An identity provider was taken away.
    ProviderDeleted = "providerDeleted", Success, "The identity provider is gone. Whoever signed in with it is signed out.";
    /// An offer to link was accepted.
    LinkAccepted = "linkAccepted", Success, "You said that both accounts are yours. Say so in the other account too; then both organisations confirm.";
    /// The person agreed to a link.
    LinkAgreed = "linkAgreed", Success, "You said that both accounts are yours. The link counts once both organisations have confirmed it.";
    /// A link was confirmed.
    LinkConfirmed = "linkConfirmed", Success, "Your organisation has confirmed the link.";
    /// A link was removed.
    LinkRemoved = "linkRemoved", Success, "The link is removed, in both organisations. What was approved before stands.";
    /// A link cannot be confirmed by this person.
    LinkNotConfirmed = "linkNotConfirmed", Warning, "You cannot confirm this link: its person’s roles allow more than yours. Ask somebody whose roles allow as much.";
    /// A token was ended.
    TokenEnded = "tokenEnded", Success, "The token is ended. Nothing can be done with it any more.";
    /// Somebody of the same tenant was faster.
    AlreadyDecided = "alreadyDecided", Warning, "Somebody in your organisation has already decided. Nothing was changed.";
    /// It had ended before.
    AlreadyEnded = "alreadyEnded", Warning, "This had already ended. Nothing was changed.";
    /// The page was older than the data.
    PageWasOld = "pageWasOld", Warning, "This changed while the page was open. Look at it again before you decide. Nothing was changed.";
    /// The support request is closed.
    CaseClosed = "caseClosed", Warning, "The support request is closed. Nothing was changed.";
}

impl Notice {
    /// The notice of this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|notice| notice.code() == code)
    }
}

/// A notice on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flash {
    /// What was done.
    pub notice: Notice,
    /// A further sentence of the server's, such as when removal holds everywhere; may be empty.
    pub detail: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_finds_its_notice() {
        for notice in Notice::ALL {
            assert_eq!(Notice::from_code(notice.code()), Some(*notice));
        }
        assert_eq!(Notice::from_code("<b>"), None);
    }
}
