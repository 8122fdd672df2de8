//! Support requests in lists, and their words.

use crate::{Mark, Status, TimeView};

/// A support request, named on another page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRef {
    /// The number.
    pub number: String,
    /// The title; empty where the reader may not know it (the resource tenant).
    pub title: String,
    /// The page of it; empty where the reader has none.
    pub href: String,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// `critical`.
    Critical,
    /// `moderate`.
    Moderate,
    /// `minimal`.
    Minimal,
}

impl Severity {
    /// Every severity, worst first.
    pub const ALL: [Self; 3] = [Self::Critical, Self::Moderate, Self::Minimal];

    /// The name on the wire.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Moderate => "moderate",
            Self::Minimal => "minimal",
        }
    }

    /// The name for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Critical => "Critical",
            Self::Moderate => "Moderate",
            Self::Minimal => "Minimal",
        }
    }

    /// One line on when to choose it.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Critical => "Work has stopped for many people.",
            Self::Moderate => "Work is slowed down, or some people cannot work.",
            Self::Minimal => "A question, or a fault with a way around it.",
        }
    }
}

/// Where a support request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Open: nobody has looked yet.
    WaitingForEngineer,
    /// Open: the engineer works on it.
    InProgress,
    /// Open: the engineer asked the customer something.
    WaitingForCustomer,
    /// Closed.
    Closed,
}

impl Stage {
    /// In words, with a shape.
    #[must_use]
    pub fn status(self) -> Status {
        match self {
            Self::WaitingForEngineer => Status::new(Mark::Waiting, "Waiting for the engineer"),
            Self::InProgress => Status::new(Mark::Live, "In progress"),
            Self::WaitingForCustomer => Status::new(Mark::Attention, "Waiting for the customer"),
            Self::Closed => Status::new(Mark::Done, "Closed"),
        }
    }

    /// Whether the support request is closed.
    #[must_use]
    pub fn is_closed(self) -> bool {
        match self {
            Self::WaitingForEngineer | Self::InProgress | Self::WaitingForCustomer => false,
            Self::Closed => true,
        }
    }
}

/// How a support request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// `resolved`.
    Resolved,
    /// `withdrawn`.
    Withdrawn,
    /// `duplicate`.
    Duplicate,
    /// `notReproducible`.
    NotReproducible,
}

impl Resolution {
    /// Every resolution, in the order of the form.
    pub const ALL: [Self; 4] = [Self::Resolved, Self::Withdrawn, Self::Duplicate, Self::NotReproducible];

    /// The name on the wire.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::Resolved => "resolved",
            Self::Withdrawn => "withdrawn",
            Self::Duplicate => "duplicate",
            Self::NotReproducible => "notReproducible",
        }
    }

    /// The name for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Resolved => "Resolved",
            Self::Withdrawn => "Withdrawn: help is no longer needed",
            Self::Duplicate => "Duplicate of another support request",
            Self::NotReproducible => "The fault does not show any more",
        }
    }
}

/// Why an engineer asks for access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReasonCode {
    /// `troubleshooting`.
    Troubleshooting,
    /// `reproduction`.
    Reproduction,
    /// `verifyFix`.
    VerifyFix,
    /// `securityInvestigation`.
    SecurityInvestigation,
}

impl ReasonCode {
    /// Every reason, in the order of the form.
    pub const ALL: [Self; 4] =
        [Self::Troubleshooting, Self::Reproduction, Self::VerifyFix, Self::SecurityInvestigation];

    /// The name on the wire.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::Troubleshooting => "troubleshooting",
            Self::Reproduction => "reproduction",
            Self::VerifyFix => "verifyFix",
            Self::SecurityInvestigation => "securityInvestigation",
        }
    }

    /// The name for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Troubleshooting => "To find the cause of the fault",
            Self::Reproduction => "To make the fault happen again",
            Self::VerifyFix => "To check that the fault is fixed",
            Self::SecurityInvestigation => "To look into a security incident",
        }
    }
}

/// One support request in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportRequestRow {
    /// Number, title and page.
    pub case: CaseRef,
    /// Whose support request; empty in the customer's own list.
    pub tenant_name: String,
    /// How bad it is.
    pub severity: Severity,
    /// Where it stands.
    pub stage: Stage,
    /// The assigned engineer's name; empty for none.
    pub assigned_to: String,
    /// When it was opened.
    pub opened: TimeView,
    /// The page that reassigns it; empty hides the link.
    pub reassign_href: String,
}
