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
    /// A bit for each beginning a word for a country may have: tells nearly all other words away before they are read.
    beginnings: Vec<u64>,
    /// Hash of the code as a register has it, hash of the English name as a birth place has it.
    hashes: Vec<(u64, u64)>,
}

impl Countries {
    pub fn read() -> Countries {
        let mut out = Countries { words: HashMap::default(), stems: HashMap::default(), beginnings: vec![0; 1 << 9], hashes: vec![(0, 0)] };
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let (code, words) = line.split_once('\t').expect("code, tab, words");
            let number = out.hashes.len() as u16;
            for word in words.split(' ') {
                let form = form(word.trim_end_matches('*'));
                out.note_beginning(&form);
                if word.ends_with('*') {
                    out.stems.insert(form, number)
                } else {
                    out.words.insert(form, number)
                };
            }
            let name = words.split(' ').next().expect("a name");
            out.hashes.push((rapidhash(code.as_bytes()), rapidhash(name.as_bytes())));
        }
        out
    }

    fn note_beginning(&mut self, form: &str) {
        let (word, bit) = beginning(form.as_bytes());
        self.beginnings[word] |= bit;
    }

    /// Whether a word may mean a country, by its first letters. One that begins with letters outside of ASCII always may.
    pub fn may_begin(&self, word: &[u8]) -> bool {
        let (at, bit) = beginning(word);
        self.beginnings[at] & bit != 0 || !word[..word.len().min(LEAST_STEM)].is_ascii()
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

/// Where the bit of the first `LEAST_STEM` letters is, small or large.
fn beginning(word: &[u8]) -> (usize, u64) {
    let first = match word {
        [a, b, c, d, ..] => u32::from_be_bytes([*a, *b, *c, *d]) | 0x2020_2020,
        short => short.iter().fold(0, |first, b| first << 8 | (b | 0x20) as u32),
    };
    let mixed = first.wrapping_mul(0x9E37_79B1);
    ((mixed >> 23) as usize, 1 << (mixed >> 17 & 63))
}

fn form(word: &str) -> String {
    readings(word).first().map(|parts| parts.iter().map(|p| p.form.as_str()).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_for_a_country_is_told_away_by_its_first_letters() {
        let countries = Countries::read();
        for word in countries.words.keys().chain(countries.stems.keys()) {
            let behind = format!("{}en", word.to_uppercase());
            assert!(countries.may_begin(word.as_bytes()), "{word}");
            assert!(word.len() < LEAST_STEM || countries.may_begin(behind.as_bytes()), "{word}");
        }
        assert!(countries.may_begin("émirats".as_bytes()));
        let told_away = ["said", "which", "there", "house", "would", "about"].iter().filter(|w| !countries.may_begin(w.as_bytes())).count();
        assert!(told_away >= 4, "{told_away}");
    }
}
