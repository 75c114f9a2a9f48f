//! A running text to runs of words that could be parts of a name, with their places.
//!
//! Where a script has capitals, a name begins with one: other words end a run and are never looked up, which is what makes one pass
//! fast. A text without capitals (a chat, a transcript) is read as a script without them.
//!
//! 1. A run ends at punctuation, at a blank line, and at any word that could not belong to a name.
//! 2. Inside a run there are blanks, one line break, a hyphen, a full stop behind an initial or a title, a comma behind a family name
//!    in capitals (`KHAZZANI, Ayoub`).
//! 3. Particles (`al`, `bin`, `de`, `van`) may be small; so may what a hyphen joins (`Jong-un`).

use super::blocks::{BLOCK, Block};
use crate::names::Script;

/// One word of a run: where it begins and ends, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    pub start: u32,
    pub end: u32,
    /// Whether it is written small: a particle, or what a hyphen joins.
    pub small: bool,
}

/// What a scan hands over, in the order of the text.
pub trait Visitor {
    /// Words that follow each other without a break.
    fn run(&mut self, words: &[Word]);
    /// A number of four digits that may be a year.
    fn year(&mut self, at: usize, year: u16);
    /// Whether it has enough for now.
    fn is_full(&self) -> bool;
}

/// So long a word is no name.
const LONGEST_WORD: usize = 120;
/// A run that never ends (a page in a script without capitals) is handed over in pieces of this many words.
const LONGEST_RUN: usize = 64;
/// Words of the end of such a piece that begin the next one, so that no name is cut.
const OVERLAP: usize = 8;

/// Whether a text uses capitals as names do: at least one in sixty of its first letters.
pub fn has_capitals(text: &str) -> bool {
    let (mut large, mut small, mut inside) = (0usize, 0usize, false);
    for c in text.chars().take(20_000) {
        if c.is_alphabetic() && !inside {
            large += usize::from(c.is_uppercase());
            small += usize::from(c.is_lowercase());
        }
        inside = c.is_alphanumeric();
    }
    large * 60 >= small
}

pub struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    words: Vec<Word>,
    /// Whether the text uses capitals as names do.
    pub cased: bool,
}

