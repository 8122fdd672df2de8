//! Telemetry of the service: the product's own kind `healthTelemetry`, which knows no people.

use super::World;
use super::dice::Dice;
use super::json::object;

/// A metric and the range of its usual values.
struct Metric {
    name: &'static str,
    lowest: i64,
    highest: i64,
}

const fn metric(name: &'static str, lowest: i64, highest: i64) -> Metric {
    Metric { name, lowest, highest }
}

/// How many times as much policies block once the incident has begun.
const INCIDENT: i64 = 6;
const BLOCKED: &str = "signIn.blockedByPolicy.count";

/// What processes report, with weights. Times are in milliseconds, the rest counts of a minute.
static METRICS: [(u32, Metric); 7] = [
    (6, metric("signIn.duration.p50", 70, 180)),
    (6, metric("signIn.duration.p99", 400, 1_900)),
    (6, metric("signIn.requests.count", 20, 900)),
    (4, metric("signIn.failures.count", 0, 40)),
    (4, metric(BLOCKED, 0, 5)),
    (3, metric("mfa.challenges.count", 0, 60)),
    (3, metric("directorySync.backlog.count", 0, 250)),
];

/// Appends a sample.
pub(super) fn write(world: &World, dice: &mut Dice, at: i64, out: &mut Vec<u8>) {
    let metric = dice.weighted(&METRICS);
    let mut value = dice.between(metric.lowest, metric.highest);
    if metric.name == BLOCKED && at > world.change {
        value = (value + 1) * INCIDENT;
    }
    object(out, |json| {
        json.text("@odata.type", "#vouchsafe.healthTelemetry")
            .id("id", dice.uuid())
            .time("createdDateTime", at);
        json.text("metric", metric.name).number("value", value);
        json.id("instanceId", *dice.pick(&world.instances));
    });
}
