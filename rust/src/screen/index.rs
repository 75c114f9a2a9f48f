//! Which records a few words of a text may mean: pairs of name classes, and parts one slip away.
//!
//! 1. A name is found by any two of its parts, in any order: what is between or beside them may be missing.
//! 2. Of two parts one may be a slip away from the register's; its class need not be the register's.
//! 3. A name of one part is found by that part alone.

use super::countries::Countries;
use crate::compare::frequency::DefaultTable;
use crate::names::Part;
use crate::register::{Register, parts::Parts};
use hashbrown::{HashMap, HashSet};
use rapidhash::fast::RandomState;
use rapidhash::v3::rapidhash_v3 as rapidhash;

type Map<K, V> = HashMap<K, V, RandomState>;

/// Parts of a name that are paired; a longer name is found by its first ones.
const MOST_PAIRED: usize = 6;
/// Shorter parts are not looked for one slip away: too many other names are.
const LEAST_SLIPPED: usize = 5;
/// Names under one pair that are weighed; the shortest come first, for they are the likeliest to be written whole.
pub const MOST_NAMES: usize = 96;

/// One written name of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameAt {
    pub record: u32,
    pub name: u16,
}

/// The parts of the register, as words of a text are looked up in it.
pub struct PartIndex {
    group: Map<u64, u32>,
    forms: HashSet<u64, RandomState>,
    /// (hash of a form or of a form without one letter, group), sorted.
    slips: Vec<(u64, u32)>,
    table: DefaultTable,
    countries: Countries,
}

/// From pairs of groups to names.
pub struct PairIndex {
    names: Vec<NameAt>,
    pairs: Map<u64, (u32, u32)>,
    exact: Map<u64, (u32, u32)>,
    exact_names: Vec<NameAt>,
    single: Map<u32, (u32, u32)>,
    single_names: Vec<NameAt>,
}

fn form_hash(part: &Part) -> u64 {
    rapidhash(part.form.as_bytes()) ^ (part.script as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl PartIndex {
    pub fn new(parts: &Parts, table: DefaultTable) -> PartIndex {
        let mut out = PartIndex { group: Map::default(), forms: HashSet::default(), slips: Vec::new(), table, countries: Countries::read() };
        for p in 0..parts.len() {
            let part = Part { form: parts.form[p].to_string(), script: parts.script[p] };
            let next = out.group.len() as u32;
            let group = *out.group.entry(parts.classes[p].coarse).or_insert(next);
            out.forms.insert(form_hash(&part));
            out.slips.extend(without_a_letter(&part.form).map(|h| (h, group)));
        }
        out.slips.sort_unstable();
        out.slips.dedup();
        out.slips.shrink_to_fit();
        out
    }

    pub fn group_of(&self, coarse: u64) -> Option<u32> {
        self.group.get(&coarse).copied()
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

    /// The groups of parts of the register that `part` may be a writing of; its own comes first.
    pub fn groups(&self, part: &Part, most: usize) -> Vec<u32> {
        let coarse = crate::register::parts::classes_of(&part.form).coarse;
        let mut out: Vec<u32> = self.group_of(coarse).into_iter().collect();
        for hash in without_a_letter(&part.form) {
            let from = self.slips.partition_point(|s| s.0 < hash);
            for &(_, group) in self.slips[from..].iter().take_while(|s| s.0 == hash) {
                if out.len() < most && !out.contains(&group) {
                    out.push(group);
                }
            }
        }
        out
    }
}

/// Hashes of a form and of what it is without each of its letters: two forms one slip apart share one of them.
fn without_a_letter(form: &str) -> impl Iterator<Item = u64> {
    let bytes = form.as_bytes();
    let slipped = if bytes.len() >= LEAST_SLIPPED { bytes.len() } else { 0 };
    let whole = (slipped > 0).then(|| rapidhash(bytes));
    whole.into_iter().chain((0..slipped).map(|i| rapidhash(&[&bytes[..i], &bytes[i + 1..]].concat())))
}

pub fn pair_key(x: u32, y: u32) -> u64 {
    (x.min(y) as u64) << 32 | x.max(y) as u64
}

impl PairIndex {
    pub fn new(register: &Register, parts: &Parts, index: &PartIndex) -> PairIndex {
        let groups: Vec<u32> = parts.classes.iter().map(|c| index.group_of(c.coarse).expect("a part of the register")).collect();
        let (mut pairs, mut exact, mut single) = (Vec::new(), Vec::new(), Vec::new());
        for record in 0..register.len() {
            for (n, name) in register.names(record).enumerate().take(u16::MAX as usize) {
                let at = NameAt { record: record as u32, name: n as u16 };
                let length = name.parts.len() as u32;
                if length == 1 && !name.weak {
                    single.push((name.parts[0] as u64, length, at));
                }
                let first = &name.parts[..name.parts.len().min(MOST_PAIRED)];
                for (i, &x) in first.iter().enumerate() {
                    for &y in &first[..i] {
                        pairs.push((pair_key(groups[x as usize], groups[y as usize]), length, at));
                        exact.push((pair_key(x, y), length, at));
                    }
                }
            }
        }
        let (pairs, names) = directory(pairs);
        let (exact, exact_names) = directory(exact);
        let (single, single_names) = directory(single);
        let single = single.into_iter().map(|(k, v)| (k as u32, v)).collect();
        PairIndex { names, pairs, exact, exact_names, single, single_names }
    }

    /// Names that hold both groups, shortest first.
    pub fn of_groups(&self, x: u32, y: u32) -> &[NameAt] {
        range(&self.names, self.pairs.get(&pair_key(x, y)))
    }

    /// Names that hold both parts letter by letter, shortest first.
    pub fn of_parts(&self, x: u32, y: u32) -> &[NameAt] {
        range(&self.exact_names, self.exact.get(&pair_key(x, y)))
    }

    /// Names that are this one part.
    pub fn of_single(&self, part: u32) -> &[NameAt] {
        range(&self.single_names, self.single.get(&part))
    }
}

fn range<'a>(names: &'a [NameAt], at: Option<&(u32, u32)>) -> &'a [NameAt] {
    at.map_or(&[], |&(from, to)| &names[from as usize..to as usize])
}

/// Sorts by key and length, and says where each key begins and ends.
fn directory(mut entries: Vec<(u64, u32, NameAt)>) -> (Map<u64, (u32, u32)>, Vec<NameAt>) {
    entries.sort_unstable();
    entries.dedup();
    let mut where_: Map<u64, (u32, u32)> = Map::default();
    for (i, entry) in entries.iter().enumerate() {
        where_.entry(entry.0).or_insert((i as u32, i as u32)).1 = i as u32 + 1;
    }
    (where_, entries.into_iter().map(|e| e.2).collect())
}
