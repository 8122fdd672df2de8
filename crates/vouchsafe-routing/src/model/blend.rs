//! How much each ingredient is believed: weights of a product of opinions, learned from every outcome.
//!
//! The blended opinion is Π pᵢ^wᵢ, that is Σ wᵢ·ln pᵢ before a softmax (a logarithmic opinion pool). Each time the
//! resolver becomes known, one AdaGrad step on −ln p(resolver) moves the weights. So an ingredient that tells
//! nothing for a deployment loses its voice there, and nothing need be tuned by hand.

/// Ingredients.
pub(super) const INGREDIENTS: usize = 3;
/// Weights before anything is learned.
const START: [f64; INGREDIENTS] = [0.5, 0.3, 0.3];
/// Longest step of a weight.
const STEP: f64 = 0.05;
/// Outcomes before the weights move: earlier the ingredients themselves know nothing.
const PATIENCE: u32 = 20;

/// The weights.
#[derive(Debug, Clone)]
pub(super) struct Blend {
    weights: [f64; INGREDIENTS],
    squares: [f64; INGREDIENTS],
    outcomes: u32,
}

impl Blend {
    pub(super) fn new() -> Self {
        Self { weights: START, squares: [0.0; INGREDIENTS], outcomes: 0 }
    }

    /// The probability of each engineer from the logarithmic opinions of the ingredients.
    pub(super) fn probabilities(&self, opinions: &[[f64; INGREDIENTS]]) -> Vec<f64> {
        let sums: Vec<f64> = opinions
            .iter()
            .map(|opinion| opinion.iter().zip(&self.weights).map(|(opinion, weight)| opinion * weight).sum())
            .collect();
        let greatest = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let raised: Vec<f64> = sums.iter().map(|sum| (sum - greatest).exp()).collect();
        let total: f64 = raised.iter().sum();
        raised.into_iter().map(|one| one / total).collect()
    }

    /// Learns who it was. `opinions` are those that were held before anything was learned from this outcome.
    pub(super) fn learn(&mut self, opinions: &[[f64; INGREDIENTS]], resolver: usize) {
        self.outcomes = self.outcomes.saturating_add(1);
        let Some(held) = opinions.get(resolver).filter(|_| self.outcomes > PATIENCE) else { return };
        let probabilities = self.probabilities(opinions);
        let mut gradient = held.map(|opinion| -opinion);
        for (opinion, probability) in opinions.iter().zip(probabilities) {
            gradient.iter_mut().zip(opinion).for_each(|(sum, opinion)| *sum += probability * opinion);
        }
        let cells = self.weights.iter_mut().zip(&mut self.squares).zip(gradient);
        for ((weight, squares), gradient) in cells {
            *squares += gradient * gradient;
            if *squares > 0.0 {
                *weight = (*weight - STEP * gradient / squares.sqrt()).max(0.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_adviser_loses_its_voice() {
        let mut blend = Blend::new();
        let opinions = [[0.9_f64.ln(), 0.1_f64.ln(), 0.0], [0.1_f64.ln(), 0.9_f64.ln(), 0.0]];
        for _ in 0..500 {
            blend.learn(&opinions, 0);
        }
        assert!(blend.weights[0] > START[0] && blend.weights[1] < START[1], "{:?}", blend.weights);
        assert_eq!(blend.weights[2], START[2]);
        let sum: f64 = blend.probabilities(&opinions).iter().sum();
        assert!((sum - 1.0).abs() < 1e-12);
    }
}
