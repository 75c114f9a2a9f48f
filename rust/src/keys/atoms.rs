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
    /// A shared rough class; below 0 it only serves to make a name whole.
    pub rough: i32,
    /// What is added when the shared parts are all parts of both names, of the holder's, of neither.
    pub complete_both: i32,
    pub complete_holder: i32,
    pub complete_neither: i32,
    /// Taken off when only one part is shared.
    pub single: i32,
    pub birth_day: i32,
    pub birth_swapped: i32,
    pub birth_other_year: i32,
    pub birth_year: i32,
    /// Both dates known and nothing of them shared (negative).
    pub birth_conflict: i32,
}

impl KeyWeights {
    /// What the property of the specification rests on (section 3).
    pub fn check(&self) -> Result<(), String> {
        let rules = [
            (self.threshold > 0, "threshold must be above 0"),
            (self.single >= 0, "single must not be below 0"),
            (self.rough <= 1, "rough must not be above 1"),
            (self.complete_neither <= self.complete_holder, "complete_neither must not be above complete_holder"),
            (self.complete_holder <= self.complete_both, "complete_holder must not be above complete_both"),
            ([self.fine_slope, self.fine_offset, self.coarse_slope, self.coarse_offset].iter().all(|x| x.abs() <= MOST_SLOPE), SLOPES),
            (self.tenths().iter().all(|t| t.abs() <= MOST_TENTHS), "no weight may be beyond 10,000 tenths"),
        ];
        rules.iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, rule)| Err(format!("keys: {rule}")))
    }

    /// Tenths of a part's coarse and fine class; the finer can only say more.
    pub fn of_part(&self, coarse_bits: f32, fine_bits: f32) -> (i32, i32) {
        let tenths = |x: f32| ((x * 10.0).round() as i32).max(1);
        let coarse = tenths(self.coarse_slope * coarse_bits + self.coarse_offset);
        (coarse, tenths(self.fine_slope * fine_bits + self.fine_offset).max(coarse))
    }

    fn tenths(&self) -> [i32; 11] {
        let names = [self.threshold, self.rough, self.complete_both, self.complete_holder, self.complete_neither, self.single];
        let dates = [self.birth_day, self.birth_swapped, self.birth_other_year, self.birth_year, self.birth_conflict];
        std::array::from_fn(|i| if i < names.len() { names[i] } else { dates[i - names.len()] })
    }
}

const MOST_TENTHS: i32 = 10_000;
const MOST_SLOPE: f32 = 100.0;
const SLOPES: &str = "slopes and offsets must be numbers from -100 to 100";

/// How many sounds of the skeleton a rough class keeps.
const ROUGH_SOUNDS: usize = 2;

/// One name part with its three classes, each a function of the one before.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub struct PartAtoms {
    pub coarse_weight: i32,
    pub coarse: String,
    pub fine: String,
    pub rough: String,
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
    let (coarse_bits, fine_bits) = (bits(&coarse, table.rare_coarse), bits(&fine, table.rare_fine));
    let (coarse_weight, fine_weight) = w.of_part(coarse_bits, fine_bits);
    let rough = format!("r{}", coarse[1..].chars().take(ROUGH_SOUNDS).collect::<String>());
    PartAtoms { coarse_weight, coarse, fine, rough, fine_weight, coarse_bits, fine_bits }
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

/// What of a name may be shared along with a date atom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Along {
    /// Only two names that are whole for both sides.
    WholeNames,
    /// Any parts, in their fine or coarse class.
    Parts,
    /// Any parts, in their rough class too.
    RoughParts,
}

/// How birth dates of two records can stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Known,
    Conflict,
    Year,
    OtherYear,
    Swapped,
    Day,
}

impl Level {
    pub fn weight(self, w: &KeyWeights) -> i32 {
        match self {
            Level::Known => 0,
            Level::Conflict => w.birth_conflict,
            Level::Year => w.birth_year,
            Level::OtherYear => w.birth_other_year,
            Level::Swapped => w.birth_swapped,
            Level::Day => w.birth_day,
        }
    }
}

/// One way in which they stand, as one side of it sees it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateAtom {
    pub text: String,
    pub level: Level,
    pub weight: i32,
    pub along: Along,
    /// Whether a set for two whole names is left to the kind for one where that is enough: not where some ask for whole names only.
    pub left_to_lesser: bool,
}

