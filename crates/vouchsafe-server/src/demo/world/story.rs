//! What has happened in the demo's world by the time somebody looks at it.

use vouchsafe_app::view::AccessView;
use vouchsafe_app::{App, AppError, AskCommand, Call, OpenCommand, UpdateCommand, VoteCommand, Who};
use vouchsafe_core::access_request::ReasonCode;
use vouchsafe_core::id::{AccessRequestId, SupportRequestId, TenantId};
use vouchsafe_core::scope::{DataCategory, DataFilter, Narrowing};
use vouchsafe_core::support_request::command::{NewContact, NewRequest};
use vouchsafe_core::support_request::{Resolution, Severity};
use vouchsafe_core::time::Duration;

use super::cast::{ADATUM, CONTOSO, FABRIKAM};
use super::{DemoError, World};
use crate::demo::DemoClock;

/// Plays the story from the past to the present.
pub(super) async fn play(app: &App, clock: &DemoClock, world: &World) -> Result<(), DemoError> {
    let story = Story { app, clock, world };
    story.closed_ones().await?;
    story.rejected_and_expired().await?;
    story.removed_one().await?;
    story.live_one().await?;
    story.consented_one().await?;
    story.waiting_in_the_queue().await?;
    story.cross_tenant_pending().await
}

struct Story<'a> {
    app: &'a App,
    clock: &'a DemoClock,
    world: &'a World,
}

/// A request to open.
struct Case<'a> {
    by: &'a str,
    tenant: TenantId,
    title: &'a str,
    description: &'a str,
    problem_type: &'a str,
    severity: Severity,
    consent: bool,
    resource: &'a [TenantId],
}

