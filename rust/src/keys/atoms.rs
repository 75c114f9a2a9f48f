//! Evidence atoms of one record: what a match key may be made of.
//!
//! All weights are public, positive whole numbers of tenths of a bit, so that both sides of an exchange add up the same sums on
//! every machine. spec/match-keys-v1.md, sections 3 and 4.

use crate::compare::frequency::DefaultTable;
use crate::names::{fold, readings};
use crate::register::dates::BirthDate;
use crate::register::parse::Row;
use rapidhash::v3::rapidhash_v3 as rapidhash;
use serde::Deserialize;

/// Parts of one written name that keys are made of; more are left out, the lightest first (reported as lost recall).
pub const KEY_PARTS: usize = 6;
/// Written names of one record that keys are made of.
pub const KEY_NAMES: usize = 40;
const KEY_YEARS: u16 = 6;

/// Public weights in tenths of a bit.
#[derive(Deserialize, Clone, Copy, Debug)]
#[serde(deny_unknown_fields)]
pub struct KeyWeights {
    /// The match weight threshold T.
    pub threshold: i32,
    /// A shared class weighs `slope * bits + offset`, at least 1 tenth.
    pub fine_slope: f32,
    pub fine_offset: f32,
    pub coarse_slope: f32,
    pub coarse_offset: f32,
    /// What is added when the shared parts are all parts of both names, of one, of neither.
    pub complete_both: i32,
    pub complete_one: i32,
    pub complete_neither: i32,
    /// Taken off when only one part is shared.
    pub single: i32,
    pub birth_day: i32,
    pub birth_swapped: i32,
    pub birth_two_of_three: i32,
    pub birth_year: i32,
    /// Both dates known and nothing of them shared (negative).
    pub birth_conflict: i32,
    /// A shared word of birth place or city.
    pub place_slope: f32,
    pub place_most: i32,
}

/// One name part with its two classes.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub struct PartAtoms {
    pub coarse_weight: i32,
    pub coarse: String,
    pub fine: String,
    pub fine_weight: i32,
    pub coarse_bits: f32,
    pub fine_bits: f32,
}

/// The parts of one reading of one written name, in canonical order.
pub type NameAtoms = Vec<PartAtoms>;

pub fn part_atoms(form: &str, table: &DefaultTable, w: &KeyWeights) -> PartAtoms {
    let fine = format!("f{}", fold::fine(form));
    let coarse = format!("c{}", fold::coarse(form));
    let bits = |class: &str, rare: f32| -table.probability.get(&rapidhash(class.as_bytes())).copied().unwrap_or(rare).log2();
    let tenths = |x: f32| ((x * 10.0).round() as i32).max(1);
    let (coarse_bits, fine_bits) = (bits(&coarse, table.rare_coarse), bits(&fine, table.rare_fine));
    let coarse_weight = tenths(w.coarse_slope * coarse_bits + w.coarse_offset);
    let fine_weight = tenths(w.fine_slope * fine_bits + w.fine_offset);
    // A finer class can only say more.
    PartAtoms { coarse_weight, coarse, fine, fine_weight: fine_weight.max(coarse_weight), coarse_bits, fine_bits }
}

/// All readings of the record's names (weak names make no keys), distinct.
pub fn names(row: &Row, table: &DefaultTable, w: &KeyWeights) -> Vec<NameAtoms> {
    let mut out: Vec<NameAtoms> = Vec::new();
    for written in row.names.iter().take(KEY_NAMES) {
        for reading in readings(written) {
            let mut parts: NameAtoms = reading.iter().filter(|p| p.form.len() > 1).map(|p| part_atoms(&p.form, table, w)).collect();
            parts.sort_by(|x, y| y.coarse_weight.cmp(&x.coarse_weight).then_with(|| (&x.coarse, &x.fine).cmp(&(&y.coarse, &y.fine))));
            parts.dedup_by(|x, y| x.coarse == y.coarse);
            parts.truncate(KEY_PARTS);
            if !parts.is_empty() && !out.contains(&parts) {
                out.push(parts);
            }
        }
    }
    out
}

/// A way in which birth dates of two records can stand to each other, as one side of it sees it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateAtom {
    pub text: String,
    pub weight: i32,
}

fn full(dates: &[BirthDate]) -> impl Iterator<Item = &BirthDate> {
    dates.iter().filter(|d| d.is_full() && !d.is_placeholder())
}

