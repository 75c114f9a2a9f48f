//! What the words of texts mean to a register: looked at once, remembered for every later place.

use super::index::{KnownPart, PartIndex};
use crate::names::{Part, Script, is_name_particle, is_name_title, joins_next, joins_previous, readings, transcription};
use crate::register::parts::{Parts, classes_of};
use hashbrown::HashMap;
use rapidhash::fast::RandomState;
use rapidhash::v3::rapidhash_v3 as rapidhash;

/// So many different words are remembered; then it begins anew.
const REMEMBERED: usize = 1 << 20;
/// Classes a word may be looked up under: its own, and those of parts one slip away.
pub const MOST_GROUPS: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Name,
    /// `al`, `bin`, `von`: part of how a name is written, no part of it.
    Particle,
    /// `Dr`, `Sheikh`.
    Title,
    /// `Abd`, `Abu`: one part together with the next word.
    Opens,
    /// `ud-Din`, `Ullah`: one part together with the word before.
    Closes,
}

/// One word as far as it concerns names.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    pub role: Role,
    /// Its number among the parts; none where it can be nobody's name.
    pub part: Option<u32>,
    /// Whether it is a name part anywhere: of the register, or of the shipped table.
    pub is_name: bool,
    pub groups: [u32; MOST_GROUPS],
    pub group_count: u8,
    /// The number of its fine class; none where no part of the register has it.
    pub fine: Option<u32>,
    /// Whether it is in Latin letters.
    pub is_latin: bool,
    /// A country, from 1; 0 for none.
    pub country: u16,
    /// Of its romanized letters, as a register's places have them.
    pub hash: u64,
}

impl Known {
    pub fn groups(&self) -> &[u32] {
        &self.groups[..self.group_count as usize]
    }
}

/// What is remembered, by the word as it is written: short words, nearly all, as a number that needs no second look.
#[derive(Default)]
pub struct Words {
    short: HashMap<u128, Known, RandomState>,
    long: HashMap<String, Known, RandomState>,
}

/// Bytes of the longest word that is remembered as a number; the sixteenth holds its length.
const SHORT: usize = 15;

impl Words {
    /// Forgets everything when it has grown too large; between two texts only.
    pub fn tidy(&mut self) {
        if self.short.len() + self.long.len() > REMEMBERED {
            *self = Words::default();
        }
    }

    /// What the word at `start..end` of a text is.
    pub fn look_up(&mut self, text: &str, start: usize, end: usize, index: &PartIndex, parts: &mut Parts) -> Known {
        let read = || read(&text[start..end], index, parts);
        match short_key(text.as_bytes(), start, end) {
            Some(key) => *self.short.entry(key).or_insert_with(read),
            None => *self.long.entry_ref(&text[start..end]).or_insert_with(read),
        }
    }
}

fn short_key(bytes: &[u8], start: usize, end: usize) -> Option<u128> {
    let length = end - start;
    if length > SHORT {
        return None;
    }
    let mut window = [0; 16];
    match bytes.get(start..start + 16) {
        Some(whole) => window.copy_from_slice(whole),
        None => window[..length].copy_from_slice(&bytes[start..end]),
    }
    Some(u128::from_le_bytes(window) & ((1 << (8 * length)) - 1) | (length as u128) << 120)
}

pub const UNKNOWN: Known =
    Known { role: Role::Name, part: None, is_name: false, groups: [0; MOST_GROUPS], group_count: 0, fine: None, is_latin: true, country: 0, hash: 0 };