impl Story<'_> {
    /// Requests that ended long ago, one for each resolution.
    async fn closed_ones(&self) -> Result<(), DemoError> {
        let tenant = CONTOSO.tenant();
        for (ago, title, problem_type, how) in [
            (40, "Password reset mail never arrives", "signIn/passwordReset", Resolution::Resolved),
            (35, "Guest cannot be invited twice", "directory/groups", Resolution::Withdrawn),
            (25, "Dynamic group lost a member", "directory/synchronization", Resolution::Duplicate),
            (20, "Portal was slow this morning", "signIn/singleSignOn", Resolution::NotReproducible),
        ] {
            self.clock.set_back(Duration::days(ago));
            let case = Case { title, problem_type, ..self.case("Priya Nair", tenant) };
            let id = self.open(case).await?;
            self.clock.set_back(Duration::days(ago - 3));
            self.app.close(&self.call("Priya Nair", tenant)?, id, how).await?;
        }
        self.clock.set_back(Duration::days(12));
        let case = Case {
            title: "Two prompts at every sign-in",
            problem_type: "signIn/multifactorAuthentication",
            ..self.case("Alex Moreno", tenant)
        };
        let id = self.open(case).await?;
        self.clock.set_back(Duration::days(9));
        let alex = self.call("Alex Moreno", tenant)?;
        self.app.close(&alex, id, Resolution::Resolved).await?;
        self.clock.set_back(Duration::days(2));
        self.app.reopen(&alex, id).await?;
        self.app.post_message(&alex, id, "It is back since Monday, for the same three people.").await?;
        Ok(())
    }

    /// Requests for access that came to nothing.
    async fn rejected_and_expired(&self) -> Result<(), DemoError> {
        let tenant = ADATUM.tenant();
        self.clock.set_back(Duration::days(10));
        let case = Case {
            title: "Laptops drop out of compliance overnight",
            description: "About forty devices show as not compliant each morning and recover by noon.",
            problem_type: "devices/registration",
            ..self.case("Marta Kowal", tenant)
        };
        let id = self.open(case).await?;
        let engineer = "Tomas Albrecht";
        let everything = DataCategory::advanced();
        let why =
            "To see which registrations were refused, all categories would be the quickest way to find out.";
        let first = self.ask(engineer, id, tenant, everything, Duration::days(30), why).await?;
        self.clock.set_back(Duration::days(9));
        let reason = Some("Please ask for device logs only.");
        self.app.reject(&self.call("Yuki Tanabe", tenant)?, first, reason).await?;
        let why = "The device registration log of last week should show why the join was refused.";
        self.ask(engineer, id, tenant, vec![DataCategory::DeviceRegistrationLogs], Duration::days(3), why)
            .await?;
        self.clock.set_back(Duration::days(4));
        self.app.sweep().await?;
        let why = "The previous request ran out before anyone saw it. The registration log would still help.";
        let third = self
            .ask(engineer, id, tenant, vec![DataCategory::DeviceRegistrationLogs], Duration::days(3), why)
            .await?;
        self.app.cancel(&self.call(engineer, self.app.store().provider())?, third).await?;
        let message = "Could you export the device list with the time of the last check-in?";
        self.app.post_message(&self.call(engineer, self.app.store().provider())?, id, message).await?;
        Ok(())
    }

    /// Access that was given and taken back.
    async fn removed_one(&self) -> Result<(), DemoError> {
        let tenant = FABRIKAM.tenant();
        self.clock.set_back(Duration::days(8));
        let case = Case {
            title: "One-time codes are not accepted",
            description: "Codes from the authenticator app are refused for people in the warehouse.",
            problem_type: "signIn/multifactorAuthentication",
            severity: Severity::Critical,
            ..self.case("Omar Haddad", tenant)
        };
        let id = self.open(case).await?;
        let why = "The sign-in log tells whether the clock of the phones or the method itself is at fault.";
        let asked = self
            .ask("Jonas Lindqvist", id, tenant, vec![DataCategory::SignInLogs], Duration::days(14), why)
            .await?;
        self.clock.set_back(Duration::days(7));
        let omar = self.call("Omar Haddad", tenant)?;
        self.app.approve(&omar, asked, VoteCommand::default()).await?;
        self.clock.set_back(Duration::days(6));
        self.app.revoke(&omar, asked, Some("We found it: the phones' clocks were off.")).await?;
        Ok(())
    }

    /// The grant that one engineer always holds.
    async fn live_one(&self) -> Result<(), DemoError> {
        let tenant = ADATUM.tenant();
        self.clock.set_back(Duration::days(2));
        let case = Case {
            title: "Payroll is blocked for the night shift",
            description: "Since two days ago, people in the evening are refused by a policy when they open payroll.",
            problem_type: "signIn/conditionalAccess",
            severity: Severity::Critical,
            ..self.case("Marta Kowal", tenant)
        };
        let id = self.open(case).await?;
        let why = "To see which policy refuses the sign-ins to payroll, and from which network they come.";
        let categories = vec![DataCategory::SignInLogs, DataCategory::ServiceConfiguration];
        let asked = self.ask("Ines Okafor", id, tenant, categories, Duration::days(30), why).await?;
        self.clock.set_back(Duration::days(1));
        let narrowing =
            Narrowing { data_categories: Some(vec![DataCategory::SignInLogs]), ..Narrowing::default() };
        let vote = VoteCommand {
            comment: Some("Sign-ins are enough for this.".to_owned()),
            narrowing,
            ..VoteCommand::default()
        };
        self.app.approve(&self.call("Yuki Tanabe", tenant)?, asked, vote).await?;
        Ok(())
    }

    /// A request with consent.
    async fn consented_one(&self) -> Result<(), DemoError> {
        let tenant = FABRIKAM.tenant();
        self.clock.set_back(Duration::days(3));
        let case = Case {
            title: "Synchronization stops at one object",
            description: "The connector reports one object and then stops; nothing changed on our side.",
            problem_type: "directory/synchronization",
            consent: true,
            ..self.case("Omar Haddad", tenant)
        };
        let id = self.open(case).await?;
        let meera = self.call("Meera Raghavan", self.app.store().provider())?;
        self.app.post_message(&meera, id, "Thank you. I am looking at the connector's last run.").await?;
        Ok(())
    }

    /// A request that nobody declared expertise for.
    async fn waiting_in_the_queue(&self) -> Result<(), DemoError> {
        self.clock.set_back(Duration::hours(3));
        let case = Case {
            title: "Who owns these old groups?",
            problem_type: "directory/groups",
            severity: Severity::Minimal,
            ..self.case("Marta Kowal", ADATUM.tenant())
        };
        self.open(case).await?;
        Ok(())
    }

    /// The request that a newcomer approves: the case is Contoso's, the data is Fabrikam's.
    async fn cross_tenant_pending(&self) -> Result<(), DemoError> {
        let (contoso, fabrikam) = (CONTOSO.tenant(), FABRIKAM.tenant());
        self.clock.set_back(Duration::hours(5));
        let case = Case {
            title: "Shared portal refuses people from Fabrikam",
            description: "People from our subsidiary Fabrikam are refused when they open the shared portal. It began \
                          two days ago; our own people are not affected.",
            problem_type: "signIn/conditionalAccess",
            severity: Severity::Critical,
            ..self.case("Alex Moreno", contoso)
        };
        let id = self.open(case).await?;
        let alex = self.call("Alex Moreno", contoso)?;
        self.clock.set_back(Duration::hours(4));
        let resource_tenants = Some(vec![fabrikam]);
        self.app
            .update_request(&alex, id, UpdateCommand { resource_tenants, ..UpdateCommand::default() })
            .await?;
        self.clock.set_back(Duration::hours(2));
        let ask = AskCommand {
            resource_tenant: fabrikam,
            data_categories: vec![DataCategory::SignInLogs, DataCategory::AuditLogs],
            filter: Some(DataFilter {
                data_from: Some(self.app.now() - Duration::days(7)),
                ..DataFilter::default()
            }),
            duration: Some(Duration::days(2)),
            reason_code: ReasonCode::Troubleshooting,
            justification:
                "The refusals happen in Fabrikam's tenant. Its sign-in log shows which policy refuses \
                            them, and from which network."
                    .to_owned(),
        };
        self.app.ask(&self.call("Ines Okafor", self.app.store().provider())?, id, ask).await?;
        Ok(())
    }

    /// What most cases have in common.
    fn case<'a>(&self, by: &'a str, tenant: TenantId) -> Case<'a> {
        Case {
            by,
            tenant,
            title: "",
            description: "It began this week and concerns several people.",
            problem_type: "signIn/conditionalAccess",
            severity: Severity::Moderate,
            consent: false,
            resource: &[],
        }
    }

    async fn open(&self, case: Case<'_>) -> Result<SupportRequestId, DemoError> {
        let caller = self.call(case.by, case.tenant)?;
        let email = self.world.account(case.by, case.tenant).map(|person| person.user_principal_name.clone());
        let contact = NewContact {
            name: case.by.to_owned(),
            email: email.unwrap_or_default(),
            language: "en".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
        };
        let new = NewRequest {
            title: case.title.to_owned(),
            description: case.description.to_owned(),
            severity: case.severity,
            service: "identity".to_owned(),
            problem_type: case.problem_type.to_owned(),
            contact: Some(contact),
            resource_tenants: case.resource.to_vec(),
        };
        let command = OpenCommand { new, allow_advanced_diagnostics: case.consent };
        Ok(self.app.open_request(&caller, command).await?.request.id)
    }

    async fn ask(
        &self,
        engineer: &str,
        case: SupportRequestId,
        tenant: TenantId,
        categories: Vec<DataCategory>,
        duration: Duration,
        why: &str,
    ) -> Result<AccessRequestId, DemoError> {
        let command = AskCommand {
            resource_tenant: tenant,
            data_categories: categories,
            filter: None,
            duration: Some(duration),
            reason_code: ReasonCode::Troubleshooting,
            justification: why.to_owned(),
        };
        let caller = self.call(engineer, self.app.store().provider())?;
        match self.app.ask(&caller, case, command).await? {
            AccessView::Ask(view) => Ok(view.ask.id),
            AccessView::Side(view) => Ok(view.side.id),
        }
    }

    fn call(&self, name: &str, tenant: TenantId) -> Result<Call, AppError> {
        let account: Option<Who> = self.world.account(name, tenant).map(|person| person.who);
        Ok(account.ok_or(AppError::NotFound)?.into())
    }
}
