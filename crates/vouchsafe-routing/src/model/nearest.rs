//! The nearest cases: resolved requests with the same words, by BM25, each a vote for who resolved it that fades
//! with age.
//!
//! An inverted index whose postings are bounded: of a word that stands in more cases than [`POSTINGS_MAX`] only the
//! latest are kept, as the older ones would hardly count. So time and memory have a bound, however long the history.

use std::collections::VecDeque;

use crate::hash::bucket;
use crate::reading::Count;

/// BM25's usual saturation and length parameters (Robertson, Zaragoza 2009).
const K1: f32 = 1.2;
const B: f32 = 0.75;
/// Buckets of words, as a power of two.
const WORD_BITS: u32 = 18;
/// Latest cases kept per word.
const POSTINGS_MAX: usize = 512;
/// Cases kept in all; the oldest leave first.
const CASES_MAX: usize = 200_000;
/// Words of a new request that are looked up: the rarest ones.
const QUERY_WORDS_MAX: usize = 40;
/// Cases that vote.
const NEIGHBOURS: usize = 120;
/// Candidates are cut back to [`NEIGHBOURS`] when they are this many.
const CANDIDATES_MAX: usize = 512;
/// Days in which the vote of a case halves.
const HALF_LIFE_DAYS: f64 = 90.0;

#[derive(Debug, Clone, Copy)]
struct Posting {
    case: u32,
    /// The word's weight in the case: BM25's saturated count.
    weight: f32,
}

#[derive(Debug, Clone, Copy)]
struct Case {
    engineer: u32,
    quality: f32,
    /// Days since the epoch.
    resolved: f64,
}

/// One word's cases.
#[derive(Debug, Clone, Default)]
struct Word {
    /// Cases it has occurred in, those no longer kept included.
    frequency: u32,
    postings: VecDeque<Posting>,
}

/// The index.
#[derive(Debug, Clone)]
pub(super) struct Nearest {
    words: Vec<Word>,
    cases: VecDeque<Case>,
    /// Cases that have left.
    gone: u32,
    /// Sum of the lengths of all cases ever learned, in words.
    length: f64,
}

impl Nearest {
    pub(super) fn new() -> Self {
        Self { words: vec![Word::default(); 1 << WORD_BITS], cases: VecDeque::new(), gone: 0, length: 0.0 }
    }

    /// Adds a case.
    pub(super) fn learn(&mut self, engineer: usize, quality: f32, resolved: f64, words: &[Count]) {
        let length: f32 = words.iter().map(|(_, count)| count).sum();
        self.length += f64::from(length);
        let case = self.learned();
        let mean = (self.length / (f64::from(case) + 1.0)).max(1.0) as f32;
        let norm = K1 * (1.0 - B + B * length / mean);
        for (key, count) in words {
            let Some(word) = self.words.get_mut(bucket(*key, WORD_BITS) as usize) else { continue };
            word.frequency = word.frequency.saturating_add(1);
            if word.postings.len() >= POSTINGS_MAX {
                word.postings.pop_front();
            }
            word.postings.push_back(Posting { case, weight: count * (K1 + 1.0) / (count + norm) });
        }
        self.cases.push_back(Case {
            engineer: u32::try_from(engineer).unwrap_or(u32::MAX),
            quality,
            resolved,
        });
        if self.cases.len() > CASES_MAX {
            self.cases.pop_front();
            self.gone = self.gone.saturating_add(1);
        }
    }

    /// Cases ever learned.
    fn learned(&self) -> u32 {
        self.gone.saturating_add(u32::try_from(self.cases.len()).unwrap_or(u32::MAX))
    }

    /// Votes per engineer at a time, of cases resolved before it: between 0 and 1 for each neighbour.
    pub(super) fn votes(&self, words: &[Count], now: f64, engineers: usize) -> Vec<f64> {
        let mut votes = vec![0.0; engineers];
        let neighbours = self.neighbours(words);
        let best = neighbours.iter().map(|(score, _)| *score).fold(f32::MIN_POSITIVE, f32::max);
        for (score, index) in neighbours {
            let case = self.cases.get(index as usize).filter(|case| case.resolved < now);
            let Some(case) = case else { continue };
            if let Some(vote) = votes.get_mut(case.engineer as usize) {
                let likeness = f64::from(score / best);
                let age = now - case.resolved;
                *vote += likeness * likeness * f64::from(case.quality) * (-age / HALF_LIFE_DAYS).exp2();
            }
        }
        votes
    }

