//! The distinct name parts of a register as a store keeps them: what a search by one part alone, or by its beginning, goes through.
//!
//! A form is one part in its script: a letter for the script, then the romanized letters. A store finds forms by their starts, and by
//! a form the records that bear it (`index::bearer_key`). So a search reads the few hundred parts that could be meant, takes the best
//! of them, and knows how many records bear each before it reads one.

use super::index::{self, bearer_key};
use super::sounds;
use crate::compare::channel::Channels;
use crate::compare::frequency::{DefaultTable, Frequencies};
use crate::compare::names::NameComparer;
use crate::link::blocking::mix;
use crate::names::{Part, Script};
use crate::register::{Register, parts::Parts};
use hashbrown::HashMap;
use rapidhash::fast::RandomState;
use rapidhash::v3::rapidhash_v3 as rapidhash;
use rayon::prelude::*;

/// A start is so many letters, or so many sounds of the skeleton: enough that few parts share it, and known early while one types.
const START: usize = 2;
const LETTERS: u64 = 401;
const SOUNDS: u64 = 402;
/// Parts that say less than this share of what the best one says are other names; across scripts, where less is sure, than that one.
const NEAR_THE_BEST: f32 = 0.5;
const NEAR_ACROSS_SCRIPTS: f32 = 0.33;

/// One part of a record: the class it is counted under, how it is written down, and its starts, by letters and by sounds.
pub type Form = (i64, Vec<u8>, i64, i64);

/// What a search found of one form: the key of the records that bear it, and how many they are.
pub type Borne = (i64, u32);

/// The forms a record bears, each once.
pub fn of_record(register: &Register, i: usize, parts: &Parts) -> Vec<Form> {
    let letters = |p: u32| &*parts.form[p as usize];
    let form = |&p: &u32| {
        (parts.exact_class(p) as i64, written(parts, p), by_letters(letters(p)), by_sounds(&sounds::kept(letters(p), parts.script[p as usize])))
    };
    let mut borne: Vec<Form> = register.names(i).flat_map(|name| name.parts).map(form).collect();
    borne.sort_unstable();
    borne.dedup();
    borne
}

fn written(parts: &Parts, p: u32) -> Vec<u8> {
    let mut out = vec![b'a' + parts.script[p as usize] as u8];
    out.extend_from_slice(parts.form[p as usize].as_bytes());
    out
}

fn read(form: &[u8]) -> Option<Part> {
    let (&script, letters) = form.split_first()?;
    let form = std::str::from_utf8(letters).ok().filter(|letters| !letters.is_empty() && letters.is_ascii())?;
    Some(Part { form: form.to_string(), script: Script::from_index(script.wrapping_sub(b'a')) })
}

fn by_letters(form: &str) -> i64 {
    start(form, LETTERS)
}

fn by_sounds(sounds: &str) -> i64 {
    start(sounds, SOUNDS)
}

fn start(letters: &str, tag: u64) -> i64 {
    mix(rapidhash(&letters.as_bytes()[..letters.len().min(START)]), tag) as i64
}

/// The parts that a query says alone: names of it, or readings of them, that have one part.
pub fn lone_parts(query: &Register) -> Vec<u32> {
    query.names(0).filter(|name| name.parts.len() == 1).map(|name| name.parts[0]).collect()
}

/// The starts under which a store holds every form that may be a writing of one of the parts.
pub fn starts_of_alike(parts: &Parts, asked: &[u32]) -> Vec<i64> {
    let sounds = asked.iter().flat_map(|&p| sounds::asked(&parts.form[p as usize], parts.script[p as usize]));
    distinct(sounds.map(|sounds| by_sounds(&sounds)).collect())
}

