//! Match keys: what the private exchange compares. Same shared evidence, same key.
//!
//! spec/match-keys-v1.md is the law; this module is one implementation of it.

pub mod atoms;
pub mod sets;
pub mod shared;
pub mod trial;

use crate::compare::frequency::DefaultTable;
use crate::register::dates::BirthDate;
use crate::register::parse::Row;
pub use atoms::KeyWeights;
use atoms::{DateAtom, NameAtoms};
use sets::{Choice, Want};
pub use sets::{Complete, Role};
pub use shared::shared_weight;

const KINDS: [Complete; 3] = [Complete::Neither, Complete::Holder, Complete::Both];
/// More keys than this make a record an index of its own; the cut is counted as lost recall.
pub const MOST_KEYS: usize = 4096;

/// A match key and what the evidence in it weighs, in tenths of a bit.
pub type Key = (String, i32);

/// The match keys of a record.
pub struct Keys {
    /// Sorted and distinct.
    pub keys: Vec<Key>,
    /// How many were cut off at the end.
    pub cut: usize,
}

impl Keys {
    pub fn of(row: &Row, role: Role, table: &DefaultTable, w: &KeyWeights) -> Keys {
        let atoms = Atoms::of(row, role, table, w);
        let mut keys = number_keys(&atoms, w);
        for name in &atoms.names {
            push_name(name, &atoms.dates, role, w, &mut keys);
        }
        keys.sort_unstable();
        keys.dedup();
        let cut = keys.len().saturating_sub(MOST_KEYS);
        keys.truncate(MOST_KEYS);
        Keys { keys, cut }
    }
}

/// A number reaches the threshold together with any one name part.
fn number_keys(atoms: &Atoms, w: &KeyWeights) -> Vec<Key> {
    let classes = || atoms.names.iter().flatten().map(|part| &part.coarse);
    atoms.numbers.iter().flat_map(|n| classes().map(move |class| (format!("k1;i;{class};{n}"), w.threshold))).collect()
}

fn push_name(name: &NameAtoms, dates: &[DateAtom], role: Role, w: &KeyWeights, out: &mut Vec<Key>) {
    let mut known: Vec<(Want, Vec<Choice>)> = Vec::new(); // many dates ask for the same
    for date in dates {
        for kind in KINDS {
            let Some(want) = Want::new(kind, role, date, w) else { continue };
            if !known.iter().any(|(asked, _)| *asked == want) {
                known.push((want, want.sets(name, w)));
            }
            let found = known.iter().find(|(asked, _)| *asked == want).map_or(&[][..], |(_, sets)| sets);
            let beside = date.weight + kind.weight(w);
            out.extend(found.iter().map(|c| (sets::text(name, c, kind, date), sets::weight(name, c, w) + beside)));
        }
    }
}

/// Everything a record offers as evidence, for one role.
pub struct Atoms {
    pub names: Vec<NameAtoms>,
    pub dates: Vec<DateAtom>,
    pub numbers: Vec<String>,
}

impl Atoms {
    pub fn of(row: &Row, role: Role, table: &DefaultTable, w: &KeyWeights) -> Atoms {
        let dates: Vec<BirthDate> = row.birth_dates.iter().take(12).filter_map(|d| BirthDate::parse(d)).collect();
        let dates = match role {
            Role::Holder => atoms::held_dates(&dates, w),
            Role::Asker => atoms::asked_dates(&dates, w),
        };
        Atoms { names: atoms::names(row, table, w), dates, numbers: atoms::numbers(row) }
    }
}
