//! What a text says beside a name, for and against the record it may mean.
//!
//! 1. Near is the same paragraph, at most `NEAR` bytes away; around is `AROUND` bytes away.
//! 2. A country named near agrees with a nationality or a birth place, or speaks against them; one named around says less.
//! 3. An age, or a year of birth, is taken where it stands as people write it beside a name. An age counts back from the last year the
//!    text names, or from today.
//! 4. Nothing here makes a record: it is evidence in bits, set by hand, and shown with each mention.

use super::countries::{BEGINS, Countries};
use crate::register::{Attribute, Kind, Register};

pub const NEAR: usize = 240;
pub const AROUND: usize = 3_000;

const COUNTRY_NEAR_BITS: f32 = 3.5;
const COUNTRY_AROUND_BITS: f32 = 2.0;
const OTHER_COUNTRY_NEAR_BITS: f32 = -3.5;
const OTHER_COUNTRY_AROUND_BITS: f32 = -1.0;
const PLACE_BITS: f32 = 3.0;
const AGE_BITS: f32 = 5.0;
const BIRTH_BITS: f32 = 6.0;
const OTHER_AGE_BITS: f32 = -5.0;
const OTHER_BIRTH_BITS: f32 = -12.0;

/// What was found beside one mention.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Context {
    pub near: Vec<u16>,
    pub around: Vec<u16>,
    /// Hashes of words near.
    pub words: Vec<u64>,
    /// First and last possible year of birth, and whether the text states it.
    pub born: Option<(u16, u16, bool)>,
}

/// One thing a text says for or against a record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reason {
    pub what: &'static str,
    pub bits: f32,
}

impl Context {
    /// Adds what this says about a record, reason by reason.
    pub fn add_reasons(&self, register: &Register, record: usize, countries: &Countries, out: &mut Vec<Reason>) {
        let attributes = register.attributes(record);
        out.extend(self.country(attributes, countries));
        let is_here = |a: &Attribute| matches!(a.kind, Kind::Place | Kind::City) && self.words.contains(&a.value);
        if attributes.iter().any(is_here) {
            out.push(Reason { what: "place", bits: PLACE_BITS });
        }
        out.extend(self.birth(register, record));
    }

    fn country(&self, attributes: &[Attribute], countries: &Countries) -> Option<Reason> {
        let is_known = attributes.iter().any(|a| a.kind == Kind::Nationality);
        let agrees = |number: &u16| {
            let (code, name) = countries.hashes(*number);
            attributes.iter().any(|a| a.kind == Kind::Nationality && a.value == code || a.kind == Kind::Place && a.value == name)
        };
        if self.near.iter().any(agrees) {
            return Some(Reason { what: "country", bits: COUNTRY_NEAR_BITS });
        }
        if self.around.iter().any(agrees) {
            return Some(Reason { what: "country", bits: COUNTRY_AROUND_BITS });
        }
        match (is_known, self.near.is_empty(), self.around.is_empty()) {
            (true, false, _) => Some(Reason { what: "other country", bits: OTHER_COUNTRY_NEAR_BITS }),
            (true, true, false) => Some(Reason { what: "other country", bits: OTHER_COUNTRY_AROUND_BITS }),
            _ => None,
        }
    }

    fn birth(&self, register: &Register, record: usize) -> Option<Reason> {
        let (first, last, stated) = self.born?;
        let years = register.dates(record).iter().map(|d| (d.year - u16::from(d.about) * 2, d.last_year + u16::from(d.about) * 2));
        let apart = years.map(|(from, to)| from.saturating_sub(last).max(first.saturating_sub(to))).min()?;
        match (apart, stated) {
            (0, true) => Some(Reason { what: "birth year", bits: BIRTH_BITS }),
            (0, false) => Some(Reason { what: "age", bits: AGE_BITS }),
            (1, _) => None,
            (2..=4, _) => Some(Reason { what: "other age", bits: OTHER_AGE_BITS }),
            _ => Some(Reason { what: "other age", bits: OTHER_BIRTH_BITS }),
        }
    }
}

