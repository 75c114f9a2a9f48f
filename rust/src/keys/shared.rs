//! What the evidence of two records weighs, by trying everything: the definition that match keys compute.
//!
//! spec/match-keys-v1.md, section 7.

use super::atoms::{Along, DateAtom, KeyWeights, NameAtoms, PartAtoms};
use super::{Atoms, Complete};
use std::collections::BTreeMap;

/// The weight of the evidence two records share, in tenths of a bit.
///
/// None when they share nothing of a name. A shared number and a shared coarse class reach the threshold.
pub fn shared_weight(asker: &Atoms, holder: &Atoms, w: &KeyWeights) -> Option<i32> {
    let best = best(asker, holder, w).map(|found| found.weight);
    if shares_number(asker, holder) && shares_class(asker, holder) { best.max(Some(w.threshold)) } else { best }
}

fn shares_number(asker: &Atoms, holder: &Atoms) -> bool {
    asker.numbers.iter().any(|n| holder.numbers.contains(n))
}

fn shares_class(asker: &Atoms, holder: &Atoms) -> bool {
    let theirs = || holder.names.iter().flatten();
    asker.names.iter().flatten().any(|p| theirs().any(|q| q.coarse == p.coarse))
}

/// The heaviest set of evidence that two records have in common.
struct Shared<'a> {
    weight: i32,
    asker: &'a NameAtoms,
    holder: &'a NameAtoms,
    rough: usize,
    date: &'a DateAtom,
}

fn best<'a>(asker: &'a Atoms, holder: &'a Atoms, w: &KeyWeights) -> Option<Shared<'a>> {
    let dates = shared_dates(asker, holder);
    let pairs = asker.names.iter().flat_map(|x| holder.names.iter().map(move |y| (x, y)));
    pairs.flat_map(|(x, y)| dates.iter().filter_map(move |(date, along)| along_with(x, y, date, *along, w))).max_by_key(|found| found.weight)
}

/// Date atoms of both, each good for what both sides of it are good for.
fn shared_dates<'a>(asker: &'a Atoms, holder: &Atoms) -> Vec<(&'a DateAtom, Along)> {
    let same = |x: &DateAtom| holder.dates.iter().find(|y| y.text == x.text).map(|y| y.along.min(x.along));
    asker.dates.iter().filter_map(|x| same(x).map(|along| (x, along))).collect()
}

/// The heaviest way to take parts of two names together, along with a date.
///
/// Parts that share a coarse class are taken in any case. How many more are taken in their rough class is tried: none of them
/// weighs anything much, but with all of them a name may be whole.
fn along_with<'a>(x: &'a NameAtoms, y: &'a NameAtoms, date: &'a DateAtom, along: Along, w: &KeyWeights) -> Option<Shared<'a>> {
    let pairs = shared_parts(x, y);
    let total: i32 = pairs.iter().map(|(p, q)| if p.fine == q.fine { p.fine_weight } else { p.coarse_weight }).sum();
    let most_rough = if along == Along::RoughParts { rough_parts(x, y) } else { 0 };
    let weighed = (0..=most_rough).filter_map(|rough| {
        let kind = complete(pairs.len() + rough, x, y)?;
        let single = if pairs.len() + rough == 1 { w.single } else { 0 };
        let allowed = along != Along::WholeNames || kind == Complete::Both;
        allowed.then(|| (total + w.rough * rough as i32 - single + kind.weight(w) + date.weight, rough))
    });
    weighed.max().map(|(weight, rough)| Shared { weight, asker: x, holder: y, rough, date })
}

/// Parts with one coarse class.
fn shared_parts<'a>(x: &'a NameAtoms, y: &'a NameAtoms) -> Vec<(&'a PartAtoms, &'a PartAtoms)> {
    x.iter().filter_map(|p| y.iter().find(|q| q.coarse == p.coarse).map(|q| (p, q))).collect()
}

/// How many of the other parts can be paired by their rough class.
fn rough_parts(x: &NameAtoms, y: &NameAtoms) -> usize {
    let (left, right) = (rough_counts(x, y), rough_counts(y, x));
    left.iter().map(|(class, n)| right.get(class).map_or(0, |m| *n.min(m))).sum()
}

fn rough_counts<'a>(name: &'a NameAtoms, other: &NameAtoms) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for part in name.iter().filter(|p| !other.iter().any(|q| q.coarse == p.coarse)) {
        *counts.entry(part.rough.as_str()).or_insert(0) += 1;
    }
    counts
}

fn complete(used: usize, asker: &NameAtoms, holder: &NameAtoms) -> Option<Complete> {
    match (used, used == asker.len(), used == holder.len()) {
        (0, _, _) => None,
        (_, true, true) => Some(Complete::Both),
        (_, _, true) => Some(Complete::Holder),
        _ => Some(Complete::Neither),
    }
}

/// What the heaviest shared evidence of two records is, as features that key weights are learned from: bits and number of parts
/// equal in their fine class, bits and number equal in the coarse class only, parts in the rough class, whole on both sides, on
/// the holder's, single part, level of the birth dates one by one (day, swapped, two of three, year, conflict).
pub const KEY_FEATURES: usize = 13;

/// None where a number decides, or nothing is shared.
pub fn features(asker: &Atoms, holder: &Atoms, w: &KeyWeights) -> Option<[f32; KEY_FEATURES]> {
    if shares_number(asker, holder) {
        return None;
    }
    let found = best(asker, holder, w)?;
    let mut f = [0.0; KEY_FEATURES];
    for (p, q) in shared_parts(found.asker, found.holder) {
        let at = if p.fine == q.fine { 0 } else { 2 };
        f[at] += if at == 0 { p.fine_bits } else { p.coarse_bits };
        f[at + 1] += 1.0;
    }
    f[4] = found.rough as f32;
    let used = (f[1] + f[3] + f[4]) as usize;
    let kind = complete(used, found.asker, found.holder);
    f[5] = f32::from(kind == Some(Complete::Both));
    f[6] = f32::from(kind == Some(Complete::Holder));
    f[7] = f32::from(used == 1);
    let level = match found.date.text.as_bytes() {
        [b'd', ..] => Some(8),
        [b'x', ..] => Some(9),
        [b'y' | b'm', b'm' | b'd', ..] => Some(10),
        [b'y' | b'f', ..] => Some(11),
        [b'o', ..] => Some(12),
        _ => None,
    };
    if let Some(level) = level {
        f[level] = 1.0;
    }
    Some(f)
}