/// Forms of a register that are writings of one of the parts `asked` for, best first. `parts` holds these and takes the forms in.
pub fn alike(
    mut parts: Parts,
    asked: &[u32],
    query: &Register,
    forms: &[(Vec<u8>, u32)],
    persons: usize,
    (table, channels): (&DefaultTable, &Channels),
) -> Vec<Borne> {
    let records: HashMap<u32, u32> = forms.iter().filter_map(|(form, records)| Some((parts.intern(&read(form)?), *records))).collect();
    parts.fold_new();
    let frequencies = Frequencies::from_counts(persons, &parts, table, &counts(&parts, &records), query);
    let found = best(&mut NameComparer::new(&parts, &frequencies, channels), &parts, asked, records.keys().copied());
    found.into_iter().map(|form| (bearer_key(parts.exact_class(form)), records[&form])).collect()
}

/// Those of some parts that are writings of one of the parts `asked` for, best first.
pub fn best(names: &mut NameComparer, parts: &Parts, asked: &[u32], forms: impl Iterator<Item = u32>) -> Vec<u32> {
    let most = |names: &mut NameComparer, form| asked.iter().map(|&p| bits(names, parts, p, form)).fold(0.0, f32::max);
    let mut found: Vec<(f32, u32)> = forms.map(|form| (most(names, form), form)).filter(|found| found.0 > 0.0).collect();
    let best = found.iter().map(|found| found.0).fold(0.0, f32::max);
    let near = |form: u32| asked.iter().any(|&p| parts.script[p as usize] == parts.script[form as usize]);
    found.retain(|&(bits, form)| bits >= best * if near(form) { NEAR_THE_BEST } else { NEAR_ACROSS_SCRIPTS });
    let writing = |form: u32| (&parts.form[form as usize], parts.script[form as usize] as u8);
    found.sort_unstable_by(|x, y| y.0.total_cmp(&x.0).then_with(|| writing(x.1).cmp(&writing(y.1))));
    found.into_iter().map(|found| found.1).collect()
}

/// Those of some parts that could be writings of one of the parts `asked` for: they have the start of one.
pub fn near<'a>(parts: &'a Parts, asked: &[u32], forms: impl IndexedParallelIterator<Item = u32> + 'a) -> Vec<u32> {
    let starts = starts_of_alike(parts, asked);
    let start = |form: u32| by_sounds(&sounds::kept(&parts.form[form as usize], parts.script[form as usize]));
    forms.filter(|&form| starts.binary_search(&start(form)).is_ok()).collect()
}

/// What two parts say for being one; an initial is a writing of itself alone.
fn bits(names: &mut NameComparer, parts: &Parts, asked: u32, form: u32) -> f32 {
    let (x, y) = (&parts.form[asked as usize], &parts.form[form as usize]);
    if (x.len() == 1 || y.len() == 1) && x != y { 0.0 } else { names.agreement(asked, form).bits }
}

/// How many records hold each class, as far as the forms at hand say: all of the class of what was asked are among them.
fn counts(parts: &Parts, held: &HashMap<u32, u32>) -> HashMap<u64, u32, RandomState> {
    let mut out: HashMap<u64, u32, RandomState> = HashMap::default();
    for (&form, &records) in held {
        let classes = parts.classes[form as usize];
        for class in [parts.exact_class(form), classes.fine, classes.coarse] {
            *out.entry(class).or_insert(0) += records;
        }
    }
    out
}

/// A part of which somebody has typed the beginning: its readings.
pub struct Beginning {
    parts: Vec<Part>,
}

impl Beginning {
    /// None where nothing is typed that could be one part, or too little of it.
    pub fn of(written: &str) -> Option<Beginning> {
        let long = |part: &Part| part.form.len() >= START;
        let readings = crate::names::readings(written).into_iter();
        let mut parts: Vec<Part> = readings.filter(|reading| reading.len() == 1).flatten().flat_map(openings).filter(long).collect();
        parts.dedup();
        (!parts.is_empty()).then_some(Beginning { parts })
    }

