//! The letters of a part without their order, and the least that writing one part as another costs by them alone.
//!
//! Most parts have nothing to do with each other: their letters say so before they are read one by one.

use super::channel::ROUNDING;

/// a to z, and one for everything else.
pub const LETTERS: usize = 27;
/// Longest part that is looked at; the rest is ignored.
pub const MAX_LEN: usize = 24;

pub fn letter(byte: u8) -> usize {
    if byte.is_ascii_lowercase() { (byte - b'a') as usize } else { LETTERS - 1 }
}

/// The letters of a part: those it has, and those it has at least twice, one bit each, and how many it is long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Letters {
    once: u32,
    twice: u32,
    count: u8,
}

impl Letters {
    pub fn of(part: &[u8]) -> Letters {
        let none = Letters { once: 0, twice: 0, count: 0 };
        part.iter().take(MAX_LEN).fold(none, |all, &b| all.with(Letters { once: 1 << letter(b), twice: 0, count: 1 }))
    }

    /// The letters of two parts written together.
    pub fn with(self, other: Letters) -> Letters {
        Letters { once: self.once | other.once, twice: self.twice | other.twice | self.once & other.once, count: self.count + other.count }
    }

    pub fn once(self) -> u32 {
        self.once
    }
}

/// The cheapest way to account for a letter that only one of two parts has, whatever the order of the letters.
///
/// Each such letter takes an edit of its own: it is put in (or left out), or it stands for a letter of the other part. Exchanged
/// neighbours are letters of both.
#[derive(Clone)]
pub struct Bounds {
    /// For each letter and each set of seven letters of the other part, the cheapest to stand for; the last alone for none.
    of: Box<[[[f32; SET]; SETS]; LETTERS]>,
    /// The least that each letter by which the other part is longer costs besides.
    longer: f32,
}

const SET_BITS: usize = 7;
const SET: usize = 1 << SET_BITS;
const SETS: usize = LETTERS.div_ceil(SET_BITS);

impl Bounds {
    /// `cost(letter, other)` is that of a letter standing for another, with `LETTERS` for none.
    pub fn new(cost: impl Fn(usize, usize) -> f32, longer: f32) -> Bounds {
        let of = |letter: usize, set: usize, members: usize| {
            let others = (0..SET_BITS).filter(|bit| members >> bit & 1 == 1).map(|bit| set * SET_BITS + bit);
            let others = others.filter(|&other| other < LETTERS && other != letter);
            others.map(|other| cost(letter, other)).fold(cost(letter, LETTERS), f32::min)
        };
        let mut all = Box::new([[[0.0; SET]; SETS]; LETTERS]);
        for (letter, sets) in all.iter_mut().enumerate() {
            for (set, costs) in sets.iter_mut().enumerate() {
                costs.iter_mut().enumerate().for_each(|(members, least)| *least = of(letter, set, members));
            }
        }
        Bounds { of: all, longer }
    }

    /// Whether the letters that `part` has and `other` has not cost `limit` or more, surely: sums of costs in another order differ.
    pub fn reach(&self, part: Letters, other: Letters, limit: f32) -> bool {
        let limit = limit + ROUNDING;
        let mut total = self.longer * f32::from(other.count.saturating_sub(part.count));
        for mut letters in [part.once & !other.once, part.twice & !other.twice] {
            while letters != 0 && total < limit {
                total += self.least(letters.trailing_zeros() as usize, other.once);
                letters &= letters - 1;
            }
        }
        total >= limit
    }

    fn least(&self, letter: usize, others: u32) -> f32 {
        let sets = &self.of[letter];
        let in_set = |set: usize| sets[set][(others >> (set * SET_BITS)) as usize & (SET - 1)];
        (1..SETS).fold(in_set(0), |least, set| if in_set(set) < least { in_set(set) } else { least })
    }
}
