//! Telemetry of the service: the product's own kind `healthTelemetry`, which knows no people.

use super::World;
use super::dice::Dice;
use super::json::object;

/// A metric and the range of its usual values.
struct Metric {
    service: &'static str,
    name: &'static str,
    unit: &'static str,
    lowest: i64,
    highest: i64,
}

const fn metric(
    service: &'static str,
    name: &'static str,
    unit: &'static str,
    (lowest, highest): (i64, i64),
) -> Metric {
    Metric { service, name, unit, lowest, highest }
}

/// How many times as much policies block once the incident has begun.
const INCIDENT: i64 = 6;
const BLOCKED: &str = "blockedByPolicy";
const TOKENS: &str = "TokenService";
const MILLISECONDS: &str = "milliseconds";
const A_MINUTE: &str = "perMinute";

/// What processes report, with weights.
static METRICS: [(u32, Metric); 7] = [
    (6, metric(TOKENS, "tokenLatencyMedian", MILLISECONDS, (70, 180))),
    (6, metric(TOKENS, "tokenLatency99", MILLISECONDS, (400, 1_900))),
    (6, metric(TOKENS, "requests", A_MINUTE, (20, 900))),
    (4, metric(TOKENS, "failures", A_MINUTE, (0, 40))),
    (4, metric("ConditionalAccess", BLOCKED, A_MINUTE, (0, 5))),
    (3, metric("SecondFactor", "challenges", A_MINUTE, (0, 60))),
    (3, metric("DirectorySync", "backlog", "objects", (0, 250))),
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
        json.text("service", metric.service).text("metric", metric.name);
        json.number("value", value).text("unit", metric.unit);
        json.id("systemId", *dice.pick(&world.instances));
    });
}
