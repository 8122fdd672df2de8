//! A reading as numbers: what the linear ingredient multiplies its weights with.

use crate::hash::{Kind, bucket, key, mix};
use crate::reading::{Count, Reading};

/// Buckets of features, as a power of two. Two features in one bucket share a weight. Half as many cost a point of
/// accuracy, four times as many gain none.
pub(crate) const BUCKET_BITS: u32 = 16;

/// Lengths of the groups of features, relative to each other: words 1, letter groups a little more, a problem type
/// nearly as much, and a single mark of form little.
const GRAMS: f32 = 1.4;
const PROBLEM_TYPE: f32 = 0.7;
const MARK: f32 = 0.3;
/// An hour is near its neighbours: how strongly, by distance in hours.
const HOUR: [f32; 3] = [0.3, 0.24, 0.12];
const HOURS: usize = 24;

/// One feature of a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Feature {
    /// Below `1 << BUCKET_BITS`.
    pub(crate) bucket: u32,
    pub(crate) value: f32,
}

/// In how many requests each bucket of words and letter groups has occurred: what occurs everywhere says little.
#[derive(Debug, Clone)]
pub(crate) struct Frequencies {
    requests: u32,
    of: Vec<u32>,
}

impl Frequencies {
    pub(crate) fn new() -> Self {
        Self { requests: 0, of: vec![0; 1 << BUCKET_BITS] }
    }

    /// Counts one more request.
    pub(crate) fn learn(&mut self, reading: &Reading) {
        self.requests = self.requests.saturating_add(1);
        for (key, _) in reading.words.iter().chain(&reading.grams) {
            if let Some(frequency) = self.of.get_mut(bucket(*key, BUCKET_BITS) as usize) {
                *frequency = frequency.saturating_add(1);
            }
        }
    }

    /// The features of a request, as rare and frequent things are weighed now.
    pub(crate) fn features(&self, reading: &Reading) -> Vec<Feature> {
        let mut features = Vec::with_capacity(reading.words.len() + reading.grams.len() + 40);
        self.weighed(&reading.words, 1.0, &mut features);
        self.weighed(&reading.grams, GRAMS, &mut features);
        let plain = |key: u64, value: f32| Feature { bucket: bucket(key, BUCKET_BITS), value };
        features.extend(reading.problem_types.iter().map(|key| plain(*key, PROBLEM_TYPE)));
        features.extend(reading.marks.iter().map(|key| plain(*key, MARK)));
        for (distance, value) in HOUR.iter().enumerate() {
            let hour = usize::from(reading.hour);
            let (before, after) = ((hour + HOURS - distance) % HOURS, (hour + distance) % HOURS);
            features.push(plain(hour_key(after), *value));
            if distance > 0 {
                features.push(plain(hour_key(before), *value));
            }
        }
        features.push(plain(key(Kind::Bias, []), MARK));
        features
    }

    /// Counts weighed by rarity and brought to one length (TF-IDF with logarithmic counts).
    fn weighed(&self, counts: &[Count], length: f32, features: &mut Vec<Feature>) {
        let start = features.len();
        let mut squares = 0.0_f32;
        for (key, count) in counts {
            let bucket = bucket(*key, BUCKET_BITS);
            let frequency = self.of.get(bucket as usize).copied().unwrap_or_default();
            let rarity = (1.0 + self.requests as f32 / (1.0 + frequency as f32)).ln();
            let value = count.ln_1p() * rarity;
            squares += value * value;
            features.push(Feature { bucket, value });
        }
        if squares > 0.0 {
            let scale = length / squares.sqrt();
            features.iter_mut().skip(start).for_each(|feature| feature.value *= scale);
        }
    }
}

fn hour_key(hour: usize) -> u64 {
    mix(key(Kind::Hour, []) ^ hour as u64)
}
