//! How common each name part and place is: the chance that two different persons agree on it, in bits.
//!
//! Counts of the registers at hand, drawn towards the shipped table as long as the registers are small.

use crate::link::blocking::mix;
use crate::register::{
    Attribute, Kind, Register,
    parts::{Classes, Parts},
};
use hashbrown::HashMap;
use rapidhash::fast::RandomState;

/// So many persons of the shipped table weigh as much as the registers' own counts.
const PRIOR_PERSONS: f32 = 1500.0;
/// Rarest a part can be taken to be: beyond it a name is as good as an identifier, which names are not.
const MOST_BITS: f32 = 18.0;

/// Probability that a random person bears a class, by class; learned and shipped as numbers.
#[derive(Default, Clone)]
pub struct DefaultTable {
    pub probability: HashMap<u64, f32, RandomState>,
    /// For classes that are not in the table.
    pub rare_fine: f32,
    pub rare_coarse: f32,
}

/// Bits of an agreement on a part, for its exact form and both classes.
#[derive(Clone, Copy, Debug)]
pub struct PartBits {
    pub exact: f32,
    pub fine: f32,
    pub coarse: f32,
}

pub struct Frequencies {
    pub part: Vec<PartBits>,
    class: HashMap<u64, u32, RandomState>,
    attribute: HashMap<(Kind, u64), f32, RandomState>,
}

impl Frequencies {
    /// Counts both registers. A part counts once per record, however many aliases repeat it; a class once for each of its parts.
    pub fn count(registers: &[&Register], parts: &Parts, table: &DefaultTable) -> Frequencies {
        let persons: usize = registers.iter().map(|r| r.len()).sum();
        let mut exact = vec![0u32; parts.len()];
        let mut attribute: HashMap<(Kind, u64), u32, RandomState> = HashMap::default();
        let mut holders = [0u32; 7];
        let mut seen: Vec<u32> = Vec::new();
        for register in registers {
            for i in 0..register.len() {
                seen.clear();
                register.names(i).for_each(|n| seen.extend(n.parts));
                seen.sort_unstable();
                seen.dedup();
                seen.iter().for_each(|&p| exact[p as usize] += 1);
                let mut last = None;
                for a in register.attributes(i) {
                    if is_counted(a.kind) {
                        *attribute.entry((a.kind, a.value)).or_insert(0) += 1;
                        if last != Some(a.kind) {
                            holders[a.kind as usize] += 1;
                            last = Some(a.kind);
                        }
                    }
                }
            }
        }
        let mut class: HashMap<u64, u32, RandomState> = HashMap::default();
        for (n, c) in exact.iter().zip(&parts.classes) {
            *class.entry(c.fine).or_insert(0) += n;
            *class.entry(c.coarse).or_insert(0) += n;
        }
        let part = (0..parts.len()).map(|p| part_bits(exact[p], &class, persons, parts.classes[p], table)).collect();
        let attribute = attribute.into_iter().map(|(k, n)| (k, attribute_bits(k.0, n, holders[k.0 as usize]))).collect();
        Frequencies { part, class, attribute }
    }

    /// Frequencies out of counts kept elsewhere: `count` tells how many of `persons` records hold a class (`part`, `counted_class`
    /// or `counted_kind`). Attributes are those of `asked`: others cannot be shared with it.
    pub fn from_counts(persons: usize, parts: &Parts, table: &DefaultTable, count: &HashMap<u64, u32, RandomState>, asked: &Register) -> Frequencies {
        let n = |class: u64| count.get(&class).copied().unwrap_or(0);
        let part = (0..parts.len()).map(|p| part_bits(n(parts.exact_class(p as u32)), count, persons, parts.classes[p], table)).collect();
        let of_asked = (0..asked.len()).flat_map(|i| asked.attributes(i)).filter(|a| is_counted(a.kind));
        let bits = |a: &Attribute| attribute_bits(a.kind, n(counted_class(a)), n(counted_kind(a.kind)));
        let attribute = of_asked.map(|a| ((a.kind, a.value), bits(a))).collect();
        Frequencies { part, class: HashMap::default(), attribute }
    }

    /// Adds parts that came after the count, as parts no record holds.
    pub fn extend(&mut self, persons: usize, parts: &Parts, table: &DefaultTable) {
        for p in self.part.len()..parts.len() {
            self.part.push(part_bits(0, &self.class, persons, parts.classes[p], table));
        }
    }

    pub fn attribute(&self, kind: Kind, value: u64) -> f32 {
        self.attribute.get(&(kind, value)).copied().unwrap_or_else(|| attribute_bits(kind, 0, 0))
    }
}

/// Whether an agreement weighs by how common the value is.
pub fn is_counted(kind: Kind) -> bool {
    matches!(kind, Kind::Nationality | Kind::Place | Kind::City | Kind::Postcode)
}

/// The class under which a store counts the records that hold an attribute.
pub fn counted_class(a: &Attribute) -> u64 {
    mix(a.value, COUNTED_VALUE + a.kind as u64)
}

/// The class under which a store counts the records that hold any attribute of a kind.
pub fn counted_kind(kind: Kind) -> u64 {
    mix(kind as u64, COUNTED_KIND)
}

const COUNTED_VALUE: u64 = 301;
const COUNTED_KIND: u64 = 331;

fn part_bits(exact: u32, class: &HashMap<u64, u32, RandomState>, persons: usize, c: Classes, table: &DefaultTable) -> PartBits {
    let all = persons as f32 + PRIOR_PERSONS;
    let bits = |n: u32, p: f32| (-((n as f32 + PRIOR_PERSONS * p) / all).min(1.0).log2()).clamp(0.5, MOST_BITS);
    let holders = |class_hash: u64| class.get(&class_hash).copied().unwrap_or(0);
    let fine = table.probability.get(&c.fine).copied().unwrap_or(table.rare_fine);
    let coarse = table.probability.get(&c.coarse).copied().unwrap_or(table.rare_coarse);
    // The exact form is at most as common as its class.
    PartBits { exact: bits(exact, fine * 0.5), fine: bits(holders(c.fine), fine), coarse: bits(holders(c.coarse), coarse) }
}

fn attribute_bits(kind: Kind, n: u32, holders: u32) -> f32 {
    let usual = match kind {
        Kind::Nationality => 5.0f32,
        Kind::Postcode => 11.0,
        _ => 8.0,
    };
    let prior = 300.0;
    (-((n as f32 + prior * (-usual).exp2()) / (holders as f32 + prior)).min(1.0).log2()).clamp(0.2, 14.0)
}
