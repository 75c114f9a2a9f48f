//! Blocking: which pairs are worth comparing.
//!
//! A blocking key is a threshold-minimal evidence set over coarse classes: parts of one written name, at most one birth date
//! atom, at most one city, weighing enough that two random records rarely share it. So block sizes do not grow with the register.

use crate::compare::frequency::Frequencies;
use crate::register::{Kind, Register, dates::BirthDate, parts::Parts};
use rapidhash::v3::rapidhash_v3 as rapidhash;
use rayon::prelude::*;

/// More keys than this and a record is a list of aliases, not a person; the heaviest sets come first.
const MOST_KEYS: usize = 256;
const NAME_PARTS: usize = 7;
/// Registers small enough for this threshold can afford keys that bear a slip in a skeleton.
const FUZZY_BELOW_BITS: f32 = 15.0;

#[derive(Clone, Copy)]
struct Atom {
    hash: u64,
    bits: f32,
}

/// (key, record) pairs of a register, sorted.
pub fn keys(register: &Register, parts: &Parts, frequencies: &Frequencies, threshold_bits: f32) -> Vec<(u64, u32)> {
    let mut out: Vec<(u64, u32)> = (0..register.len())
        .into_par_iter()
        .fold(Vec::new, |mut out, i| {
            let mut one = record_keys(register, i, parts, frequencies, threshold_bits);
            one.sort_unstable();
            one.dedup();
            out.extend(one.into_iter().map(|k| (k, i as u32)));
            out
        })
        .reduce(Vec::new, |mut a, b| {
            a.extend(b);
            a
        });
    out.par_sort_unstable();
    out
}

/// The blocking keys of one record; unsorted, may repeat.
pub fn record_keys(register: &Register, i: usize, parts: &Parts, frequencies: &Frequencies, threshold_bits: f32) -> Vec<u64> {
    let fuzzy = threshold_bits < FUZZY_BELOW_BITS;
    let mut out = Vec::with_capacity(16);
    let attributes = register.attributes(i);
    for a in attributes {
        if matches!(a.kind, Kind::Identifier | Kind::Phone | Kind::Email) {
            out.push(mix(a.value, a.kind as u64 + 1));
        }
    }
    let places: Vec<Atom> = attributes
        .iter()
        .filter(|a| matches!(a.kind, Kind::City | Kind::Place | Kind::Postcode))
        .take(6)
        .map(|a| Atom { hash: mix(a.value, 77), bits: frequencies.attribute(a.kind, a.value) })
        .collect();
    let dates = date_atoms(register.dates(i));
    for date in &dates {
        if date.bits >= threshold_bits {
            out.push(mix(date.hash, 11));
        } else {
            add_places(mix(date.hash, 12), date.bits, threshold_bits, &places, &mut out);
        }
    }
    for name in register.names(i) {
        if fuzzy {
            fuzzy_keys(name.parts, parts, frequencies, &dates, threshold_bits, &mut out);
        }
        let mut atoms: Vec<Atom> = name.parts.iter().take(NAME_PARTS).map(|&p| part_atom(p, parts, frequencies)).collect();
        atoms.sort_by(|a, b| b.bits.total_cmp(&a.bits).then(a.hash.cmp(&b.hash)));
        atoms.dedup_by_key(|a| a.hash);
        name_keys(&atoms, &dates, &places, threshold_bits, &mut out);
        if out.len() > MOST_KEYS {
            out.truncate(MOST_KEYS);
            break;
        }
    }
    out
}

/// Keys that survive one lost, added or changed consonant: the skeleton with each of its sounds left out in turn, together with
/// another whole skeleton or a date.
fn fuzzy_keys(name: &[u32], parts: &Parts, frequencies: &Frequencies, dates: &[Atom], threshold: f32, out: &mut Vec<u64>) {
    let name = &name[..name.len().min(5)];
    for (k, &p) in name.iter().enumerate() {
        let skeleton = crate::names::fold::coarse(&parts.form[p as usize]);
        let bits = frequencies.part[p as usize].coarse;
        let near = (0..skeleton.len()).filter(|_| skeleton.len() >= 3).map(|cut| {
            let rest = [&skeleton[..cut], &skeleton[cut + 1..]].concat();
            mix(rapidhash(rest.as_bytes()), 21)
        });
        for hash in near.chain((skeleton.len() >= 2).then(|| mix(rapidhash(skeleton.as_bytes()), 21))) {
            for date in dates {
                if bits + date.bits >= threshold && date.bits < threshold {
                    out.push(mix(hash, date.hash));
                }
            }
            for (m, &q) in name.iter().enumerate() {
                if m != k && bits + frequencies.part[q as usize].coarse >= threshold {
                    out.push(mix(hash, mix(parts.classes[q as usize].coarse, 22)));
                }
            }
        }
    }
}

fn part_atom(p: u32, parts: &Parts, frequencies: &Frequencies) -> Atom {
    Atom { hash: parts.classes[p as usize].coarse, bits: frequencies.part[p as usize].coarse }
}

fn date_atoms(dates: &[BirthDate]) -> Vec<Atom> {
    let mut out: Vec<Atom> = Vec::new();
    let mut add = |tag: u64, value: u64, bits: f32| {
        let hash = mix(value, tag);
        if !out.iter().any(|a| a.hash == hash) {
            out.push(Atom { hash, bits });
        }
    };
    for d in dates.iter().take(12) {
        let (y, m, t) = (d.year as u64, d.month as u64, d.day as u64);
        if d.is_full() && !d.is_placeholder() {
            add(101, y << 16 | m << 8 | t, 14.0);
            add(103, m.min(t) << 8 | m.max(t), 7.5);
        }
        if d.month != 0 && !d.is_placeholder() {
            add(104, y << 8 | m, 9.2);
        }
        let last = d.last_year.min(d.year + 6);
        for year in d.year..=last {
            add(102, year as u64, 5.6);
        }
    }
    out
}