fn read(written: &str, index: &PartIndex, parts: &mut Parts) -> Known {
    let mut out = UNKNOWN;
    let mut all = readings(written);
    if let Some([x, y]) = all.first().map(Vec::as_slice) {
        // `North Korea`.
        out.country = index.country(&format!("{}{}", x.form, y.form));
    }
    // A word of several parts is one in a script without blanks; those are found letter by letter.
    let Some(plain) = all.first_mut().filter(|first| first.len() == 1).map(|first| first.remove(0)) else { return out };
    out.country = index.country(&plain.form);
    out.hash = rapidhash(plain.form.as_bytes());
    out.role = role(&plain.form);
    let (part, known) = nearest_form(plain, written, index);
    out.is_latin = part.script == Script::Latin;
    if let Some(KnownPart { part: number, classes }) = known {
        (out.fine, out.part, out.is_name) = (Some(classes.fine), Some(number), part.form.len() > 1);
        out.group_count = index.groups_of_known(&part.form, classes.group, &mut out.groups) as u8;
        return out;
    }
    let classes = classes_of(&part.form);
    out.group_count = index.groups(&part.form, index.group_of(classes.coarse), &mut out.groups) as u8;
    out.fine = index.fine_of(classes.fine);
    out.is_name = part.form.len() > 1 && index.is_usual(classes.fine);
    if out.group_count > 0 || out.is_name || part.form.len() == 1 {
        out.part = Some(parts.intern_folded(&part, classes));
    }
    out
}

fn role(form: &str) -> Role {
    match form {
        f if joins_next(f) => Role::Opens,
        f if joins_previous(f) => Role::Closes,
        f if is_name_title(f) => Role::Title,
        f if is_name_particle(f) => Role::Particle,
        _ => Role::Name,
    }
}

/// The part itself, or, where only that is in the register: what is left of it without an ending of grammar, or what it is in
/// other letters than German or Polish ones. With what the register knows of it, if it is there letter by letter.
fn nearest_form(part: Part, written: &str, index: &PartIndex) -> (Part, Option<KnownPart>) {
    if let Some(known) = index.known(&part) {
        return (part, Some(known));
    }
    let stems = stems(&part, written);
    for stem in stems.iter().map(|form| of_form(form, &part)) {
        if let Some(known) = index.known(&stem) {
            return (stem, Some(known));
        }
    }
    if part.script != Script::Latin || index.fine_of(classes_of(&part.form).fine).is_some() {
        return (part, None);
    }
    let read = [&part.form].into_iter().chain(&stems).flat_map(|form| transcription::of_word(form));
    let known = read.map(|form| of_form(&form, &part)).find(|other| index.fine_of(classes_of(&other.form).fine).is_some());
    let nearest = known.unwrap_or(part);
    let known = index.known(&nearest);
    (nearest, known)
}

fn of_form(form: &str, part: &Part) -> Part {
    Part { form: form.to_string(), script: part.script }
}

/// Forms a word may be inflected from: possessives, German genitives, Slavic cases, Arabic and Hebrew prefixes, Turkish suffixes.
fn stems(part: &Part, written: &str) -> Vec<String> {
    let form = part.form.as_str();
    let mut out = Vec::new();
    let mut keep = |stem: &str| {
        if stem.len() >= 3 {
            out.push(stem.to_string());
        }
    };
    if let Some((stem, rest)) = written.rsplit_once(['\'', '’', 'ʼ']) {
        if rest.chars().count() <= 4 {
            readings(stem).first().filter(|r| r.len() == 1).into_iter().for_each(|r| keep(&r[0].form));
        }
    }
    match part.script {
        Script::Latin => form.strip_suffix('s').into_iter().for_each(&mut keep),
        Script::Cyrillic => {
            for ending in CYRILLIC_ENDINGS {
                if let Some(stem) = form.strip_suffix(ending).filter(|s| s.len() >= 3) {
                    keep(stem);
                    keep(&format!("{stem}a"));
                    keep(&format!("{stem}y"));
                    keep(&format!("{stem}iy"));
                }
            }
        }
        Script::Arabic => ["w", "b", "l", "f", "k"].iter().filter_map(|p| form.strip_prefix(p)).for_each(|stem| {
            keep(stem.strip_prefix("al").unwrap_or(stem));
            keep(stem.strip_prefix('l').unwrap_or(stem));
        }),
        Script::Hebrew => ["v", "b", "l", "m", "h", "sh", "k"].iter().filter_map(|p| form.strip_prefix(p)).for_each(&mut keep),
        _ => {}
    }
    out
}

/// Romanized as the core does it; longest first.
const CYRILLIC_ENDINGS: [&str; 14] = ["ogo", "emu", "omu", "oyu", "ym", "om", "em", "oy", "ey", "u", "a", "e", "i", "y"];
