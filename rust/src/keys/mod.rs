//! Match keys: what the private exchange compares. Same shared evidence, same key.
//!
//! spec/match-keys-v1.md is the law; this module is one implementation of it.

pub mod atoms;
pub mod sets;

use crate::compare::frequency::DefaultTable;
use crate::register::dates::BirthDate;
use crate::register::parse::Row;
pub use atoms::KeyWeights;
use atoms::{DateAtom, NameAtoms};
pub use sets::{Complete, Role};

const KINDS: [Complete; 4] = [Complete::Neither, Complete::Holder, Complete::Asker, Complete::Both];
/// More keys than this make a record an index of its own; the cut is reported as lost recall.
pub const MOST_KEYS: usize = 4096;

/// The match keys of a record, sorted and distinct.
pub fn keys(row: &Row, role: Role, table: &DefaultTable, w: &KeyWeights) -> Vec<String> {
    let atoms = Atoms::of(row, role, table, w);
    let mut out: Vec<String> = atoms.numbers.iter().map(|n| format!("k1;i;{n};;")).collect();
    for name in &atoms.names {
        for date in &atoms.dates {
            for kind in KINDS {
                let need = w.threshold - date.weight - kind.weight(w);
                push(name, need, kind, role, date, None, w, &mut out);
                for place in &atoms.places {
                    push_placed(name, need, kind, role, date, place, w, &mut out);
                }
            }
        }
    }
    out.sort_unstable();
    out.dedup();
    out.truncate(MOST_KEYS);
    out
}

/// Everything a record offers as evidence, for one role.
pub struct Atoms {
    pub names: Vec<NameAtoms>,
    pub dates: Vec<DateAtom>,
    pub places: Vec<DateAtom>,
    pub numbers: Vec<String>,
}

impl Atoms {
    pub fn of(row: &Row, role: Role, table: &DefaultTable, w: &KeyWeights) -> Atoms {
        let dates: Vec<BirthDate> = row.birth_dates.iter().take(12).filter_map(|d| BirthDate::parse(d)).collect();
        let dates = match role {
            Role::Holder => atoms::held_dates(&dates, w),
            Role::Asker => atoms::asked_dates(&dates, w),
        };
        Atoms { names: atoms::names(row, table, w), dates, places: atoms::places(row, w), numbers: atoms::numbers(row) }
    }
}

#[allow(clippy::too_many_arguments)] // one argument for each ingredient of a key
fn push(name: &NameAtoms, need: i32, kind: Complete, role: Role, date: &DateAtom, place: Option<&DateAtom>, w: &KeyWeights, out: &mut Vec<String>) {
    out.extend(sets::sets(name, need, kind, role, w).iter().map(|c| sets::text(name, c, kind, date, place)));
}

/// Keys that need the place to reach the threshold.
#[allow(clippy::too_many_arguments)]
fn push_placed(name: &NameAtoms, need: i32, kind: Complete, role: Role, date: &DateAtom, place: &DateAtom, w: &KeyWeights, out: &mut Vec<String>) {
    let without = sets::sets(name, need, kind, role, w);
    for choice in sets::sets(name, need - place.weight, kind, role, w) {
        if !without.contains(&choice) {
            out.push(sets::text(name, &choice, kind, date, Some(place)));
        }
    }
}

/// The weight of the evidence two records share, in tenths of a bit, by trying everything: the definition that the keys compute.
///
/// None when they share no name part. A shared document number alone reaches the threshold.
pub fn shared_weight(asker: &Atoms, holder: &Atoms, w: &KeyWeights) -> Option<i32> {
    if asker.numbers.iter().any(|n| holder.numbers.contains(n)) {
        return Some(w.threshold);
    }
    let date = asker.dates.iter().flat_map(|x| holder.dates.iter().filter(move |y| y.text == x.text).map(move |y| x.weight.min(y.weight))).max()?;
    let place = asker.places.iter().filter(|x| holder.places.iter().any(|y| y.text == x.text)).map(|x| x.weight).max().unwrap_or(0);
    let best = asker.names.iter().flat_map(|x| holder.names.iter().map(move |y| name_weight(x, y, w))).flatten().max()?;
    Some(best + date + place)
}

/// The heaviest way to take parts of two names together, completeness included.
fn name_weight(x: &NameAtoms, y: &NameAtoms, w: &KeyWeights) -> Option<i32> {
    let (mut total, mut used) = (0, 0);
    for p in x {
        if let Some(q) = y.iter().find(|q| q.coarse == p.coarse) {
            total += if p.fine == q.fine { p.fine_weight } else { p.coarse_weight };
            used += 1;
        }
    }
    let kind = match (used == x.len(), used == y.len()) {
        (true, true) => Complete::Both,
        (true, false) => Complete::Asker,
        (false, true) => Complete::Holder,
        (false, false) => Complete::Neither,
    };
    (used > 0).then(|| total + kind.weight(w) - if used == 1 { w.single } else { 0 })
}

/// What the best pair of names of two records shares, as features that key weights are learned from: bits and number of parts
/// equal in their fine class, bits and number equal in the coarse class only, whole on both sides, on one side, single part,
/// level of the birth dates one by one (day, swapped, two of three, year, conflict), place shared, number shared.
pub const KEY_FEATURES: usize = 14;

pub fn features(asker: &Atoms, holder: &Atoms, w: &KeyWeights) -> Option<[f32; KEY_FEATURES]> {
    let mut f = [0.0; KEY_FEATURES];
    let (x, y) = asker
        .names
        .iter()
        .flat_map(|x| holder.names.iter().map(move |y| (x, y)))
        .filter_map(|(x, y)| name_weight(x, y, w).map(|weight| (weight, x, y)))
        .max_by_key(|(weight, _, _)| *weight)
        .map(|(_, x, y)| (x, y))?;
    for p in x {
        if let Some(q) = y.iter().find(|q| q.coarse == p.coarse) {
            let at = if p.fine == q.fine { 0 } else { 2 };
            f[at] += if at == 0 { p.fine_bits } else { p.coarse_bits };
            f[at + 1] += 1.0;
        }
    }
    let used = (f[1] + f[3]) as usize;
    f[4] = f32::from(used == x.len() && used == y.len());
    f[5] = f32::from((used == x.len()) != (used == y.len()));
    f[6] = f32::from(used == 1);
    let shared = asker.dates.iter().filter(|p| holder.dates.iter().any(|q| q.text == p.text));
    let level = shared.filter_map(|d| match d.text.as_bytes() {
        [b'd', ..] => Some(7),
        [b'x', ..] => Some(8),
        [b'y' | b'm', b'm' | b'd', ..] => Some(9),
        [b'y' | b'f', ..] => Some(10),
        [b'o', ..] => Some(11),
        _ => None,
    });
    if let Some(level) = level.min() {
        f[level] = 1.0;
    }
    f[12] = f32::from(asker.places.iter().any(|p| holder.places.iter().any(|q| q.text == p.text)));
    f[13] = f32::from(asker.numbers.iter().any(|n| holder.numbers.contains(n)));
    Some(f)
}
