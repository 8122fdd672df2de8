//! The linear ingredient: one weight per feature and engineer, a softmax over engineers, learned online.
//!
//! A resolved request is learned when it comes, together with a few of the latest ones, drawn so that one that lies
//! n requests back comes up with probability falling as e^(−n / [`MEMORY`]). That is what makes it forget: what an
//! engineer no longer does is no longer rehearsed, and its weights fade.
//!
//! Steps are AdaGrad's (Duchi, Hazan, Singer 2011): a feature that is rarely seen takes long steps.

use std::collections::VecDeque;

use crate::features::{BUCKET_BITS, Feature};
use crate::hash::mix;

/// Earlier requests rehearsed with each new one.
const REHEARSALS: usize = 6;
/// Mean distance of a rehearsed request from the newest, in requests.
const MEMORY: f64 = 300.0;
/// Requests kept for rehearsal; what lies further back would come up once in a thousand times.
const KEPT: usize = 2_048;
/// Longest step of a weight.
const STEP: f32 = 0.2;
/// Sum of squared gradients that a weight starts with, so that the first step is not wild.
const SQUARES_START: f32 = 0.01;
/// What a weight loses each time it is touched.
const FADING: f32 = 0.003;
/// The softmax is this much sharper than the plain sum of weights.
const SHARPNESS: f32 = 3.0;
/// An engineer whose probability is less wrong than this is left alone: it saves most of the work.
const ERROR_MIN: f32 = 0.01;
/// Weights of a feature are laid side by side in runs of this many engineers.
const RUN: usize = 8;

/// A request kept for rehearsal.
#[derive(Debug, Clone)]
struct Kept {
    engineer: usize,
    quality: f32,
    features: Vec<Feature>,
}

/// The weights and what is rehearsed.
#[derive(Debug, Clone)]
pub(super) struct Linear {
    engineers: usize,
    /// Weights per feature, a multiple of [`RUN`].
    stride: usize,
    weights: Vec<f32>,
    squares: Vec<f32>,
    kept: VecDeque<Kept>,
    /// Draws made so far; the sequence of draws is fixed, so that the same history gives the same weights.
    draws: u64,
}

impl Linear {
    pub(super) fn new() -> Self {
        Self {
            engineers: 0,
            stride: 0,
            weights: Vec::new(),
            squares: Vec::new(),
            kept: VecDeque::new(),
            draws: 0,
        }
    }

    /// Makes room for engineers up to `count`.
    pub(super) fn widen(&mut self, count: usize) {
        self.engineers = count;
        let stride = count.next_multiple_of(RUN);
        if stride > self.stride {
            self.weights = widened(&self.weights, self.stride, stride, 0.0);
            self.squares = widened(&self.squares, self.stride, stride, SQUARES_START);
            self.stride = stride;
        }
    }

    /// The probability of each engineer.
    pub(super) fn probabilities(&self, features: &[Feature]) -> Vec<f32> {
        let mut sums = vec![0.0_f32; self.stride];
        for feature in features {
            let start = feature.bucket as usize * self.stride;
            let row = self.weights.get(start..start + self.stride).unwrap_or_default();
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += weight * feature.value;
            }
        }
        sums.truncate(self.engineers);
        softmax(&mut sums);
        sums
    }

    /// Learns that `engineer` resolved a request, then rehearses.
    pub(super) fn learn(&mut self, engineer: usize, quality: f32, features: Vec<Feature>) {
        let new = Kept { engineer, quality, features };
        self.step(&new);
        self.kept.push_back(new);
        if self.kept.len() > KEPT {
            self.kept.pop_front();
        }
        for _ in 0..REHEARSALS {
            let back = self.draw();
            let index = self.kept.len().checked_sub(1 + back);
            if let Some(kept) = index.and_then(|index| self.kept.get_mut(index)) {
                // Taken out for the step, as it changes the weights beside it.
                let kept = std::mem::replace(kept, Kept { engineer, quality, features: Vec::new() });
                self.step(&kept);
                if let Some(place) = index.and_then(|index| self.kept.get_mut(index)) {
                    *place = kept;
                }
            }
        }
    }

    /// How far back to rehearse: exponentially distributed around [`MEMORY`].
    fn draw(&mut self) -> usize {
        self.draws = self.draws.wrapping_add(1);
        let bits = mix(self.draws.wrapping_mul(0x9e37_79b9_7f4a_7c15)) >> 32;
        let uniform = (bits as f64 + 1.0) / 4_294_967_297.0;
        (-uniform.ln() * MEMORY) as usize
    }

    fn step(&mut self, kept: &Kept) {
        let probabilities = self.probabilities(&kept.features);
        let errors: Vec<(usize, f32)> = probabilities
            .iter()
            .enumerate()
            .map(|(engineer, probability)| {
                (engineer, (probability - if engineer == kept.engineer { 1.0 } else { 0.0 }) * kept.quality)
            })
            .filter(|(_, error)| error.abs() >= ERROR_MIN)
            .collect();
        for feature in &kept.features {
            let row = feature.bucket as usize * self.stride;
            for (engineer, error) in &errors {
                let cell = row + engineer;
                let (Some(weight), Some(squares)) = (self.weights.get_mut(cell), self.squares.get_mut(cell))
                else {
                    continue;
                };
                let gradient = error * feature.value;
                *squares += gradient * gradient;
                *weight -= STEP * gradient / squares.sqrt() + FADING * *weight;
            }
        }
    }
}

/// Rows of `from` columns as rows of `to` columns.
fn widened(cells: &[f32], from: usize, to: usize, filler: f32) -> Vec<f32> {
    let mut wide = vec![filler; to << BUCKET_BITS];
    if from > 0 {
        for (new, old) in wide.chunks_exact_mut(to).zip(cells.chunks_exact(from)) {
            new.iter_mut().zip(old).for_each(|(new, old)| *new = *old);
        }
    }
    wide
}

/// Sums to probabilities, in place.
fn softmax(sums: &mut [f32]) {
    let greatest = sums.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut total = 0.0;
    for sum in sums.iter_mut() {
        *sum = ((*sum - greatest) * SHARPNESS).exp();
        total += *sum;
    }
    sums.iter_mut().for_each(|sum| *sum /= total);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feature(bucket: u32) -> Vec<Feature> {
        vec![Feature { bucket, value: 1.0 }]
    }

    #[test]
    fn it_learns_who_does_what_and_forgets() {
        let mut linear = Linear::new();
        linear.widen(2);
        for _ in 0..20 {
            linear.learn(0, 1.0, feature(1));
            linear.learn(1, 1.0, feature(2));
        }
        assert!(linear.probabilities(&feature(1))[0] > 0.8);
        assert!(linear.probabilities(&feature(2))[1] > 0.8);
        for _ in 0..400 {
            linear.learn(1, 1.0, feature(1));
        }
        assert!(linear.probabilities(&feature(1))[1] > 0.6);
    }

    #[test]
    fn a_newcomer_changes_nothing_for_the_others() {
        let mut linear = Linear::new();
        linear.widen(8);
        for _ in 0..20 {
            linear.learn(3, 1.0, feature(9));
        }
        let before = linear.weights[9 * 8 + 3];
        linear.widen(9);
        assert_eq!(linear.weights[9 * 16 + 3], before);
        assert_eq!(linear.probabilities(&feature(9)).len(), 9);
    }

    #[test]
    fn draws_lie_around_their_mean() {
        let mut linear = Linear::new();
        let total: usize = (0..10_000).map(|_| linear.draw()).sum();
        assert!((280..320).contains(&(total / 10_000)), "{total}");
    }
}
