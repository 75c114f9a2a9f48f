//! The words beside mentions that may say where somebody is from: each is read once, however many mentions it stands beside.
//!
//! 1. A word is letters and numbers; one that the window cuts in two is no word of it.
//! 2. A place begins with a capital, where anything does; so does a country, but not its people.

use super::blocks::{BLOCK, Block, stretch_end};
use super::countries::{BEGINS, Countries};
use super::words::Known;
use std::collections::VecDeque;

/// Shorter words say nothing, in bytes.
const LEAST: usize = 3;

/// A word that may be a place or a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Telling {
    start: usize,
    end: usize,
    /// Of its romanized letters, as a register's places have them.
    pub hash: u64,
    country: u16,
}

impl Telling {
    pub fn country(&self) -> Option<u16> {
        (self.country != 0 && self.country != BEGINS).then_some(self.country)
    }
}

/// A window that goes forward over a text.
pub struct Beside<'a, L> {
    text: &'a str,
    cased: bool,
    countries: &'a Countries,
    look_up: L,
    words: VecDeque<Telling>,
    /// All before is read, or passed over.
    at: usize,
}

impl<'a, L: FnMut(usize, usize) -> Known> Beside<'a, L> {
    pub fn new(text: &'a str, cased: bool, countries: &'a Countries, look_up: L) -> Self {
        Beside { text, cased, countries, look_up, words: VecDeque::new(), at: 0 }
    }

    /// Moves the window to `from..to`; `from` is not before that of the last window.
    pub fn read(&mut self, from: usize, to: usize) {
        while self.words.front().is_some_and(|word| word.start < from) {
            self.words.pop_front();
        }
        if self.at < from {
            let inside = from > 0 && self.text[..from].chars().next_back().is_some_and(char::is_alphanumeric);
            self.at = if inside { self.word_end(from) } else { from };
        }
        while self.at < to {
            self.read_block(to);
        }
    }

    /// Reads the stretches that begin in the next block and before `to`, to their ends.
    fn read_block(&mut self, to: usize) {
        let bytes = self.text.as_bytes();
        let (from, block) = (self.at, Block::at(bytes, self.at));
        self.at = (from + BLOCK).min(to);
        // What was read before ends behind a word, maybe within a stretch.
        let mut starts = block.starts | block.inside & 1;
        while starts != 0 {
            let bit = starts.trailing_zeros();
            let start = from + bit as usize;
            if start >= self.at {
                return;
            }
            starts &= starts - 1;
            let length = (!(block.inside >> bit)).trailing_zeros();
            let cut = bit + length >= BLOCK as u32;
            let end = if cut { stretch_end(bytes, start) } else { start + length as usize };
            if cut || !self.cased || block.marked >> bit << (BLOCK as u32 - length) != 0 || self.tells(&bytes[start..end]) {
                self.read_stretch(start, end);
            }
            self.at = self.at.max(end);
        }
    }

    fn read_stretch(&mut self, start: usize, end: usize) {
        let mut at = start;
        while at < end {
            at = self.read_word(at);
        }
    }

    /// Whether a word may be a place or a country.
    fn tells(&self, word: &[u8]) -> bool {
        word.len() >= LEAST && !(self.cased && word[0].is_ascii_lowercase() && !self.countries.may_begin(word))
    }

    /// The words of the window that are not of the mention at `start..end`.
    pub fn around(&self, start: usize, end: usize, to: usize) -> impl Iterator<Item = &Telling> {
        self.words.iter().take_while(move |word| word.end <= to).filter(move |word| word.end <= start || word.start >= end)
    }

    /// Reads the word at `start`, or passes over the one character there; returns where to go on.
    fn read_word(&mut self, start: usize) -> usize {
        let end = self.word_end(start);
        if end == start {
            return start + self.text[start..].chars().next().map_or(1, char::len_utf8);
        }
        if self.tells(&self.text.as_bytes()[start..end]) {
            let known = (self.look_up)(start, end);
            self.words.push_back(Telling { start, end, hash: known.hash, country: known.country });
        }
        end
    }

    /// The end of the letters and numbers from `at` on.
    fn word_end(&self, mut at: usize) -> usize {
        let bytes = self.text.as_bytes();
        loop {
            while at < bytes.len() && bytes[at].is_ascii_alphanumeric() {
                at += 1;
            }
            match bytes.get(at) {
                Some(b) if !b.is_ascii() => match self.text[at..].chars().next() {
                    Some(c) if c.is_alphanumeric() => at += c.len_utf8(),
                    _ => return at,
                },
                _ => return at,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::UNKNOWN;
    use super::*;

    /// Start and end of every word of a text that is long enough.
    fn all_words(text: &str) -> Vec<(usize, usize)> {
        let parted = text.split(|c: char| !c.is_alphanumeric()).map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word));
        parted.map(|(start, word)| (start, start + word.len())).filter(|(start, end)| end - start >= LEAST).collect()
    }

    #[test]
    fn a_window_holds_its_whole_words_wherever_it_was_before() {
        let countries = Countries::read();
        let piece = "In Ägypten—so “Köln” und Paris, the french (Mali's) L’Élan-vital 25x met 中国人 in Москве… ouagadougou-Al Iran";
        let text = [piece; 5].join("\n");
        let words = all_words(&text);
        let places: Vec<usize> = (0..text.len()).filter(|&at| text.is_char_boundary(at)).collect();
        for (cased, step) in [(true, 1), (false, 1), (true, 7), (false, 90), (true, 200)] {
            let place = |start, end| Known { hash: ((start as u64) << 32) | end as u64, ..UNKNOWN };
            let mut beside = Beside::new(&text, cased, &countries, place);
            for from in places.iter().copied().step_by(step) {
                let to = places.iter().copied().find(|&at| at >= from + 101).unwrap_or(text.len());
                let (start, end) = words.iter().copied().find(|word| word.0 >= from + 30).unwrap_or((to, to));
                beside.read(from, to);
                let found: Vec<u64> = beside.around(start, end, to).map(|word| word.hash).collect();
                let fits = |&&(a, b): &&(usize, usize)| from <= a && b <= to && (b <= start || end <= a);
                let tells = |&(a, b): &(usize, usize)| beside.tells(&text.as_bytes()[a..b]);
                let wanted: Vec<u64> = words.iter().filter(fits).copied().filter(tells).map(|(a, b)| place(a, b).hash).collect();
                assert_eq!(found, wanted, "{from}..{to}");
            }
        }
    }
}
