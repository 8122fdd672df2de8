//! `vouchsafe generate`

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use vouchsafe_client::id::TenantId;
use vouchsafe_client::time::Timestamp;
use vouchsafe_diagnostics::generate::{Counts, MAX_DAYS, MAX_PEOPLE, MIN_PEOPLE, Plan, World};
use vouchsafe_diagnostics::resource::Resource;

use crate::destination::Destination;
use crate::failure::Failure;
use crate::output::Output;

/// How many bytes are gathered before they are written.
const PIECE: usize = 256 * 1024;

/// `vouchsafe generate`
#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// File to write, compressed if its name ends in .gz or .zst; - is the standard output
    #[arg(default_value = "-", value_name = "FILE")]
    file: PathBuf,
    /// Replace the file if there is one
    #[arg(long)]
    force: bool,
    /// Only these kinds, separated by commas
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = kind())]
    only: Vec<Resource>,

    /// Id of the tenant that the data is of, a UUID; all other ids derive from it and the seed
    #[arg(long, value_name = "ID", help_heading = "The organisation")]
    tenant: TenantId,
    /// Where the randomness begins
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "The organisation")]
    seed: u64,
    /// Domain of sign-in names
    #[arg(long, value_name = "DOMAIN", default_value = "contoso.example", help_heading = "The organisation")]
    domain: String,
    #[arg(
        help = format!("How many people, {MIN_PEOPLE} to {MAX_PEOPLE}"),
        long,
        value_name = "N",
        default_value_t = 500,
        help_heading = "The organisation"
    )]
    people: usize,

    #[arg(
        help = format!("How many days the events span, 1 to {MAX_DAYS}"),
        long,
        value_name = "N",
        default_value_t = 30,
        help_heading = "The events"
    )]
    days: u32,
    /// Where that span ends (RFC 3339)
    #[arg(long, value_name = "TIME", default_value = "2026-11-23T15:00:00Z", help_heading = "The events")]
    end: Timestamp,
    /// How many sign-ins
    #[arg(long, value_name = "N", default_value_t = 5_000, help_heading = "The events")]
    sign_ins: u64,
    /// How many directory audits, besides those of device registration
    #[arg(long, value_name = "N", default_value_t = 500, help_heading = "The events")]
    directory_audits: u64,
    /// How many directory audits of device registration
    #[arg(long, value_name = "N", default_value_t = 100, help_heading = "The events")]
    device_registrations: u64,
    /// How many client logs
    #[arg(long, value_name = "N", default_value_t = 500, help_heading = "The events")]
    client_logs: u64,
    /// How many samples of telemetry
    #[arg(long, value_name = "N", default_value_t = 1_000, help_heading = "The events")]
    telemetry: u64,
}

impl Generate {
    pub(crate) fn run(self, out: &Output) -> Result<(), Failure> {
        let world = World::new(self.plan()).map_err(|error| Failure::Usage(error.to_string()))?;
        let mut destination = Destination::open(&self.file, self.force)?;
        let bar = self.bar();
        let written = self.write(&world, &mut destination, &bar);
        bar.finish_and_clear();
        let records = written?;
        destination.finish()?;
        if self.is_piped() {
            return Ok(());
        }
        out.note(&format!("{}: {records} records", self.file.display()))
    }

    fn plan(&self) -> Plan {
        let count = |kind, count| if self.wants(kind) { count } else { 0 };
        Plan {
            tenant: self.tenant,
            seed: self.seed,
            domain: self.domain.clone(),
            people: self.people,
            days: self.days,
            end: self.end,
            counts: Counts {
                sign_ins: count(Resource::SignIn, self.sign_ins),
                directory_audits: count(Resource::DirectoryAudit, self.directory_audits),
                device_registrations: count(Resource::DirectoryAudit, self.device_registrations),
                client_logs: count(Resource::ClientLog, self.client_logs),
                telemetry: count(Resource::HealthTelemetry, self.telemetry),
            },
        }
    }

    fn wants(&self, kind: Resource) -> bool {
        self.only.is_empty() || self.only.contains(&kind)
    }

    fn is_piped(&self) -> bool {
        self.file == Path::new("-")
    }

    /// Objects, then events, one a line. Gives how many.
    fn write(&self, world: &World, destination: &mut Destination, bar: &ProgressBar) -> Result<u64, Failure> {
        let (mut objects, mut events) = (world.objects(), world.events());
        let mut piece = Vec::with_capacity(PIECE);
        let (mut records, mut shown) = (0, 0);
        loop {
            let before = piece.len();
            let (kind, is_event) = match objects.write_next(&mut piece) {
                Some(kind) => (Some(kind), false),
                None => (events.write_next(&mut piece), true),
            };
            let Some(kind) = kind else { break };
            shown += u64::from(is_event);
            if self.wants(kind) {
                piece.push(b'\n');
                records += 1;
            } else {
                piece.truncate(before);
            }
            if piece.len() >= PIECE {
                destination.write(&piece)?;
                piece.clear();
                bar.set_position(shown);
            }
        }
        destination.write(&piece)?;
        Ok(records)
    }

    /// A bar over the events, which shows itself only on a terminal, and not among the records.
    fn bar(&self) -> ProgressBar {
        let bar = ProgressBar::new(self.plan().counts.total());
        if self.is_piped() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let style = "{msg} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.set_message(self.file.display().to_string());
        bar
    }
}

/// The last part of a kind's name in Graph, such as `signIn`.
fn name(kind: Resource) -> &'static str {
    kind.schema().graph_type.rsplit('.').next().unwrap_or_default()
}

/// Parses the name of a kind; help and errors name them all.
fn kind() -> impl TypedValueParser<Value = Resource> {
    PossibleValuesParser::new(Resource::ALL.map(name)).try_map(|text| {
        let found = Resource::ALL.into_iter().find(|kind| name(*kind) == text);
        found.ok_or("not a kind of record")
    })
}
