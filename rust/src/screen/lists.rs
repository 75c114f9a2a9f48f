//! Tables by a number that is a hash, made once and then only asked: what is asked for lies in one line of the cache.

use std::hint::black_box;
use std::num::NonZeroU32;

/// Values by a number; open addressing, at most two thirds full.
pub struct Flat<V> {
    slots: Vec<Option<(u64, V)>>,
}

impl<V: Copy> Flat<V> {
    /// Takes distinct numbers with their values.
    pub fn new(entries: Vec<(u64, V)>) -> Flat<V> {
        let mut slots = vec![None; (entries.len() * 3 / 2 + 1).next_power_of_two()];
        for (key, value) in entries {
            let mut at = slot(key, slots.len());
            while slots[at].is_some() {
                at = (at + 1) & (slots.len() - 1);
            }
            slots[at] = Some((key, value));
        }
        Flat { slots }
    }

    pub fn get(&self, key: u64) -> Option<V> {
        let mut at = slot(key, self.slots.len());
        loop {
            match self.slots[at] {
                Some((there, value)) if there == key => return Some(value),
                Some(_) => at = (at + 1) & (self.slots.len() - 1),
                None => return None,
            }
        }
    }
}

/// A product in whose highest bits all bits of the number take part.
fn mixed(key: u64) -> u64 {
    (key ^ key >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn slot(key: u64, slots: usize) -> usize {
    (mixed(key) >> 32) as usize & (slots - 1)
}

/// Short lists by a number, with a filter in front: most of what a text asks for is not there.
pub struct Lists<T> {
    filter: Vec<u64>,
    /// First place in `values`, and how many there are.
    places: Flat<(u32, NonZeroU32)>,
    values: Vec<T>,
}

/// Bits of the filter for each number in a table: one in sixteen that is not there passes.
const FILTER_BITS: usize = 16;
/// Numbers that are asked for at once.
const ASKED: usize = 32;

impl<T: Copy> Lists<T> {
    /// Takes entries in any order; `value` is what is kept of each.
    pub fn new<E: Ord>(mut entries: Vec<(u64, E)>, value: impl Fn(&E) -> T) -> Lists<T> {
        entries.sort_unstable();
        entries.dedup();
        let same = entries.chunk_by(|x, y| x.0 == y.0);
        let mut places: Vec<(u64, (u32, NonZeroU32))> = Vec::new();
        let mut from = 0;
        for list in same {
            let length = NonZeroU32::new(list.len() as u32).expect("a chunk is not empty");
            places.push((list[0].0, (from, length)));
            from += list.len() as u32;
        }
        let mut filter = vec![0; (places.len() * FILTER_BITS / 64).next_power_of_two()];
        for (key, _) in &places {
            let (word, bit) = spot(*key, filter.len());
            filter[word] |= bit;
        }
        Lists { filter, places: Flat::new(places), values: entries.iter().map(|e| value(&e.1)).collect() }
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub fn get(&self, key: u64) -> &[T] {
        if self.may_hold(key) { self.held(key) } else { &[] }
    }

    fn may_hold(&self, key: u64) -> bool {
        let (word, bit) = spot(key, self.filter.len());
        self.filter[word] & bit != 0
    }

    /// The same as `get` without a look at the filter, for what is there as a rule.
    pub fn held(&self, key: u64) -> &[T] {
        self.places.get(key).map_or(&[], |place| self.at(place))
    }

    fn at(&self, (from, length): (u32, NonZeroU32)) -> &[T] {
        &self.values[from as usize..][..length.get() as usize]
    }

    /// Hands over the lists of `keys` that have one, in order. Filter, table and values are asked for many at a time: the waits for
    /// memory pass together.
    pub fn each(&self, mut keys: impl Iterator<Item = u64>, mut take: impl FnMut(&[T])) {
        let (mut passed, mut places) = ([0; ASKED], [(0, NonZeroU32::MIN); ASKED]);
        loop {
            let (mut asked, mut count) = (0, 0);
            for key in keys.by_ref().take(ASKED) {
                passed[count] = key;
                count += usize::from(self.may_hold(key));
                asked += 1;
            }
            let mut found = 0;
            for place in passed[..count].iter().filter_map(|&key| self.places.get(key)) {
                places[found] = place;
                found += 1;
            }
            places[..found].iter().for_each(|&(from, _)| {
                black_box(self.values[from as usize]);
            });
            places[..found].iter().for_each(|&place| take(self.at(place)));
            if asked < ASKED {
                return;
            }
        }
    }
}

/// The word and the bit of a number in a filter.
fn spot(key: u64, words: usize) -> (usize, u64) {
    let mixed = mixed(key);
    ((mixed >> 32) as usize & (words - 1), 1 << (mixed >> 26 & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_numbers_at_once_find_what_one_by_one_finds() {
        let entries: Vec<(u64, u64)> = (0..500u64).map(|i| (i % 170 * 7, i)).collect();
        let lists = Lists::new(entries, |&value| value);
        for many in [0, 1, 31, 32, 33, 64, 1_000] {
            let (mut found, mut wanted) = (Vec::new(), Vec::new());
            lists.each(0..many, |list| found.extend_from_slice(list));
            (0..many).for_each(|key| wanted.extend_from_slice(lists.get(key)));
            assert_eq!(found, wanted, "{many}");
            assert_eq!(found.len(), (0..500u64).filter(|i| i % 170 * 7 < many).count(), "{many}");
        }
    }

    #[test]
    fn a_flat_table_holds_what_it_was_made_of_and_nothing_else() {
        for many in [0, 1, 2, 3, 100, 10_000u64] {
            let table = Flat::new((0..many).map(|i| (i * 3, i)).collect());
            for key in 0..many * 3 {
                assert_eq!(table.get(key), (key % 3 == 0).then_some(key / 3));
            }
            assert_eq!(table.get(u64::MAX), None);
        }
    }
}
