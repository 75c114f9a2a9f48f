//! Finding tags in sorted buffers of any size, and key secrets in an index.
//!
//! Tags are uniform, so the place of one is nearly known from its value: a handful of probes, whatever the size. An index that
//! was made to be uneven is searched by halving after those.

use super::derive::{Sealer, seal};
use super::{COUNTERS, Handle, NOTCH_BYTES, RUN, SECRET_BYTES, Secret, TAG_BYTES, row};
use rayon::prelude::*;

const GUESSES: u32 = 12;
const CLOSE: usize = 4;
const FEW: usize = 256;

/// Rows of a fixed width that begin with a tag, sorted by it.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    bytes: &'a [u8],
    width: usize,
}

impl<'a> Rows<'a> {
    pub fn notches(bytes: &'a [u8]) -> Self {
        Rows { bytes, width: NOTCH_BYTES }
    }

    pub fn tags(bytes: &'a [u8]) -> Self {
        Rows { bytes, width: TAG_BYTES }
    }

    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    pub fn len(&self) -> usize {
        self.bytes.len() / self.width
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn tag(&self, row: usize) -> u64 {
        u64::from_be_bytes(*self.bytes[row * self.width..].first_chunk().expect("a row begins with a tag"))
    }

    /// The sealed handle of a row of notches.
    pub fn sealed(&self, row: usize) -> Handle {
        *self.bytes[row * self.width + TAG_BYTES..].first_chunk().expect("a tag is followed by a sealed handle")
    }

    /// Whole rows, tags ascending and distinct.
    pub fn ascending(&self) -> bool {
        self.bytes.len() % self.width == 0 && (1..self.len()).into_par_iter().with_min_len(1 << 16).all(|i| self.tag(i - 1) < self.tag(i))
    }

    /// The row of a tag.
    pub fn find(&self, tag: u64) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        let (mut least, mut most) = (0, u64::MAX);
        let mut guesses = 0;
        while low < high {
            let span = high - low;
            let middle = if guesses < GUESSES && span > CLOSE {
                let part = (tag - least) as f64 / ((most - least) as f64 + 1.0);
                low + ((span as f64 * part) as usize).min(span - 1)
            } else {
                low + span / 2
            };
            guesses += 1;
            let seen = self.tag(middle);
            match seen.cmp(&tag) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => (low, least) = (middle + 1, seen),
                std::cmp::Ordering::Greater => (high, most) = (middle, seen),
            }
        }
        None
    }

    pub fn has(&self, tag: u64) -> bool {
        self.find(tag).is_some()
    }
}

/// An index as a requester holds it: a base, and what deltas changed since.
#[derive(Clone, Copy)]
pub struct Index<'a> {
    pub base: Rows<'a>,
    pub added: Rows<'a>,
    pub removed: Rows<'a>,
}

impl Index<'_> {
    /// The sealed handle under a tag.
    pub fn get(&self, tag: u64) -> Option<Handle> {
        if let Some(row) = self.added.find(tag) {
            return Some(self.added.sealed(row));
        }
        let row = self.base.find(tag)?;
        if self.removed.has(tag) { None } else { Some(self.base.sealed(row)) }
    }

    /// Tags and handles that a key secret opens, run after run, until a run holds nothing.
    pub fn open(&self, secret: &Secret) -> Vec<(u64, Handle)> {
        let mut sealer = Sealer::new(secret);
        let mut out = Vec::new();
        for first in (0..COUNTERS).step_by(RUN as usize) {
            let before = out.len();
            for counter in first..first + RUN {
                let (tag, pad) = sealer.notch(counter);
                out.extend(self.get(tag).map(|sealed| (tag, seal(&sealed, &pad))));
            }
            if out.len() == before {
                break;
            }
        }
        out
    }

    /// What each of many key secrets opens: (position of the secret, tag, handle).
    pub fn open_all(&self, bytes: &[u8]) -> Vec<(u32, u64, Handle)> {
        let one = |at: usize| self.open(row(bytes, at)).into_iter().map(move |(tag, handle)| (at as u32, tag, handle));
        let count = bytes.len() / SECRET_BYTES;
        if count <= FEW { (0..count).flat_map(one).collect() } else { (0..count).into_par_iter().with_min_len(FEW).flat_map_iter(one).collect() }
    }
}

/// Tags of both lists of a delta, sorted and distinct.
pub fn tags_of(added: Rows<'_>, removed: Rows<'_>) -> Vec<u8> {
    let coming = (0..added.len()).map(|at| added.tag(at));
    let mut tags: Vec<u64> = coming.chain((0..removed.len()).map(|at| removed.tag(at))).collect();
    tags.par_sort_unstable();
    tags.dedup();
    tags.into_iter().flat_map(u64::to_be_bytes).collect()
}

/// Positions of the key secrets whose first run has one of these tags (sorted).
pub fn touched(bytes: &[u8], tags: Rows<'_>) -> Vec<u32> {
    let filter = Filter::new(tags);
    (0..bytes.len() / SECRET_BYTES)
        .into_par_iter()
        .with_min_len(FEW)
        .filter(|&at| {
            let mut sealer = Sealer::new(row(bytes, at));
            (0..RUN).any(|counter| {
                let tag = sealer.tag(counter);
                filter.may_have(tag) && tags.has(tag)
            })
        })
        .map(|at| at as u32)
        .collect()
}

/// One bit for each range of tags, about sixteen bits a tag: nearly every tag that is absent is told so without a search.
struct Filter {
    bits: Vec<u64>,
    shift: u32,
}

impl Filter {
    fn new(tags: Rows<'_>) -> Self {
        let log = (tags.len().max(4) * 16).ilog2();
        let mut made = Filter { bits: vec![0; 1 << (log - 6)], shift: 64 - log };
        for row in 0..tags.len() {
            let bit = tags.tag(row) >> made.shift;
            made.bits[(bit >> 6) as usize] |= 1 << (bit & 63);
        }
        made
    }

    fn may_have(&self, tag: u64) -> bool {
        let bit = tag >> self.shift;
        self.bits[(bit >> 6) as usize] >> (bit & 63) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(tags: &[u64]) -> Vec<u8> {
        tags.iter().flat_map(|t| t.to_be_bytes()).collect()
    }

    #[test]
    fn finds_what_is_there_and_nothing_else() {
        let even: Vec<u64> = (0..5000u64).map(|i| i * (u64::MAX / 5000)).collect();
        let uneven: Vec<u64> = (0..64).map(|i| 1u64 << i).chain([u64::MAX]).collect();
        let crowd: Vec<u64> = (0..3000).chain([u64::MAX - 1, u64::MAX]).collect();
        for tags in [vec![], vec![0], vec![u64::MAX], even, uneven, crowd] {
            let bytes = rows(&tags);
            let sorted = Rows::tags(&bytes);
            assert!(sorted.ascending());
            for (row, &tag) in tags.iter().enumerate() {
                assert_eq!(sorted.find(tag), Some(row));
                for near in [tag.wrapping_sub(1), tag.wrapping_add(1)] {
                    assert_eq!(sorted.has(near), tags.binary_search(&near).is_ok());
                }
            }
        }
        assert!(!Rows::tags(&rows(&[5, 5])).ascending());
        assert!(!Rows::tags(&rows(&[6, 5])).ascending());
        assert!(!Rows::tags(&[0; 7]).ascending());
    }
}
