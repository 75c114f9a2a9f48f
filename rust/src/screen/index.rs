//! Which records a few words of a text may mean: pairs of name classes, and parts one slip away.
//!
//! 1. A name is found by any two of its parts, in any order: what is between or beside them may be missing.
//! 2. Two parts meet exactly, letter by letter; nearly, when one has the fine class and the other the coarse class, or that of a part
//!    one slip away; or roughly, when both have the coarse class, which is all that two scripts may have in common.
//! 3. A name of one part is found by that part alone.

use super::countries::Countries;
use super::lists::{Flat, Lists};
use super::names::{Names, Numbers};
use crate::compare::frequency::DefaultTable;
use crate::names::{Part, Script, readings};
use crate::register::parts::{Classes, Parts};
use hashbrown::HashSet;
use rapidhash::fast::RandomState;
use rapidhash::v3::rapidhash_v3 as rapidhash;

/// Parts of a name that are paired; a longer name is found by its first ones.
const MOST_PAIRED: usize = 6;
/// Shorter parts are not looked for one slip away: too many other names are.
const LEAST_SLIPPED: usize = 5;

/// One written name of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameAt {
    /// Its number among the distinct names (`Names`); first, so that records of the same name stand together.
    pub name: u32,
    pub record: u32,
    /// How many parts it has: names that are too long for a place are told away without a look at them.
    pub parts: u8,
}

/// The parts of the register, as words of a text are looked up in it.
pub struct PartIndex {
    group: Flat<u32>,
    fine: Flat<u32>,
    forms: Flat<KnownPart>,
    /// Groups by the hash of a form, or of a form without one letter.
    slips: Lists<u32>,
    /// Of those lists the ones of several groups: all that a part of the register can be told by them, in a far smaller table.
    shared_slips: Lists<u32>,
    table: DefaultTable,
    countries: Countries,
}

/// A part of the register.
#[derive(Clone, Copy, Debug)]
pub struct KnownPart {
    pub part: u32,
    pub classes: ClassNumbers,
}

/// The numbers of the classes of a part of the register.
#[derive(Clone, Copy, Debug)]
pub struct ClassNumbers {
    /// Of the coarse class.
    pub group: u32,
    pub fine: u32,
}

fn numbers_of(classes: &Classes, group: &Flat<u32>, fine: &Flat<u32>) -> ClassNumbers {
    let known = "a part of the register";
    ClassNumbers { group: group.get(classes.coarse).expect(known), fine: fine.get(classes.fine).expect(known) }
}