impl<'a> Scanner<'a> {
    pub fn new(text: &'a str) -> Scanner<'a> {
        Scanner { text, bytes: text.as_bytes(), at: 0, words: Vec::with_capacity(LONGEST_RUN), cased: has_capitals(text) }
    }

    /// Goes on through the text until the visitor has enough; says whether it has ended.
    pub fn go_on(&mut self, visitor: &mut impl Visitor) -> bool {
        let mut at = self.at;
        while at < self.bytes.len() {
            let class = CLASS[self.bytes[at] as usize];
            if self.cased && self.words.is_empty() && matches!(class, SMALL | OTHER) && !opens_small(&self.bytes[at..]) {
                at = self.pass_small(at);
            } else if class == OTHER {
                at += 1;
            } else {
                at = self.word(at, visitor);
            }
            if self.words.is_empty() && visitor.is_full() {
                break;
            }
        }
        self.at = at;
        if at == self.bytes.len() {
            self.flush(visitor);
        }
        at == self.bytes.len()
    }

    /// Passes over words that begin small and can begin no name, from the beginning of one or from between two.
    fn pass_small(&self, at: usize) -> usize {
        let (mut from, mut opening) = (at, 0);
        while from < self.bytes.len() {
            let block = Block::at(self.bytes, from);
            // The third byte of `al-`.
            let hyphens = block.dashes & (block.starts << 2 | opening);
            let begins = block.starts & block.marked;
            let mut candidates = begins | hyphens | block.wide;
            while candidates != 0 {
                let lowest = candidates & candidates.wrapping_neg();
                let place = from + lowest.trailing_zeros() as usize;
                if begins & lowest != 0 || block.wide & lowest != 0 && self.parts_words(place) {
                    return place;
                }
                if hyphens & lowest != 0 && opens_small(&self.bytes[place - 2..]) {
                    return place - 2;
                }
                candidates ^= lowest;
            }
            opening = block.starts >> (BLOCK - 2);
            from += BLOCK;
        }
        self.bytes.len()
    }

    /// Whether the character at `at` ends a word: a dash, a quotation mark, a blank outside of ASCII.
    fn parts_words(&self, at: usize) -> bool {
        self.text[at..].chars().next().is_some_and(|c| !c.is_alphanumeric() && !is_inside(c))
    }

    /// Reads the word that begins at `at`, or passes over the one character there; returns where to go on.
    fn word(&mut self, at: usize, visitor: &mut impl Visitor) -> usize {
        let end = word_end(self.text, at);
        if end == at {
            return at + self.text[at..].chars().next().map_or(1, char::len_utf8);
        }
        let gap = self.words.last().map(|w| (*w, gap(&self.text[w.end as usize..at], self.word_text(*w))));
        let joined = matches!(gap, Some((_, Gap::Hyphen)));
        if matches!(gap, Some((_, Gap::Break))) {
            self.flush(visitor);
        }
        let word = Word { start: at as u32, end: end as u32, small: false };
        match self.kind(at, end, joined) {
            Kind::Name => self.push(word, visitor),
            Kind::Small => self.push(Word { small: true, ..word }, visitor),
            Kind::Number(year) => {
                self.flush(visitor);
                year.into_iter().for_each(|y| visitor.year(at, y));
            }
            Kind::None => self.flush(visitor),
        }
        end
    }

    fn word_text(&self, w: Word) -> &str {
        &self.text[w.start as usize..w.end as usize]
    }

    fn kind(&self, start: usize, end: usize, joined: bool) -> Kind {
        let word = &self.text[start..end];
        let first = word.chars().next().expect("not empty");
        if first.is_numeric() {
            let year = word.parse().ok().filter(|y| word.len() == 4 && (1900..=2099).contains(y));
            return Kind::Number(year);
        }
        if word.len() > LONGEST_WORD {
            return Kind::None;
        }
        match (self.cased && first.is_lowercase(), joined) {
            (false, _) => Kind::Name,
            (true, true) => Kind::Small,
            (true, false) if is_small_particle(word) => Kind::Small,
            _ => Kind::None,
        }
    }

    fn push(&mut self, word: Word, visitor: &mut impl Visitor) {
        self.words.push(word);
        if self.words.len() == LONGEST_RUN {
            visitor.run(&self.words);
            self.words.drain(..LONGEST_RUN - OVERLAP);
        }
    }

    fn flush(&mut self, visitor: &mut impl Visitor) {
        if !self.words.is_empty() {
            visitor.run(&self.words);
            self.words.clear();
        }
    }
}

enum Kind {
    Name,
    Small,
    Number(Option<u16>),
    None,
}

#[derive(PartialEq)]
enum Gap {
    Blank,
    Hyphen,
    Break,
}

/// What stands between two words of a run.
fn gap(between: &str, before: &str) -> Gap {
    match between {
        " " => return Gap::Blank,
        "-" | "\u{2010}" | "\u{2011}" => return Gap::Hyphen,
        _ => {}
    }
    let (mut lines, mut point, mut comma) = (0, 0, 0);
    for c in between.chars() {
        match c {
            '\n' => lines += 1,
            '.' | '\u{b7}' | '\u{30fb}' | '\u{ff0e}' => point += 1,
            ',' => comma += 1,
            c if c.is_whitespace() || is_unseen(c) => {}
            _ => return Gap::Break,
        }
    }
    let short = before.chars().count() <= 2 || TITLES_WITH_POINT.iter().any(|t| before.eq_ignore_ascii_case(t));
    let interpunct = between == "\u{b7}" || between == "\u{30fb}";
    let fits =
        lines < 2 && (point == 0 || point == 1 && (short || interpunct)) && (comma == 0 || comma == 1 && point == 0 && is_all_capitals(before));
    if fits { Gap::Blank } else { Gap::Break }
}

const TITLES_WITH_POINT: [&str; 8] = ["prof", "mrs", "gen", "col", "sen", "rep", "sgt", "capt"];

fn is_all_capitals(word: &str) -> bool {
    word.chars().filter(|c| c.is_alphabetic()).count() > 1 && word.chars().all(|c| !c.is_lowercase())
}

/// Characters that show nothing: joiners, marks of direction, soft hyphens.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Where the word that begins at `at` ends; `at` itself where no word begins.
fn word_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = at;
    let mut script = None;
    loop {
        while end < bytes.len() && matches!(CLASS[bytes[end] as usize], SMALL | LARGE | DIGIT) {
            end += 1;
        }
        let Some(c) = text[end..].chars().next() else { return end };
        let unspaced = unspaced(c);
        let fits = c.is_alphanumeric() && (script.is_none() || script == Some(unspaced)) || end > at && is_inside(c);
        if c.is_ascii() {
            // An apostrophe between two letters belongs to the word.
            if !(c == '\'' && end > at && text[end + 1..].chars().next().is_some_and(char::is_alphabetic)) {
                return end;
            }
        } else if !fits {
            return end;
        } else if c.is_alphanumeric() {
            script = Some(unspaced);
        }
        end += c.len_utf8();
    }
}