/// Every minimal set: name parts first (one to three of them), then a date atom, then a place.
fn name_keys(parts: &[Atom], dates: &[Atom], places: &[Atom], threshold: f32, out: &mut Vec<u64>) {
    for mask in 1u32..1 << parts.len() {
        let size = mask.count_ones();
        if size > 3 {
            continue;
        }
        let (mut key, mut bits, mut least) = (0u64, 0.0, f32::MAX);
        for (k, atom) in parts.iter().enumerate().filter(|(k, _)| mask >> k & 1 == 1) {
            let _ = k;
            key = key.wrapping_add(mix(atom.hash, 5));
            bits += atom.bits;
            least = least.min(atom.bits);
        }
        let key = mix(key, size as u64);
        if bits >= threshold {
            if bits - least < threshold {
                out.push(key);
            }
            continue;
        }
        for date in dates {
            let with = bits + date.bits;
            if with >= threshold {
                if with - least < threshold || size == 1 {
                    out.push(mix(key, date.hash));
                }
            } else {
                add_places(key ^ date.hash, with, threshold, places, out);
            }
        }
        if size > 1 {
            add_places(key, bits, threshold, places, out);
        }
    }
}

fn add_places(key: u64, bits: f32, threshold: f32, places: &[Atom], out: &mut Vec<u64>) {
    out.extend(places.iter().filter(|p| bits + p.bits >= threshold).map(|p| mix(key, p.hash)));
}

pub fn mix(a: u64, b: u64) -> u64 {
    let x = (a ^ b.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (x ^ x >> 29).wrapping_mul(0x94D0_49BB_1331_11EB) ^ x >> 32
}

/// What the join of two key lists found.
pub struct Candidates {
    /// Distinct pairs (record of a in the high half, record of b in the low half), sorted.
    pub pairs: Vec<u64>,
    /// Blocks left out because they were too large, and the pairs in them.
    pub oversized: usize,
    pub pairs_lost: u64,
}

/// Joins two sorted key lists; blocks of more than `most_pairs` pairs are left out and counted.
pub fn join(a: &[(u64, u32)], b: &[(u64, u32)], most_pairs: u64) -> Candidates {
    let bounds: Vec<u64> = (0..64u64).map(|k| k << 58).collect();
    let found: Vec<Candidates> = bounds.par_iter().map(|&low| join_range(within(a, low), within(b, low), most_pairs)).collect();
    let mut out = Candidates { pairs: Vec::with_capacity(found.iter().map(|f| f.pairs.len()).sum()), oversized: 0, pairs_lost: 0 };
    for f in found {
        out.pairs.extend(f.pairs);
        out.oversized += f.oversized;
        out.pairs_lost += f.pairs_lost;
    }
    out.pairs.par_sort_unstable();
    out.pairs.dedup();
    out
}

fn within(keys: &[(u64, u32)], low: u64) -> &[(u64, u32)] {
    let from = keys.partition_point(|k| k.0 < low);
    let to = keys.partition_point(|k| k.0 <= low | ((1 << 58) - 1));
    &keys[from..to]
}

fn join_range(a: &[(u64, u32)], b: &[(u64, u32)], most_pairs: u64) -> Candidates {
    let mut out = Candidates { pairs: Vec::new(), oversized: 0, pairs_lost: 0 };
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        let (x, y) = (a[i].0, b[j].0);
        if x < y {
            i += 1;
        } else if y < x {
            j += 1;
        } else {
            let to_i = i + a[i..].iter().take_while(|k| k.0 == x).count();
            let to_j = j + b[j..].iter().take_while(|k| k.0 == x).count();
            let size = (to_i - i) as u64 * (to_j - j) as u64;
            if size > most_pairs {
                out.oversized += 1;
                out.pairs_lost += size;
            } else {
                for p in &a[i..to_i] {
                    out.pairs.extend(b[j..to_j].iter().map(|q| (p.1 as u64) << 32 | q.1 as u64));
                }
            }
            (i, j) = (to_i, to_j);
        }
    }
    out.pairs.sort_unstable();
    out.pairs.dedup();
    out
}

/// Joins a few keys with many: looks each one up instead of reading the long list through. Pairs distinct and sorted.
pub fn probe(few: &[(u64, u32)], many: &[(u64, u32)], most_block: u64) -> Vec<u64> {
    let mut pairs: Vec<u64> = few
        .par_chunks(4096)
        .flat_map_iter(|chunk| {
            let mut out = Vec::new();
            let mut at = many.partition_point(|m| m.0 < chunk[0].0);
            for &(key, query) in chunk {
                at += gallop(&many[at..], key);
                let block = many[at..].iter().take_while(|m| m.0 == key).take(most_block as usize + 1).count();
                if block as u64 <= most_block {
                    out.extend(many[at..at + block].iter().map(|m| (query as u64) << 32 | m.1 as u64));
                }
            }
            out
        })
        .collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
}

/// How many leading entries have a key below `key`: doubling steps, then halving.
fn gallop(keys: &[(u64, u32)], key: u64) -> usize {
    let mut step = 1;
    while step < keys.len() && keys[step].0 < key {
        step *= 2;
    }
    let from = step / 2;
    let to = keys.len().min(step + 1);
    from + keys[from..to].partition_point(|k| k.0 < key)
}
