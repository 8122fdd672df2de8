//! How much happens when: working days by the clocks of the offices.

use jiff::tz::TimeZone;

use super::DAY;
use super::catalogue::OFFICES;

/// Weight of each hour of a working day, by the local clock.
const HOURS: [u32; 24] =
    [2, 1, 1, 1, 2, 5, 14, 32, 50, 52, 46, 40, 30, 40, 46, 42, 34, 22, 12, 9, 8, 7, 5, 3];
/// Weight of an hour at the weekend, of a hundred.
const WEEKEND: u32 = 12;
/// Working hours, in which people may be in the office.
const WORKING: std::ops::Range<i8> = 7..19;

/// The clocks of all offices.
#[derive(Debug)]
pub(super) struct Clocks([TimeZone; OFFICES.len()]);

/// One hour, as each office sees it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Hour {
    /// How busy, 0 to 5200.
    pub(super) weights: [u32; OFFICES.len()],
    /// Whether people may be in the office.
    pub(super) working: [bool; OFFICES.len()],
    /// A number of the day.
    pub(super) day: i64,
}

impl Clocks {
    pub(super) fn new() -> Self {
        // A test shows that every zone of the table can be read.
        Self(OFFICES.each_ref().map(|office| TimeZone::posix(office.zone).unwrap_or(TimeZone::UTC)))
    }

    /// The hour that begins at `start`, in seconds since 1970.
    pub(super) fn hour(&self, start: i64) -> Hour {
        let instant = jiff::Timestamp::from_second(start).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        let mut hour = Hour { day: start.div_euclid(DAY), ..Hour::default() };
        let offices = self.0.iter().zip(&mut hour.weights).zip(&mut hour.working);
        for ((zone, weight), working) in offices {
            let local = zone.to_datetime(instant);
            let weekend = local.date().weekday().to_monday_one_offset() > 5;
            let of_day = HOURS.get(usize::try_from(local.hour()).unwrap_or(0)).copied().unwrap_or(1);
            *weight = of_day * if weekend { WEEKEND } else { 100 };
            *working = !weekend && WORKING.contains(&local.hour());
        }
        hour
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_office_has_its_own_day() {
        // 2026-11-23, a Monday, 09:00 in Berlin: 08:00 in London, 03:00 in Toronto, 19:00 in Sydney.
        let hour = Clocks::new().hour(1_795_420_800);
        assert_eq!(hour.weights, [5_200, 5_000, 100, 900, 5_200]);
        assert_eq!(hour.working, [true, true, false, false, true]);
        let sunday = Clocks::new().hour(1_795_420_800 - DAY);
        assert_eq!(sunday.weights[0], 52 * WEEKEND);
        assert!(!sunday.working[0]);
    }

    #[test]
    fn clocks_know_summer_time() {
        // 2026-07-06, a Monday, 08:00 UTC: 10:00 in Berlin.
        assert_eq!(Clocks::new().hour(1_783_324_800).weights[0], 4_600);
    }
}