fn two_of_three(d: &BirthDate) -> [String; 3] {
    let (y, m, t) = (d.year, d.month, d.day);
    [format!("ym{y:04}{m:02}"), format!("yd{y:04}{t:02}"), format!("md{m:02}{t:02}")]
}

fn years(d: &BirthDate) -> std::ops::RangeInclusive<u16> {
    d.year..=d.last_year.min(d.year + KEY_YEARS)
}

fn add(out: &mut Vec<DateAtom>, text: String, weight: i32) {
    match out.iter_mut().find(|a| a.text == text) {
        Some(known) => known.weight = known.weight.max(weight),
        None => out.push(DateAtom { text, weight }),
    }
}

/// What two whole dates can share: everything, everything with day and month exchanged, two of day, month and year.
fn add_full(out: &mut Vec<DateAtom>, d: &BirthDate, w: &KeyWeights) {
    let (y, m, t) = (d.year, d.month, d.day);
    add(out, format!("d{y:04}{m:02}{t:02}"), w.birth_day);
    if w.birth_swapped > 0 && t <= 12 && t != m {
        add(out, format!("x{y:04}{:02}{:02}", m.min(t), m.max(t)), w.birth_swapped);
    }
    if w.birth_two_of_three > 0 {
        for pair in two_of_three(d) {
            add(out, pair, w.birth_two_of_three);
        }
    }
}

/// The date atoms a holder puts into its index. A key says how precisely the holder knows the date, never more.
pub fn held_dates(dates: &[BirthDate], w: &KeyWeights) -> Vec<DateAtom> {
    let mut out = Vec::new();
    if dates.is_empty() {
        add(&mut out, "none".into(), 0);
        return out;
    }
    add(&mut out, "any".into(), 0);
    add(&mut out, "other".into(), w.birth_conflict);
    for d in full(dates) {
        add_full(&mut out, d, w);
        add(&mut out, format!("fy{:04}", d.year), w.birth_year);
    }
    for d in dates.iter().filter(|d| !d.is_full() || d.is_placeholder()) {
        for year in years(d) {
            add(&mut out, format!("y{year:04}"), w.birth_year);
        }
    }
    out
}

/// The date atoms an asker asks for: what it may share with a holder of any precision. Expansion happens here, not in the index.
pub fn asked_dates(dates: &[BirthDate], w: &KeyWeights) -> Vec<DateAtom> {
    let mut out = Vec::new();
    add(&mut out, "none".into(), 0);
    if dates.is_empty() {
        add(&mut out, "any".into(), 0);
        return out;
    }
    add(&mut out, "other".into(), w.birth_conflict);
    for d in full(dates) {
        add_full(&mut out, d, w);
        add(&mut out, format!("y{:04}", d.year), w.birth_year);
    }
    for d in dates.iter().filter(|d| !d.is_full() || d.is_placeholder()) {
        let reach = u16::from(d.about);
        for year in *years(d).start() - reach..=*years(d).end() + reach {
            add(&mut out, format!("y{year:04}"), w.birth_year);
            add(&mut out, format!("fy{year:04}"), w.birth_year);
        }
    }
    out
}

/// Document numbers, phones, e-mails: each a key of its own; the type and country of a number are not in it.
pub fn numbers(row: &Row) -> Vec<String> {
    let mut out = Vec::new();
    let plain = |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect() };
    for n in &row.identifiers {
        let number = plain(&n.number);
        if number.len() >= 5 {
            out.push(format!("i{number}"));
        }
    }
    for phone in &row.phones {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        if digits.len() >= 7 {
            out.push(format!("t{}", &digits[digits.len().saturating_sub(9)..]));
        }
    }
    out.extend(row.emails.iter().map(|e| format!("e{}", e.trim().to_lowercase())).filter(|e| e.len() > 5));
    out
}

/// Words of birth places and cities, with the weight of sharing one.
pub fn places(row: &Row, w: &KeyWeights) -> Vec<DateAtom> {
    let mut out: Vec<DateAtom> = Vec::new();
    if w.place_most <= 0 {
        return out;
    }
    let texts = row.birth_places.iter().map(|p| &**p).chain(row.addresses.iter().filter_map(|a| a.city.as_deref()));
    for text in texts.take(4) {
        for word in crate::register::place_words(text).into_iter().take(2) {
            let weight = (w.place_slope * 10.0 * word.len().min(8) as f32) as i32;
            add(&mut out, format!("p{}", fold::fine(&word)), weight.clamp(1, w.place_most));
        }
    }
    out
}
