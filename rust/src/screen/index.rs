//! Which records a few words of a text may mean: pairs of name classes, and parts one slip away.
//!
//! 1. A name is found by any two of its parts, in any order: what is between or beside them may be missing.
//! 2. Two parts meet exactly, letter by letter; nearly, when one has the fine class and the other the coarse class, or that of a part
//!    one slip away; or roughly, when both have the coarse class, which is all that two scripts may have in common.
//! 3. A name of one part is found by that part alone.

use super::countries::Countries;
use crate::compare::frequency::DefaultTable;
use crate::names::{Part, Script, readings};
use crate::register::{Register, parts::Parts};
use hashbrown::{HashMap, HashSet};
use rapidhash::fast::RandomState;
use rapidhash::v3::rapidhash_v3 as rapidhash;

type Map<K, V> = HashMap<K, V, RandomState>;

/// Parts of a name that are paired; a longer name is found by its first ones.
const MOST_PAIRED: usize = 6;
/// Shorter parts are not looked for one slip away: too many other names are.
const LEAST_SLIPPED: usize = 5;

/// One written name of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameAt {
    pub record: u32,
    pub name: u16,
    /// How many parts it has: names that are too long for a place are told away without a look at the register.
    pub parts: u8,
}

/// The parts of the register, as words of a text are looked up in it.
pub struct PartIndex {
    group: Map<u64, u32>,
    fine: Map<u64, u32>,
    forms: HashSet<u64, RandomState>,
    /// Groups by the hash of a form, or of a form without one letter.
    slips: Lists<u32>,
    table: DefaultTable,
    countries: Countries,
}

/// From pairs of parts to names, the shortest names first: they are the likeliest to be written whole.
pub struct PairIndex {
    exact: Table,
    near: Table,
    rough: Table,
    single: Table,
}

type Table = Lists<NameAt>;

/// Short lists by a number, with a filter in front: most of what a text asks for is not there.
struct Lists<T> {
    filter: Vec<u64>,
    places: Map<u64, (u32, u32)>,
    values: Vec<T>,
}

fn form_hash(part: &Part) -> u64 {
    rapidhash(part.form.as_bytes()) ^ (part.script as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl PartIndex {
    pub fn new(parts: &Parts, table: DefaultTable) -> PartIndex {
        let mut slips = Vec::new();
        let mut out = PartIndex {
            group: Map::default(),
            fine: Map::default(),
            forms: HashSet::default(),
            slips: Lists::new(Vec::new(), |&group: &u32| group),
            table,
            countries: Countries::read(),
        };
        for p in 0..parts.len() {
            let part = Part { form: parts.form[p].to_string(), script: parts.script[p] };
            let next = out.group.len() as u32;
            let group = *out.group.entry(parts.classes[p].coarse).or_insert(next);
            let next = out.fine.len() as u32;
            out.fine.entry(parts.classes[p].fine).or_insert(next);
            out.forms.insert(form_hash(&part));
            slips.extend(without_a_letter(&part.form).map(|h| (h, group)));
        }
        out.slips = Lists::new(slips, |&group| group);
        out
    }

    pub fn group_of(&self, coarse: u64) -> Option<u32> {
        self.group.get(&coarse).copied()
    }

    /// The number of a fine class; none where no part of the register has it.
    pub fn fine_of(&self, fine: u64) -> Option<u32> {
        self.fine.get(&fine).copied()
    }

    pub fn has_form(&self, part: &Part) -> bool {
        self.forms.contains(&form_hash(part))
    }

    /// Whether a fine class is in the shipped table of name parts.
    pub fn is_usual(&self, fine: u64) -> bool {
        self.table.probability.contains_key(&fine)
    }

    pub fn country(&self, form: &str) -> u16 {
        self.countries.of(form)
    }

    pub fn countries(&self) -> &Countries {
        &self.countries
    }

    /// The groups of parts of the register that `part` may be a writing of; its own, of the coarse class, comes first.
    pub fn groups(&self, part: &Part, coarse: u64, most: usize) -> Vec<u32> {
        let mut out: Vec<u32> = self.group_of(coarse).into_iter().collect();
        self.slips.each(without_a_letter(&part.form), |groups| {
            for &group in groups {
                if out.len() < most && !out.contains(&group) {
                    out.push(group);
                }
            }
        });
        out
    }
}

/// Hashes of a form and of what it is without each of its letters: two forms one slip apart share one of them.
///
/// A polynomial in the letters: leaving one out takes what is before it and what is behind it, and reads no letter twice.
fn without_a_letter(form: &str) -> impl Iterator<Item = u64> {
    let bytes = if form.len() >= LEAST_SLIPPED { form.as_bytes() } else { &[] };
    let whole = bytes.iter().fold(0, |hash: u64, &b| step(hash, b));
    // Of what is before the letter at hand, and the power of the base by which it goes before the rest.
    let (mut before, mut power) = (0u64, bytes.iter().skip(1).fold(1u64, |power, _| power.wrapping_mul(BASE)));
    let without = bytes.iter().map(move |&b| {
        let with = step(before, b);
        let hash = whole.wrapping_sub(with.wrapping_sub(before).wrapping_mul(power));
        (before, power) = (with, power.wrapping_mul(BASE_INVERSE));
        hash
    });
    (!bytes.is_empty()).then_some(whole).into_iter().chain(without)
}

const BASE: u64 = 0x9E37_79B9_7F4A_7C15;
/// BASE * BASE_INVERSE = 1 modulo 2^64.
const BASE_INVERSE: u64 = inverse(BASE);

/// Newton's iteration: each step doubles the bits that are right.
const fn inverse(odd: u64) -> u64 {
    let (mut x, mut step) = (odd, 0);
    while step < 5 {
        x = x.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(x)));
        step += 1;
    }
    x
}