    /// The best scores with the place of their case, the best first.
    fn neighbours(&self, words: &[Count]) -> Vec<(f32, u32)> {
        let mut scores = vec![0.0_f32; self.cases.len()];
        for (worth, word) in self.query(words) {
            for posting in &word.postings {
                let place = posting.case.wrapping_sub(self.gone) as usize;
                if let Some(score) = scores.get_mut(place) {
                    *score += worth * posting.weight;
                }
            }
        }
        let mut best: Vec<(f32, u32)> = Vec::with_capacity(CANDIDATES_MAX);
        let mut floor = 0.0;
        for (place, score) in (0_u32..).zip(scores) {
            if score > floor {
                best.push((score, place));
                if best.len() == CANDIDATES_MAX {
                    floor = cut(&mut best);
                }
            }
        }
        cut(&mut best);
        best.sort_unstable_by(order);
        best
    }

    /// The words worth looking up, with what they are worth.
    fn query(&self, words: &[Count]) -> Vec<(f32, &Word)> {
        let learned = f64::from(self.learned());
        let mut query: Vec<(f32, &Word)> = words
            .iter()
            .filter_map(|(key, count)| {
                let word = self.words.get(bucket(*key, WORD_BITS) as usize)?;
                let frequency = f64::from(word.frequency);
                let rarity = (1.0 + (learned - frequency + 0.5) / (frequency + 0.5)).ln() as f32;
                Some((rarity * count * (K1 + 1.0) / (count + K1), word))
            })
            .filter(|(_, word)| word.frequency > 0)
            .collect();
        // A stable sort: words of equal worth stay in the order of their keys.
        query.sort_by(|one, other| other.0.total_cmp(&one.0));
        query.truncate(QUERY_WORDS_MAX);
        query
    }
}

/// Best score first; of equal ones the later case.
fn order(one: &(f32, u32), other: &(f32, u32)) -> std::cmp::Ordering {
    other.0.total_cmp(&one.0).then(other.1.cmp(&one.1))
}

/// Leaves the best [`NEIGHBOURS`] and says what a further one must exceed, or nearly so.
fn cut(best: &mut Vec<(f32, u32)>) -> f32 {
    if best.len() <= NEIGHBOURS {
        return 0.0;
    }
    let (_, last, _) = best.select_nth_unstable_by(NEIGHBOURS - 1, order);
    // The next float below, so that a later case of equal score still comes in.
    let floor = last.0.next_down();
    best.truncate(NEIGHBOURS);
    floor
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(keys: &[u64]) -> Vec<Count> {
        keys.iter().map(|key| (*key, 1.0)).collect()
    }

    #[test]
    fn who_shares_rare_words_is_near_and_age_fades() {
        let mut nearest = Nearest::new();
        nearest.learn(0, 1.0, 0.0, &words(&[1, 2]));
        nearest.learn(1, 1.0, 180.0, &words(&[1, 3]));
        let votes = nearest.votes(&words(&[2]), 180.0, 2);
        assert_eq!(votes, [0.25, 0.0]);
        let votes = nearest.votes(&words(&[1]), 181.0, 2);
        assert!(votes[1] > votes[0] * 3.9 && votes[0] > 0.0, "{votes:?}");
        assert_eq!(nearest.votes(&words(&[3]), 180.0, 2), [0.0, 0.0], "not yet resolved");
        assert_eq!(nearest.votes(&words(&[77]), 360.0, 2), [0.0, 0.0]);
    }

    #[test]
    fn postings_and_neighbours_are_bounded() {
        let mut nearest = Nearest::new();
        for case in 0..3_000 {
            nearest.learn(case % 7, 1.0, case as f64, &words(&[5]));
        }
        assert_eq!(nearest.words[5].postings.len(), POSTINGS_MAX);
        let neighbours = nearest.neighbours(&words(&[5]));
        assert_eq!(neighbours.len(), NEIGHBOURS);
        let latest: Vec<u32> = (2_880..3_000).rev().collect();
        assert_eq!(neighbours.iter().map(|(_, place)| *place).collect::<Vec<_>>(), latest);
    }

    #[test]
    fn cases_that_have_left_vote_no_more() {
        let mut nearest = Nearest::new();
        nearest.learn(0, 1.0, 0.0, &words(&[1]));
        for _ in 0..CASES_MAX {
            nearest.learn(1, 1.0, 0.0, &[]);
        }
        assert_eq!((nearest.gone, nearest.cases.len()), (1, CASES_MAX));
        assert_eq!(nearest.votes(&words(&[1]), 1.0, 2), [0.0, 0.0]);
    }
}
