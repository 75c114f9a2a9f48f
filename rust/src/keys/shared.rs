//! What the evidence of two records weighs, by trying everything: the definition that match keys compute.
//!
//! What two records have in common does not depend on the weights; it is read once, and weighed under any.
//! spec/match-keys-v1.md, section 7.

use super::atoms::{Along, DateAtom, KeyWeights, Level, NameAtoms, PartAtoms};
use super::{Atoms, Complete};
use std::collections::BTreeMap;

/// The weight of the evidence two records share, in tenths of a bit.
///
/// None when they share nothing of a name. A shared number and a shared coarse class reach the threshold.
pub fn shared_weight(asker: &Atoms, holder: &Atoms, w: &KeyWeights) -> Option<i32> {
    Common::of(asker, holder).weight(w)
}

/// One way to take parts of two names together.
#[derive(PartialEq)]
struct Way {
    /// Bits of the coarse class, and of the fine one where it is shared too.
    parts: Vec<(f32, Option<f32>)>,
    /// How many parts more can be paired by their rough class.
    rough: usize,
    asker_parts: usize,
    holder_parts: usize,
}

/// Everything two records have in common.
pub struct Common {
    ways: Vec<Way>,
    dates: Vec<(Level, Along)>,
    number: bool,
}

impl Common {
    pub fn of(asker: &Atoms, holder: &Atoms) -> Common {
        let mut ways = Vec::new();
        for x in &asker.names {
            for y in &holder.names {
                let way = Way::of(x, y);
                if (way.rough > 0 || !way.parts.is_empty()) && !ways.contains(&way) {
                    ways.push(way);
                }
            }
        }
        let mut dates = shared_dates(asker, holder);
        dates.sort_unstable();
        dates.dedup();
        Common { ways, dates, number: shares_number(asker, holder) && shares_class(asker, holder) }
    }

    /// The weight of all that is shared, in tenths of a bit; None when nothing of a name is.
    pub fn weight(&self, w: &KeyWeights) -> Option<i32> {
        let best = self.ways.iter().filter_map(|way| way.weight(&self.dates, w)).max();
        if self.number { best.max(Some(w.threshold)) } else { best }
    }
}

/// Parts that share a coarse class are taken in any case. How many more are taken in their rough class is tried: none of them
/// weighs anything much, but with all of them a name may be whole.
impl Way {
    fn of(x: &NameAtoms, y: &NameAtoms) -> Way {
        let mut parts: Vec<(f32, Option<f32>)> =
            shared_parts(x, y).iter().map(|(p, q)| (p.coarse_bits, (p.fine == q.fine).then_some(p.fine_bits))).collect();
        parts.sort_by(|p, q| q.0.total_cmp(&p.0));
        Way { parts, rough: rough_parts(x, y), asker_parts: x.len(), holder_parts: y.len() }
    }

    fn weight(&self, dates: &[(Level, Along)], w: &KeyWeights) -> Option<i32> {
        let total: i32 = self.parts.iter().map(|part| part_weight(*part, w)).sum();
        let of_date = |&(level, along): &(Level, Along)| {
            if matches!(level, Level::Swapped | Level::OtherYear) && level.weight(w) <= 0 {
                return None; // under such weights there is no such atom
            }
            let most_rough = if along == Along::RoughParts { self.rough } else { 0 };
            let weighed = (0..=most_rough).filter_map(|rough| self.with_rough(rough, along, w));
            weighed.max().map(|names| total + names + level.weight(w))
        };
        dates.iter().filter_map(of_date).max()
    }

    /// What so many rough parts more and the kind add; None where the kind does not go along with the date.
    fn with_rough(&self, rough: usize, along: Along, w: &KeyWeights) -> Option<i32> {
        let used = self.parts.len() + rough;
        let kind = complete(used, self.asker_parts, self.holder_parts)?;
        let single = if used == 1 { w.single } else { 0 };
        let allowed = along != Along::WholeNames || kind == Complete::Both;
        allowed.then(|| w.rough * rough as i32 - single + kind.weight(w))
    }
}

fn part_weight((coarse_bits, fine_bits): (f32, Option<f32>), w: &KeyWeights) -> i32 {
    let (coarse, fine) = w.of_part(coarse_bits, fine_bits.unwrap_or(0.0));
    if fine_bits.is_some() { fine } else { coarse }
}

fn shares_number(asker: &Atoms, holder: &Atoms) -> bool {
    asker.numbers.iter().any(|n| holder.numbers.contains(n))
}

fn shares_class(asker: &Atoms, holder: &Atoms) -> bool {
    let theirs = || holder.names.iter().flatten();
    asker.names.iter().flatten().any(|p| theirs().any(|q| q.coarse == p.coarse))
}

/// Date atoms of both, each good for what both sides of it are good for.
fn shared_dates(asker: &Atoms, holder: &Atoms) -> Vec<(Level, Along)> {
    let same = |x: &DateAtom| holder.dates.iter().find(|y| y.text == x.text).map(|y| (x.level, y.along.min(x.along)));
    asker.dates.iter().filter_map(same).collect()
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

fn complete(used: usize, asker: usize, holder: usize) -> Option<Complete> {
    match (used, used == asker, used == holder) {
        (0, _, _) => None,
        (_, true, true) => Some(Complete::Both),
        (_, _, true) => Some(Complete::Holder),
        _ => Some(Complete::Neither),
    }
}