/// The countries of `found` (place in the text, country), sorted by place, that stand within a range.
///
/// `hint` is where the last answer began: mentions come in the order of the text.
pub fn countries_between(found: &[(u32, u16)], from: usize, to: usize, hint: &mut usize) -> Vec<u16> {
    while *hint < found.len() && (found[*hint].0 as usize) < from {
        *hint += 1;
    }
    let first = *hint;
    let mut out: Vec<u16> = found[first..].iter().take_while(|f| (f.0 as usize) < to).map(|f| f.1).filter(|&c| c != 0 && c != BEGINS).collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// The paragraph around `start..end`, at most `NEAR` bytes to either side, on whole characters.
pub fn near(text: &str, start: usize, end: usize) -> (usize, usize) {
    let mut from = start.saturating_sub(NEAR);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let mut to = (end + NEAR).min(text.len());
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    let bytes = text.as_bytes();
    let is_blank_line = |at: &usize| bytes.get(at + 1) == Some(&b'\n');
    let from =
        memchr::memrchr_iter(b'\n', &bytes[from..start]).map(|at| from + at).find(|at| at + 1 < start && is_blank_line(at)).map_or(from, |at| at + 2);
    let to = memchr::memchr_iter(b'\n', &bytes[end..to]).map(|at| end + at).find(|at| at + 1 < to && is_blank_line(at)).unwrap_or(to);
    (from, to)
}

/// The year of birth told right before or behind a name, with how sure it is. `this_year` is what an age counts back from.
pub fn born(before: &str, behind: &str, this_year: u16) -> Option<(u16, u16, bool)> {
    told_behind(behind, this_year).or_else(|| told_before(before, this_year))
}

/// How far from a name its age may stand, in bytes.
const BESIDE: usize = 72;

fn told_behind(behind: &str, this_year: u16) -> Option<(u16, u16, bool)> {
    let sentence = head(behind, BESIDE);
    if !sentence.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let sentence = sentence.find(". ").map_or(sentence, |at| &sentence[..at]);
    for (at, number) in numbers(sentence) {
        let lead = sentence[..at].trim_end().to_lowercase();
        let tail = sentence[at + number.len()..].trim_start().to_lowercase();
        let alone =
            lead.ends_with(['(', ',', '،']) && tail.starts_with([')', ',', '،', '.', ';']) && lead.chars().filter(|c| c.is_alphabetic()).count() < 3;
        if let Some(age) = age(number) {
            if alone || says_age(&tail) || AGED.iter().any(|cue| lead.ends_with(cue)) {
                return Some((this_year - age - 1, this_year - age, false));
            }
        }
        if let Some(year) = year(number, this_year) {
            if BORN.iter().any(|cue| lead.contains(cue)) {
                return Some((year, year, true));
            }
        }
    }
    None
}

/// `the 25-year-old X`, `25-jähriger X`.
fn told_before(before: &str, this_year: u16) -> Option<(u16, u16, bool)> {
    let near = tail(before, BESIDE);
    if !near.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let near = near.rfind(". ").map_or(near, |at| &near[at + 2..]);
    let (at, number) = numbers(near).last()?;
    let told = near[at + number.len()..].to_lowercase();
    let age = age(number)?;
    let adjective = ["-year-old", " year old", "-year old", "-jahrig", "-jährig", "jährig", "-летн", " years old"];
    adjective.iter().any(|cue| told.starts_with(cue)).then_some((this_year - age - 1, this_year - age, false))
}

#[rustfmt::skip] // a table of words
const BORN: [&str; 15] = [
    "born", "geboren", "geb.", "né ", "née ", "né le", "nacido", "nacida", "nació", "nato", "geboren am", "родился", "родилась", "مواليد", "ولد",
];
const AGED: [&str; 9] = ["aged", "age", "age:", "âgé de", "âgée de", "de", "alter", "عمره", "возраст"];

fn says_age(tail: &str) -> bool {
    let cues = ["-year-old", "year-old", "years old", "years-old", "ans", "jahre", "años", "anos", "anni", "лет", "год", "عاما", "سنة", "yo)", "y/o"];
    cues.iter().any(|cue| tail.trim_start_matches(['-', ' ']).starts_with(cue.trim_start_matches('-')))
}

fn age(number: &str) -> Option<u16> {
    number.parse().ok().filter(|n| number.len() == 2 && (12..=99).contains(n))
}

fn year(number: &str, this_year: u16) -> Option<u16> {
    number.parse().ok().filter(|n| number.len() == 4 && (1900..=this_year).contains(n))
}

fn numbers(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let from = at + text[at..].find(|c: char| c.is_ascii_digit())?;
        let to = text[from..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |n| from + n);
        at = to;
        Some((from, &text[from..to]))
    })
}

fn head(text: &str, most: usize) -> &str {
    let mut to = most.min(text.len());
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    &text[..to]
}

fn tail(text: &str, most: usize) -> &str {
    let mut from = text.len().saturating_sub(most);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    &text[from..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_read_where_it_stands_beside_a_name() {
        let behind = |text: &str| born("", text, 2020);
        assert_eq!(behind(", 25, a baker"), Some((1994, 1995, false)));
        assert_eq!(behind(" (61) said"), Some((1958, 1959, false)));
        assert_eq!(behind(", né le 3 mars 1989 à Tanger"), Some((1989, 1989, true)));
        assert_eq!(behind(" met 25 others"), None);
        assert_eq!(behind(" was born in 1974"), Some((1974, 1974, true)));
        assert_eq!(born("the 40-year-old ", " left", 2020), Some((1979, 1980, false)));
        assert_eq!(born("25 trains later, ", " left", 2020), None);
    }
}