fn step(hash: u64, letter: u8) -> u64 {
    hash.wrapping_mul(BASE).wrapping_add(letter as u64 + 1)
}

fn unordered(x: u32, y: u32) -> u64 {
    ordered(x.min(y), x.max(y))
}

fn ordered(x: u32, y: u32) -> u64 {
    (x as u64) << 32 | y as u64
}

/// Set in the number of a rough pair of a name that is not in Latin letters.
const FOREIGN: u64 = 1 << 63;

impl PairIndex {
    pub fn new(register: &Register, parts: &Parts, index: &PartIndex) -> PairIndex {
        let known = "a part of the register";
        let groups: Vec<u32> = parts.classes.iter().map(|c| index.group_of(c.coarse).expect(known)).collect();
        let fines: Vec<u32> = parts.classes.iter().map(|c| index.fine_of(c.fine).expect(known)).collect();
        let (mut exact, mut near, mut rough, mut single) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for record in 0..register.len() {
            for (n, name) in register.names(record).enumerate().take(u16::MAX as usize) {
                let at = (name.parts.len() as u32, NameAt { record: record as u32, name: n as u16, parts: name.parts.len() as u8 });
                if name.parts.len() == 1 && !name.weak {
                    single.push((name.parts[0] as u64, at));
                }
                let first = &name.parts[..name.parts.len().min(MOST_PAIRED)];
                for (i, &x) in first.iter().enumerate() {
                    for &y in &first[..i] {
                        let (gx, gy, fx, fy) = (groups[x as usize], groups[y as usize], fines[x as usize], fines[y as usize]);
                        let foreign = if parts.script[x as usize] == Script::Latin { 0 } else { FOREIGN };
                        exact.push((unordered(x, y), at));
                        near.extend([(ordered(fx, gy), at), (ordered(fy, gx), at)]);
                        rough.push((unordered(gx, gy) | foreign, at));
                    }
                }
            }
        }
        let by_length = |entry: &(u32, NameAt)| entry.1;
        PairIndex {
            exact: Table::new(exact, by_length),
            near: Table::new(near, by_length),
            rough: Table::new(rough, by_length),
            single: Table::new(single, by_length),
        }
    }

    /// Names that hold both parts letter by letter.
    pub fn exact(&self, x: u32, y: u32) -> &[NameAt] {
        self.exact.get(unordered(x, y))
    }

    /// Names that hold a part of this fine class and one of this group.
    pub fn near(&self, fine: u32, group: u32) -> &[NameAt] {
        self.near.get(ordered(fine, group))
    }

    /// Names in Latin letters, or in others, that hold both groups.
    pub fn rough(&self, x: u32, y: u32, foreign: bool) -> &[NameAt] {
        self.rough.get(unordered(x, y) | if foreign { FOREIGN } else { 0 })
    }

    /// Names that are this one part.
    pub fn single(&self, part: u32) -> &[NameAt] {
        self.single.get(part as u64)
    }
}

/// Bits of the filter for each number in a table: one in sixteen that is not there passes.
const FILTER_BITS: usize = 16;
/// Numbers that the filter is asked for at once.
const ASKED: usize = 32;

