//! Keys and counted classes that a store keeps beside each record, so that a single query reads a few rows.
//!
//! They depend on the record alone, never on the register, so they stay true while the register grows:
//! two name parts of one written name; a name part and the year of birth; a rare name part alone; a whole birth date; a document
//! number, phone, e-mail. A store gives the records that share most keys, so that the weak keys only serve where nothing better is shared.
//! And every form of a name part: a key that only a search by one part alone asks for (`forms`), because many records may share it.

use crate::compare::frequency::{DefaultTable, counted_class, counted_kind, is_counted};
use crate::link::blocking::mix;
use crate::register::{Kind, Register, parts::Parts};

const NAME_PARTS: usize = 7;
const MOST_KEYS: usize = 400;
const PAIR: u64 = 201;
const BEARER: u64 = 212;
/// A part that more than one person in 512 bears is no key of its own: among a million it would bring thousands.
const COMMON: f32 = 1.0 / 512.0;

/// The keys that a store keeps beside a record, sorted, without repetition: those it asks with, and one for every part.
pub fn kept_keys(register: &Register, i: usize, parts: &Parts, table: &DefaultTable) -> Vec<i64> {
    let mut out = asked_keys(register, i, parts, table);
    out.extend(register.names(i).flat_map(|name| name.parts).map(|&p| bearer_key(parts.exact_class(p))));
    out.sort_unstable();
    out.dedup();
    out
}

/// The keys of one record to ask with, sorted, without repetition.
pub fn asked_keys(register: &Register, i: usize, parts: &Parts, table: &DefaultTable) -> Vec<i64> {
    let mut out: Vec<u64> = Vec::new();
    let years = years(register, i);
    for name in register.names(i) {
        let classes: Vec<u64> = name.parts.iter().take(NAME_PARTS).map(|&p| parts.classes[p as usize].coarse).collect();
        for (k, &x) in classes.iter().enumerate() {
            out.extend(classes[..k].iter().map(|&y| pair_key(x, y) as u64));
            out.extend(years.iter().map(|&y| year_key(x, y) as u64));
        }
        let rare = |class: u64| table.probability.get(&class).is_none_or(|&p| p < COMMON);
        out.extend(classes.iter().filter(|&&x| classes.len() == 1 || rare(x)).map(|&x| mix(x, 203)));
    }
    for d in register.dates(i).iter().filter(|d| d.is_full() && !d.is_placeholder()) {
        out.push(mix((d.year as u64) << 16 | (d.month as u64) << 8 | d.day as u64, 204));
    }
    for a in register.attributes(i) {
        if matches!(a.kind, Kind::Identifier | Kind::Phone | Kind::Email) {
            out.push(mix(a.value, 205 + a.kind as u64));
        }
    }
    out.truncate(MOST_KEYS);
    out.sort_unstable();
    out.dedup();
    out.into_iter().map(|k| k as i64).collect()
}

/// The key of the records that bear a part in exactly one form.
pub fn bearer_key(exact_class: u64) -> i64 {
    mix(exact_class, BEARER) as i64
}

/// The years in which somebody may be born.
pub fn years(register: &Register, i: usize) -> Vec<u64> {
    register.dates(i).iter().flat_map(|d| (d.year..=d.last_year.min(d.year + 6)).map(u64::from)).collect()
}

/// The key of the records that have a part of a class and this year of birth.
pub fn year_key(class: u64, year: u64) -> i64 {
    mix(class, mix(year, 202)) as i64
}

/// The key of the records that have parts of two classes in one name.
pub fn pair_key(x: u64, y: u64) -> i64 {
    mix(x.wrapping_add(y), PAIR) as i64
}

/// The classes whose numbers of holders make the frequencies, sorted: exact form, fine, coarse of every distinct part, so that a
/// class comes as often as it has parts; every nationality, place, city and postcode, and that the record has any, once.
pub fn counted_classes(register: &Register, i: usize, parts: &Parts) -> Vec<i64> {
    let mut attributes: Vec<i64> =
        register.attributes(i).iter().filter(|a| is_counted(a.kind)).flat_map(|a| [counted_class(a) as i64, counted_kind(a.kind) as i64]).collect();
    attributes.sort_unstable();
    attributes.dedup();
    let mut out = part_classes(register, i, parts);
    out.extend(attributes);
    out.sort_unstable();
    out
}

/// Those of them that are parts of names.
pub fn part_classes(register: &Register, i: usize, parts: &Parts) -> Vec<i64> {
    let mut distinct: Vec<u32> = register.names(i).flat_map(|n| n.parts).copied().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let of_part = |p: u32| [parts.exact_class(p), parts.classes[p as usize].fine, parts.classes[p as usize].coarse];
    distinct.into_iter().flat_map(of_part).map(|class| class as i64).collect()
}