/// Han, Kana and Hangul part words by their script alone.
fn unspaced(c: char) -> u8 {
    match Script::of(c) {
        Script::Han => 1,
        Script::Kana => 2,
        Script::Hangul => 3,
        _ => 0,
    }
}

fn is_inside(c: char) -> bool {
    crate::names::romanize::is_vowel_sign(c)
        || unicode_normalization::char::is_combining_mark(c)
        || matches!(c, '’' | '‘' | 'ʼ' | 'ʻ' | '´' | '′' | 'ʹ' | 'ʾ' | 'ʿ' | '״' | '׳' | 'ー')
        || is_unseen(c)
}

const OTHER: u8 = 0;
const SMALL: u8 = 1;
const LARGE: u8 = 2;
const DIGIT: u8 = 3;
const WIDE: u8 = 4;

/// What a byte can be the beginning of.
static CLASS: [u8; 256] = {
    let mut table = [OTHER; 256];
    let mut b = 0;
    while b < 256 {
        table[b] = match b as u8 {
            b'a'..=b'z' => SMALL,
            b'A'..=b'Z' => LARGE,
            b'0'..=b'9' => DIGIT,
            0x80..=0xff => WIDE,
            _ => OTHER,
        };
        b += 1;
    }
    table
};

/// Whether a small word at the beginning of a run may open a name: an Arabic article with a hyphen, or a particle.
fn opens_small(rest: &[u8]) -> bool {
    matches!(rest, [b'a' | b'e', b'l' | b's' | b'd' | b'r' | b'z' | b't' | b'n', b'-', ..])
}

#[rustfmt::skip] // a table of words
fn is_small_particle(word: &str) -> bool {
    word.len() <= 5 && matches!(
        word,
        "al" | "el" | "ul" | "ad" | "ar" | "as" | "ash" | "at" | "az" | "an" | "ud" | "ur" | "us" | "bin" | "ibn" | "ben" | "bint" | "binti" | "ould"
            | "abu" | "abd" | "de" | "del" | "della" | "di" | "da" | "dos" | "das" | "do" | "du" | "la" | "le" | "van" | "von" | "der" | "den" | "ter"
            | "ten" | "zu" | "y" | "e" | "zur" | "vom" | "af" | "av" | "oglu" | "ogly" | "kyzy" | "qizi" | "din" | "ullah"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs as the text has them, and years.
    #[derive(Default)]
    struct Kept(Vec<Vec<(u32, u32, bool)>>, Vec<(usize, u16)>);

    impl Visitor for Kept {
        fn run(&mut self, words: &[Word]) {
            self.0.push(words.iter().map(|w| (w.start, w.end, w.small)).collect());
        }

        fn year(&mut self, at: usize, year: u16) {
            self.1.push((at, year));
        }

        /// After each run: where it stops and goes on may not matter.
        fn is_full(&self) -> bool {
            true
        }
    }

    #[test]
    fn what_is_found_does_not_depend_on_where_the_text_begins() {
        let text = "in the year 1974 a man, Munir al-Tuzani, met el-Khatib\n\nand the el-model of Émile Zola in naïve Köln's al-Arabi; no iPhone but—Ali Zorvek—in\u{a0}Köln";
        let runs = |ahead: usize| {
            let (text, mut kept) = (" ".repeat(ahead) + text, Kept::default());
            let mut scanner = Scanner::new(&text);
            while !scanner.go_on(&mut kept) {}
            assert!(scanner.cased);
            let words =
                |run: &Vec<(u32, u32, bool)>| run.iter().map(|&(start, end, _)| text[start as usize..end as usize].to_string()).collect::<Vec<_>>();
            (kept.0.iter().map(words).collect::<Vec<_>>(), kept.1)
        };
        let wanted: [&[&str]; 7] = [
            &["Munir", "al", "Tuzani"],
            &["el", "Khatib"],
            &["el", "model"],
            &["Émile", "Zola"],
            &["Köln's", "al", "Arabi"],
            &["Ali", "Zorvek"],
            &["Köln"],
        ];
        for ahead in 0..2 * BLOCK {
            assert_eq!(runs(ahead), (wanted.iter().map(|run| run.iter().map(|w| w.to_string()).collect()).collect(), vec![(12 + ahead, 1974)]));
        }
    }
}