    /// The starts under which a store holds every form that may begin so.
    pub fn starts(&self) -> Vec<i64> {
        let by_sound = self.parts.iter().flat_map(|part| sounds::asked(&part.form, part.script)).filter(|sounds| sounds.len() >= START);
        distinct(self.parts.iter().map(|part| by_letters(&part.form)).chain(by_sound.map(|sounds| by_sounds(&sounds))).collect())
    }

    /// Forms that begin so, those of the same letters before those of the same sounds, the commonest first.
    pub fn fitting<'a>(&self, forms: &'a [(Vec<u8>, u32)]) -> Vec<(Fit, &'a [u8], u32)> {
        let fit = |form: &[u8]| read(form).and_then(|part| self.fit(&part.form, part.script));
        let mut found: Vec<(Fit, &[u8], u32)> = forms.iter().filter_map(|(form, records)| Some((fit(form)?, form.as_slice(), *records))).collect();
        found.sort_unstable_by(|x, y| x.0.cmp(&y.0).then(y.2.cmp(&x.2)).then(x.1.cmp(y.1)));
        found
    }

    /// How the part of a record that fits best does.
    pub fn borne(&self, register: &Register, i: usize, parts: &Parts) -> Option<Fit> {
        let borne = register.names(i).flat_map(|name| name.parts);
        borne.filter_map(|&p| self.fit(&parts.form[p as usize], parts.script[p as usize])).min()
    }

    fn fit(&self, form: &str, script: Script) -> Option<Fit> {
        if self.parts.iter().any(|typed| form.starts_with(&typed.form)) {
            return Some(Fit::Letters);
        }
        // Scripts differ in which vowels they write.
        let sounds_like = |typed: &Part| {
            let kept = sounds::kept(form, script);
            sounds::asked(&typed.form, typed.script).iter().any(|sounds| sounds.len() >= START && kept.starts_with(sounds))
        };
        self.parts.iter().any(|typed| typed.script != script && sounds_like(typed)).then_some(Fit::Sounds)
    }
}

/// A part that is begun, and what it may be the beginning of: `abdur` and `abdulr` of what a register has without its article, `abdrahman`.
fn openings(part: Part) -> Vec<Part> {
    let opened = |rest: &str| Part { form: format!("abd{rest}"), script: part.script };
    let mut out = vec![part.clone()];
    if let Some(rest) = part.form.strip_prefix("abd") {
        let stem = rest.trim_start_matches(['a', 'e', 'i', 'o', 'u']);
        out.extend([Some(stem), stem.strip_prefix('l')].into_iter().flatten().map(opened));
    }
    out
}

/// How a part begins as was typed: with the same letters, or, in another script, with the same sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    Letters,
    Sounds,
}

/// The keys of the records in which one of the forms stands beside a part of the query, where it is named, or a year of birth of it.
pub fn beside(query: &Register, parts: &Parts, named: bool, forms: &[Vec<u8>]) -> Vec<i64> {
    let classes: Vec<u64> = forms.iter().filter_map(|form| Some(key_and_class(form)?.1)).collect();
    let said: Vec<u64> = query.names(0).flat_map(|name| name.parts).filter(|_| named).map(|&p| parts.classes[p as usize].coarse).collect();
    let years = index::years(query, 0);
    let keys = |&class: &u64| {
        let with_parts = said.iter().map(move |&x| index::pair_key(x, class));
        with_parts.chain(years.iter().map(move |&year| index::year_key(class, year))).collect::<Vec<i64>>()
    };
    distinct(classes.iter().flat_map(keys).collect())
}

/// The key of the records that bear a form, and the coarse class by which it stands in pairs of parts.
pub fn key_and_class(form: &[u8]) -> Option<(i64, u64)> {
    let part = read(form)?;
    let class = crate::register::parts::classes_of(&part.form).coarse;
    Some((bearer_key(crate::register::parts::exact_class(part.script, &part.form)), class))
}

fn distinct(mut numbers: Vec<i64>) -> Vec<i64> {
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}