/// Form and script; the same letters out of two scripts are two parts.
fn form_hash(form: &str, script: Script) -> u64 {
    rapidhash(form.as_bytes()) ^ (script as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// From pairs of parts to names, the shortest names first: they are the likeliest to be written whole.
pub struct PairIndex {
    exact: Table,
    near: Table,
    rough: Table,
    single: Table,
}

type Table = Lists<NameAt>;

impl PartIndex {
    pub fn new(parts: &Parts, table: DefaultTable) -> PartIndex {
        let all = 0..parts.len();
        let group = numbered(all.clone().map(|p| parts.classes[p].coarse));
        let fine = numbered(all.clone().map(|p| parts.classes[p].fine));
        let classes: Vec<ClassNumbers> = parts.classes.iter().map(|of| numbers_of(of, &group, &fine)).collect();
        let known = |p: usize| (form_hash(&parts.form[p], parts.script[p]), KnownPart { part: p as u32, classes: classes[p] });
        let forms = Flat::new(all.clone().map(known).collect());
        let mut slips: Vec<(u64, u32)> = all.flat_map(|p| without_a_letter(&parts.form[p]).zip(std::iter::repeat(classes[p].group))).collect();
        slips.sort_unstable();
        slips.dedup();
        let shared = slips.chunk_by(|x, y| x.0 == y.0).filter(|groups| groups.len() > 1).flatten().copied().collect();
        let (slips, shared_slips) = (Lists::new(slips, |&group| group), Lists::new(shared, |&group| group));
        PartIndex { group, fine, forms, slips, shared_slips, table, countries: Countries::read() }
    }

    pub fn group_of(&self, coarse: u64) -> Option<u32> {
        self.group.get(coarse)
    }

    /// The number of a fine class; none where no part of the register has it.
    pub fn fine_of(&self, fine: u64) -> Option<u32> {
        self.fine.get(fine)
    }

    /// A part, if it is one of the register.
    pub fn known(&self, part: &Part) -> Option<KnownPart> {
        self.forms.get(form_hash(&part.form, part.script))
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

    /// The groups of parts of the register that one of them may be a writing of, as `groups`.
    pub fn groups_of_known(&self, form: &str, own: u32, out: &mut [u32]) -> usize {
        groups_in(&self.shared_slips, form, Some(own), out)
    }

    /// The groups of parts of the register that a form may be a writing of, as many as there is room for: its own first; how many.
    pub fn groups(&self, form: &str, own: Option<u32>, out: &mut [u32]) -> usize {
        groups_in(&self.slips, form, own, out)
    }
}

fn groups_in(slips: &Lists<u32>, form: &str, own: Option<u32>, out: &mut [u32]) -> usize {
    let mut count = 0;
    let mut keep = |group: u32| {
        if count < out.len() && !out[..count].contains(&group) {
            out[count] = group;
            count += 1;
        }
    };
    own.into_iter().for_each(&mut keep);
    slips.each(without_a_letter(form), |groups| groups.iter().copied().for_each(&mut keep));
    count
}

/// Numbers distinct classes in the order they come.
fn numbered(classes: impl Iterator<Item = u64>) -> Flat<u32> {
    let mut seen = HashSet::<u64, RandomState>::default();
    let first: Vec<u64> = classes.filter(|&class| seen.insert(class)).collect();
    Flat::new(first.into_iter().zip(0..).collect())
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

/// A name in a list while it is made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    order: u64,
    name: u32,
}

impl Entry {
    fn at(&self) -> NameAt {
        NameAt { name: self.name, record: (self.order >> 16) as u32, parts: (self.order >> 48) as u8 }
    }
}

/// The shortest names first, then as the register has them; of a record the first 65,536.
fn order(parts: usize, record: usize, name: usize) -> u64 {
    (parts as u64) << 48 | (record as u64) << 16 | name as u64 & 0xffff
}

/// Set in the number of a rough pair of a name that is not in Latin letters.
const FOREIGN: u64 = 1 << 63;

impl PairIndex {
    /// Takes the names of a register; of names of one part those that `tells_alone`.
    pub fn new(
        (names, numbers): (&Names, &Numbers),
        records: usize,
        parts: &Parts,
        index: &PartIndex,
        tells_alone: impl Fn(u32) -> bool,
    ) -> PairIndex {
        let classes: Vec<ClassNumbers> = parts.classes.iter().map(|of| numbers_of(of, &index.group, &index.fine)).collect();
        let (mut exact, mut near, mut rough, mut single) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for record in 0..records {
            for (n, &number) in numbers.of(record).iter().enumerate() {
                let name = names.get(number);
                let at = Entry { order: order(name.parts.len(), record, n), name: number };
                if name.parts.len() == 1 && !name.weak && tells_alone(number) {
                    single.push((name.parts[0] as u64, at));
                }
                let first = &name.parts[..name.parts.len().min(MOST_PAIRED)];
                for (i, &x) in first.iter().enumerate() {
                    for &y in &first[..i] {
                        let (cx, cy) = (classes[x as usize], classes[y as usize]);
                        let foreign = if parts.script[x as usize] == Script::Latin { 0 } else { FOREIGN };
                        exact.push((unordered(x, y), at));
                        near.extend([(ordered(cx.fine, cy.group), at), (ordered(cy.fine, cx.group), at)]);
                        rough.push((unordered(cx.group, cy.group) | foreign, at));
                    }
                }
            }
        }
        PairIndex {
            exact: Table::new(exact, Entry::at),
            near: Table::new(near, Entry::at),
            rough: Table::new(rough, Entry::at),
            single: Table::new(single, Entry::at),
        }
    }

    /// Names that hold both parts letter by letter.
    pub fn exact(&self, x: u32, y: u32) -> &[NameAt] {
        self.exact.held(unordered(x, y))
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

/// Names written without blanks (Han, Hangul), found letter by letter.
pub struct WholeNames {
    names: Table,
}

/// Letters of the shortest and the longest name looked for without blanks around it.
pub const WHOLE_LETTERS: std::ops::RangeInclusive<usize> = 2..=5;

impl WholeNames {
    /// Takes names as the register writes them, each with its record's number.
    pub fn new(written: &[(String, u32)], (names, numbers): (&Names, &Numbers), parts: &Parts) -> WholeNames {
        let mut entries = Vec::new();
        for (text, record) in written {
            let Some(letters) = whole(text) else { continue };
            let read = readings(text);
            for &number in numbers.of(*record as usize) {
                let name = names.get(number);
                if !name.weak && read.iter().any(|reading| is_made_of(reading, name.parts, parts)) {
                    entries.push((rapidhash(letters.as_bytes()), NameAt { name: number, record: *record, parts: name.parts.len() as u8 }));
                }
            }
        }
        WholeNames { names: Table::new(entries, |&at| at) }
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
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
    fn a_part_of_the_register_is_told_the_groups_that_its_form_is() {
        let mut parts = Parts::default();
        let forms = ["jazani", "jazari", "zazani", "tuzani", "tuzan", "omar", "amar", "zorvek"];
        for form in forms {
            parts.intern(&Part { form: form.to_string(), script: Script::Latin });
        }
        parts.fold_new();
        let table = DefaultTable { probability: Default::default(), rare_fine: 0.0, rare_coarse: 0.0 };
        let index = PartIndex::new(&parts, table);
        let several = |form: &&str| {
            let own = index.known(&Part { form: form.to_string(), script: Script::Latin }).expect("of the register").classes.group;
            let (mut any, mut known) = ([0; 8], [0; 8]);
            assert_eq!(index.groups(form, Some(own), &mut any), index.groups_of_known(form, own, &mut known));
            assert_eq!(any, known, "{form}");
            index.groups_of_known(form, own, &mut known) > 1
        };
        let found: Vec<&str> = forms.iter().filter(|form| several(form)).copied().collect();
        assert_eq!(found, ["jazani", "jazari", "zazani"]);
    }
}
