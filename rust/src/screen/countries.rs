//! Words for countries and their people, in the languages texts are read in: English, German, French, Spanish, some Arabic and Russian.
//!
//! Names of states are facts; the table is our own. It is evidence beside a name, never a statement about a person.

use crate::names::readings;
use hashbrown::HashMap;
use rapidhash::fast::RandomState;
use rapidhash::v3::rapidhash_v3 as rapidhash;

const TABLE: &str = include_str!("countries.tsv");
/// A shorter beginning of a word is no sign of a country.
const LEAST_STEM: usize = 4;
const LONGEST_STEM: usize = 14;
/// Stands for a word that begins the name of a country: `North`, `Saudi`.
pub const BEGINS: u16 = u16::MAX;

#[rustfmt::skip] // a table of words
const BEGINNINGS: [&str; 17] = [
    "north", "south", "saudi", "united", "hong", "sri", "costa", "el", "new", "sierra", "burkina", "ivory", "czech", "central", "dominican", "estados",
    "arabia",
];

/// A country by its words; numbers count from 1.
pub struct Countries {
    words: HashMap<String, u16, RandomState>,
    stems: HashMap<String, u16, RandomState>,
    /// Hash of the code as a register has it, hash of the English name as a birth place has it.
    hashes: Vec<(u64, u64)>,
}

impl Countries {
    pub fn read() -> Countries {
        let mut out = Countries { words: HashMap::default(), stems: HashMap::default(), hashes: vec![(0, 0)] };
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let (code, words) = line.split_once('\t').expect("code, tab, words");
            let number = out.hashes.len() as u16;
            for word in words.split(' ') {
                match word.strip_suffix('*') {
                    Some(stem) => out.stems.insert(form(stem), number),
                    None => out.words.insert(form(word), number),
                };
            }
            let name = words.split(' ').next().expect("a name");
            out.hashes.push((rapidhash(code.as_bytes()), rapidhash(name.as_bytes())));
        }
        out
    }

    /// The country a romanized word means; 0 for none, `BEGINS` where only the next word tells.
    pub fn of(&self, form: &str) -> u16 {
        if let Some(&number) = self.words.get(form) {
            return number;
        }
        let longest = form.len().min(LONGEST_STEM);
        let stems = (LEAST_STEM..=longest).rev().filter_map(|n| form.get(..n)).find_map(|stem| self.stems.get(stem));
        match stems {
            Some(&number) => number,
            None if BEGINNINGS.contains(&form) => BEGINS,
            None => 0,
        }
    }

    /// (hash of the code, hash of the English name) of a country.
    pub fn hashes(&self, number: u16) -> (u64, u64) {
        self.hashes[number as usize]
    }
}

fn form(word: &str) -> String {
    readings(word).first().map(|parts| parts.iter().map(|p| p.form.as_str()).collect()).unwrap_or_default()
}