impl<T> Lists<T> {
    /// Takes entries in any order; `value` is what is kept of each.
    fn new<E: Ord>(mut entries: Vec<(u64, E)>, value: impl Fn(&E) -> T) -> Lists<T> {
        entries.sort_unstable();
        entries.dedup();
        let mut places: Map<u64, (u32, u32)> = Map::default();
        for (i, entry) in entries.iter().enumerate() {
            places.entry(entry.0).or_insert((i as u32, i as u32)).1 = i as u32 + 1;
        }
        let mut filter = vec![0; (places.len() * FILTER_BITS / 64).next_power_of_two()];
        for key in places.keys() {
            let (word, bit) = spot(*key, filter.len());
            filter[word] |= bit;
        }
        Lists { filter, places, values: entries.iter().map(|e| value(&e.1)).collect() }
    }

    fn get(&self, key: u64) -> &[T] {
        if self.may_hold(key) { self.held(key) } else { &[] }
    }

    fn may_hold(&self, key: u64) -> bool {
        let (word, bit) = spot(key, self.filter.len());
        self.filter[word] & bit != 0
    }

    fn held(&self, key: u64) -> &[T] {
        self.places.get(&key).map_or(&[], |&(from, to)| &self.values[from as usize..to as usize])
    }

    /// Hands over the lists of `keys` that have one, in order. The filter is asked for many without a branch between them: the waits
    /// for memory pass together.
    fn each(&self, mut keys: impl Iterator<Item = u64>, mut take: impl FnMut(&[T])) {
        let mut passed = [0; ASKED];
        loop {
            let (mut asked, mut count) = (0, 0);
            for key in keys.by_ref().take(ASKED) {
                passed[count] = key;
                count += usize::from(self.may_hold(key));
                asked += 1;
            }
            passed[..count].iter().for_each(|&key| take(self.held(key)));
            if asked < ASKED {
                return;
            }
        }
    }
}

fn spot(key: u64, words: usize) -> (usize, u64) {
    let mixed = (key ^ key >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((mixed >> 32) as usize & (words - 1), 1 << (mixed >> 26 & 63))
}

/// Names written without blanks (Han, Hangul), found letter by letter.
pub struct WholeNames {
    names: Table,
}

/// Letters of the shortest and the longest name looked for without blanks around it.
pub const WHOLE_LETTERS: std::ops::RangeInclusive<usize> = 2..=5;

impl WholeNames {
    /// Takes names as the register writes them, each with its record's number.
    pub fn new(written: &[(String, u32)], register: &Register, parts: &Parts) -> WholeNames {
        let mut entries = Vec::new();
        for (text, record) in written {
            let Some(letters) = whole(text) else { continue };
            let read = readings(text);
            for (n, name) in register.names(*record as usize).enumerate().take(u16::MAX as usize).filter(|(_, name)| !name.weak) {
                if read.iter().any(|reading| is_made_of(reading, name.parts, parts)) {
                    entries.push((rapidhash(letters.as_bytes()), NameAt { record: *record, name: n as u16, parts: name.parts.len() as u8 }));
                }
            }
        }
        WholeNames { names: Table::new(entries, |&at| at) }
    }

    pub fn is_empty(&self) -> bool {
        self.names.values.is_empty()
    }

    pub fn of(&self, text: &str) -> &[NameAt] {
        self.names.get(rapidhash(text.as_bytes()))
    }
}

fn is_made_of(reading: &[Part], numbers: &[u32], parts: &Parts) -> bool {
    let same = |(x, &p): (&Part, &u32)| *x.form == *parts.form[p as usize] && x.script == parts.script[p as usize];
    reading.len() == numbers.len() && reading.iter().zip(numbers).all(same)
}

/// A name as it is written without blanks, if all of it is in Han or Hangul.
pub fn whole(written: &str) -> Option<String> {
    let letters: String = written.chars().filter(|c| !c.is_whitespace()).collect();
    let fits = WHOLE_LETTERS.contains(&letters.chars().count()) && letters.chars().all(|c| Script::of(c).is_unspaced());
    fits.then_some(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_without_a_letter_has_the_hash_of_the_shorter_form() {
        let plain = |form: &str| form.bytes().fold(0, step);
        let hashes: Vec<u64> = without_a_letter("jazani").collect();
        let shorter = ["jazani", "azani", "jzani", "jaani", "jazni", "jazai", "jazan"];
        assert_eq!(hashes, shorter.map(plain));
        assert_eq!(without_a_letter("omar").count(), 0);
    }

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
}
