//! `vouchsafe requests open`

use clap::Args;
use vouchsafe_client::api::support_request::{Contact, CreateSupportRequest, Severity};
use vouchsafe_client::id::TenantId;

use crate::argument::{text, word};
use crate::failure::Failure;
use crate::session::Session;

/// Open a case
#[derive(Debug, Args)]
pub(crate) struct Open {
    /// One line
    #[arg(long)]
    title: String,
    /// What happens, since when, for whom; - reads it from the standard input
    #[arg(long)]
    description: String,
    /// How bad it is
    #[arg(long, default_value = "moderate", value_parser = word!(Severity))]
    severity: Severity,
    /// The service it is about
    #[arg(long, default_value = "identity")]
    service: String,
    /// Id of a problem type; `vouchsafe requests types` lists them
    #[arg(long, value_name = "TYPE")]
    problem_type: String,
    /// Whether the engineer may read advanced diagnostic information of your tenant for this case
    #[arg(long, value_name = "yes|no", required_unless_present = "tenant", conflicts_with = "tenant")]
    allow_advanced_diagnostics: Option<YesNo>,
    /// Enter a case that came from elsewhere for this tenant, with an intake token
    #[arg(long, requires = "origin", requires = "external_id")]
    tenant: Option<TenantId>,
    /// Where such a case came from, such as `phone`
    #[arg(long, requires = "tenant")]
    origin: Option<String>,
    /// What such a case is called there; the same again answers the first
    #[arg(long, value_name = "ID", requires = "tenant")]
    external_id: Option<String>,
    /// Another tenant where the problem shows; repeat for more
    #[arg(long = "resource-tenant", value_name = "TENANT")]
    resource_tenants: Vec<TenantId>,
    /// Whom the engineer talks to [default: you]
    #[arg(long, value_name = "NAME")]
    contact_name: Option<String>,
    /// Where the engineer writes to [default: your sign-in name]
    #[arg(long, value_name = "ADDRESS")]
    contact_email: Option<String>,
    /// Language of the contact
    #[arg(long, value_name = "TAG", default_value = "en")]
    contact_language: String,
    /// Time zone of the contact [default: yours]
    #[arg(long, value_name = "ZONE")]
    contact_time_zone: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum YesNo {
    Yes,
    No,
}

impl Open {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let contact = match (self.contact_name, self.contact_email) {
            (Some(name), Some(email)) => Some((name, email)),
            // Who enters a case for somebody else is not whom the engineer talks to.
            (None, None) if self.tenant.is_some() => None,
            (name, email) => {
                let me = session.client.me().await?.body;
                Some((name.unwrap_or(me.display_name), email.unwrap_or(me.user_principal_name)))
            }
        };
        let zone = self.contact_time_zone.or_else(|| session.out.zone_name().map(str::to_owned));
        let body = CreateSupportRequest {
            title: self.title,
            description: text(self.description)?,
            severity: self.severity,
            service: self.service,
            problem_type: self.problem_type,
            allow_advanced_diagnostics: self.allow_advanced_diagnostics.map(|answer| answer == YesNo::Yes),
            contact: contact.map(|(name, email)| Contact {
                name,
                email,
                language: self.contact_language,
                time_zone: zone.unwrap_or_else(|| "UTC".to_owned()),
            }),
            resource_tenant_ids: (!self.resource_tenants.is_empty()).then_some(self.resource_tenants),
            resource_tenant_id: None,
            tenant_id: self.tenant,
            origin: self.origin,
            external_id: self.external_id,
        };
        let opened = session.client.open_support_request(&body).await?;
        session.out.answer(&opened, |case| {
            let engineer =
                case.assigned_to.as_ref().map_or("nobody yet", |person| person.display_name.as_str());
            let consent = case.consent.status;
            format!("Opened {} ({}). Assigned to {engineer}. Consent: {consent}.", case.number, case.id)
        })
    }
}
