//! A run of letters of a written name.

use super::Part;
use super::romanize::push_romanized;
use super::script::Script;
use super::tamil;

/// Letters that stand together in one script, or in several that are written with blanks.
pub struct Token {
    /// Romanized letters.
    pub text: String,
    pub script: Script,
    /// Where the letters of each character end in `text`; kept for scripts without blanks only, which are cut between characters.
    pub letter_end: Vec<usize>,
    /// The characters, where they are `kept`: of Han, which is read in several languages, and of Tamil, where the letters beside a letter count.
    signs: Vec<char>,
    kept: bool,
}

impl Token {
    /// A token that will begin with `c`.
    pub fn before(c: char) -> Token {
        let script = Script::of(c);
        Token {
            text: String::with_capacity(12),
            script,
            letter_end: Vec::new(),
            signs: Vec::new(),
            kept: script == Script::Han || tamil::is_tamil(c),
        }
    }

    pub fn push(&mut self, c: char) {
        if self.kept {
            self.signs.push(c);
        }
        push_romanized(c, &mut self.text);
        if self.script.is_unspaced() {
            self.letter_end.push(self.text.len());
        }
    }

    /// Reads again what cannot be read letter by letter: no more letters follow.
    pub fn close(&mut self) {
        if !self.tamil().is_empty() {
            self.text = tamil::read(&self.signs, false);
        }
    }

    /// The characters of a token in Han.
    pub fn han(&self) -> &[char] {
        if self.script == Script::Han { &self.signs } else { &[] }
    }

    /// The letters of a token that begins in Tamil.
    pub fn tamil(&self) -> &[char] {
        if self.script == Script::Indic { &self.signs } else { &[] }
    }

    /// The text of characters `from..to` as a part.
    pub fn part(&self, from: usize, to: usize) -> Part {
        let start = if from == 0 { 0 } else { self.letter_end[from - 1] };
        Part { form: self.text[start..self.letter_end[to - 1]].to_string(), script: self.script }
    }

    pub fn whole(&self) -> Part {
        Part { form: self.text.clone(), script: self.script }
    }
}