fn is_whole(d: &BirthDate) -> bool {
    d.is_full() && !d.is_placeholder()
}

fn years(d: &BirthDate) -> std::ops::RangeInclusive<u16> {
    d.year..=d.last_year.min(d.year + KEY_YEARS)
}

/// Adds an atom; one that is there stays, and is good for whatever either is good for.
fn add(out: &mut Vec<DateAtom>, text: String, level: Level, along: Along, w: &KeyWeights) {
    // A date that some ask for along with whole names only is no reason to leave a set to a lesser kind.
    let left_to_lesser = !matches!(level, Level::OtherYear | Level::Year);
    match out.iter_mut().find(|a| a.text == text) {
        Some(known) => known.along = known.along.max(along),
        None => out.push(DateAtom { text, level, weight: level.weight(w), along, left_to_lesser }),
    }
}

/// Whether the dates are known, without a look at them.
fn add_known(out: &mut Vec<DateAtom>, text: &str, level: Level, w: &KeyWeights) {
    add(out, text.into(), level, Along::Parts, w);
}

fn add_year(out: &mut Vec<DateAtom>, prefix: &str, year: u16, along: Along, w: &KeyWeights) {
    add(out, format!("{prefix}{year:04}"), Level::Year, along, w);
}

/// What two whole dates can share: everything, everything with day and month exchanged, day and month of another year. The year of
/// another day is in the year atoms.
fn add_whole(out: &mut Vec<DateAtom>, d: &BirthDate, w: &KeyWeights) {
    let (y, m, t) = (d.year, d.month, d.day);
    add(out, format!("d{y:04}{m:02}{t:02}"), Level::Day, Along::RoughParts, w);
    if w.birth_swapped > 0 && t <= 12 && t != m {
        add(out, format!("x{y:04}{:02}{:02}", m.min(t), m.max(t)), Level::Swapped, Along::Parts, w);
    }
    if w.birth_other_year > 0 {
        add(out, format!("md{m:02}{t:02}"), Level::OtherYear, Along::WholeNames, w);
    }
}

/// The date atoms a holder puts into its index. A key says how precisely the holder knows the date, never more.
pub fn held_dates(dates: &[BirthDate], w: &KeyWeights) -> Vec<DateAtom> {
    let mut out = Vec::new();
    if dates.is_empty() {
        add_known(&mut out, "none", Level::Known, w);
        return out;
    }
    add_known(&mut out, "any", Level::Known, w);
    add_known(&mut out, "other", Level::Conflict, w);
    for d in dates {
        if is_whole(d) {
            add_whole(&mut out, d, w);
            add_year(&mut out, "fy", d.year, Along::Parts, w);
        } else {
            years(d).for_each(|year| add_year(&mut out, "y", year, Along::Parts, w));
        }
    }
    out
}

/// The date atoms an asker asks for: what it may share with a holder of any precision. Expansion happens here, not in the index.
pub fn asked_dates(dates: &[BirthDate], w: &KeyWeights) -> Vec<DateAtom> {
    let mut out = Vec::new();
    add_known(&mut out, "none", Level::Known, w);
    if dates.is_empty() {
        add_known(&mut out, "any", Level::Known, w);
        return out;
    }
    add_known(&mut out, "other", Level::Conflict, w);
    for d in dates {
        if is_whole(d) {
            add_whole(&mut out, d, w);
            ask_years(&mut out, &["y"], d.year, d.year, w);
            add_year(&mut out, "fy", d.year, Along::WholeNames, w);
        } else {
            let reach = u16::from(d.about);
            ask_years(&mut out, &["y", "fy"], *years(d).start() - reach, *years(d).end() + reach, w);
        }
    }
    out
}

/// Years from first to last for any parts; the year before and the year after for whole names.
fn ask_years(out: &mut Vec<DateAtom>, prefixes: &[&str], first: u16, last: u16, w: &KeyWeights) {
    for prefix in prefixes {
        for year in first - 1..=last + 1 {
            let along = if (first..=last).contains(&year) { Along::Parts } else { Along::WholeNames };
            add_year(out, prefix, year, along, w);
        }
    }
}

/// Document numbers, phones, e-mails; the type and country of a number are not in it.
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
