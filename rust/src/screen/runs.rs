//! Runs of words to units, and units to the names of records they may mean.

use super::countries::BEGINS;
use super::index::{NameAt, PairIndex, PartIndex, WHOLE_LETTERS, WholeNames};
use super::scan::{Visitor, Word};
use super::words::{Known, Role, Words};
use crate::names::Script;
use crate::register::parts::Parts;

/// Two parts of a name stand at most so many units apart.
const FURTHEST: usize = 4;
/// Names weighed for what is written exactly, and for each pair of what is written nearly so.
const MOST_EXACT: usize = 24;
const MOST_NEAR: usize = 4;
/// A name that has so many parts more than stand together in the text is not weighed.
const MOST_OMITTED: u32 = 2;
/// So many names are weighed together: enough to fetch many at once, and few enough to stay in the cache.
const TOGETHER: usize = 1 << 10;
/// Names weighed for one pair of words that is written nearly as in the register.
const MOST_NEARLY: usize = 12;

/// One part of a name in a text, with all the words it is written in.
#[derive(Clone, Copy, Debug)]
pub struct Unit {
    pub start: u32,
    pub end: u32,
    pub known: Known,
}

/// A name of a record, met by units `low..=high` of those from `first` to `last`, which are one run.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    pub name: NameAt,
    pub low: u32,
    pub high: u32,
    pub first: u32,
    pub last: u32,
}

/// What a register is looked up by.
pub struct Tables {
    pub parts: PartIndex,
    pub pairs: PairIndex,
    pub whole: WholeNames,
}

/// What one text gave, before it is weighed.
#[derive(Default)]
pub struct Gathered {
    pub units: Vec<Unit>,
    pub candidates: Vec<Candidate>,
    /// Names found letter by letter in scripts without blanks: start, end, name.
    pub whole: Vec<(u32, u32, NameAt)>,
    /// Places and numbers of countries named, in order.
    pub countries: Vec<(u32, u16)>,
    pub last_year: u16,
    /// Whether names begin with a capital.
    pub cased: bool,
}

pub struct Gatherer<'a> {
    pub text: &'a str,
    pub tables: &'a Tables,
    pub words: &'a mut Words,
    pub parts: &'a mut Parts,
    pub this_year: u16,
    pub out: Gathered,
    found: Vec<(NameAt, u32, u32)>,
    /// How many names share a pair of units exactly, and which.
    exact: Vec<(u32, u32, u32)>,
}

impl Gathered {
    /// Forgets the names, which have been weighed, and keeps what the text says besides.
    pub fn clear_names(&mut self) {
        self.units.clear();
        self.candidates.clear();
        self.whole.clear();
    }
}

impl<'a> Gatherer<'a> {
    /// Goes on with what was gathered before.
    pub fn new(text: &'a str, tables: &'a Tables, words: &'a mut Words, parts: &'a mut Parts, this_year: u16, out: Gathered) -> Self {
        Gatherer { text, tables, words, parts, this_year, out, found: Vec::new(), exact: Vec::new() }
    }

    fn look_up(&mut self, start: u32, end: u32) -> Known {
        self.words.look_up(self.text, start as usize, end as usize, &self.tables.parts, self.parts)
    }

    /// Appends the units of a run.
    fn assemble(&mut self, words: &[Word]) {
        let first = self.out.units.len();
        let mut i = 0;
        while i < words.len() {
            let Word { start, end, small } = words[i];
            let known = self.look_up(start, end);
            self.note_country(known, words, i);
            let mut next = i + 1;
            match known.role {
                Role::Title => {}
                Role::Particle if small || end - start <= 4 => {}
                Role::Opens if i + 1 < words.len() => next = self.compound(words, i),
                Role::Closes if self.out.units.len() > first => {
                    let before = self.out.units.pop().expect("just seen");
                    let known = self.look_up(before.start, end);
                    self.out.units.push(if known.part.is_some() { Unit { end, known, ..before } } else { before });
                }
                _ => self.out.units.push(Unit { start, end, known }),
            }
            i = next;
        }
    }

    /// `Abd al-Rahman`: one unit of the opening word, the articles behind it and the next word; returns where to go on.
    fn compound(&mut self, words: &[Word], i: usize) -> usize {
        let mut last = i + 1;
        while last + 1 < words.len() && last < i + 3 && self.look_up(words[last].start, words[last].end).role == Role::Particle {
            last += 1;
        }
        let (start, end) = (words[i].start, words[last].end);
        let known = self.look_up(start, end);
        if known.part.is_some() {
            self.out.units.push(Unit { start, end, known });
            return last + 1;
        }
        let Word { start, end, .. } = words[i];
        let known = self.look_up(start, end);
        self.out.units.push(Unit { start, end, known });
        i + 1
    }

    /// Names inside a word of a script without blanks. One of two letters must be the whole word: longer words are full of those.
    fn find_whole(&mut self, word: Word) {
        let text = &self.text[word.start as usize..word.end as usize];
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let letters = ends.len() - 1;
        for from in 0..letters {
            for length in WHOLE_LETTERS.take_while(|n| from + n <= letters).filter(|&n| n > 2 || letters == n) {
                let (start, end) = (word.start + ends[from] as u32, word.start + ends[from + length] as u32);
                let found = self.tables.whole.of(&self.text[start as usize..end as usize]);
                self.out.whole.extend(found.iter().map(|&name| (start, end, name)));
            }
        }
    }

    fn note_country(&mut self, known: Known, words: &[Word], i: usize) {
        let country = match known.country {
            BEGINS if i + 1 < words.len() => self.look_up(words[i].start, words[i + 1].end).country,
            country => country,
        };
        if country != 0 && country != BEGINS {
            self.out.countries.push((words[i].start, country));
        }
    }

    /// Names that units of `from..` may mean, by two parts or by one that is a whole name.
    fn search(&mut self, from: usize) {
        self.found.clear();
        self.exact.clear();
        let Gatherer { tables, out, found, exact, .. } = self;
        let units = &out.units[from..];
        for (j, y) in units.iter().enumerate() {
            let Some(py) = y.known.part else { continue };
            found.extend(tables.pairs.single(py).iter().take(MOST_EXACT).map(|&name| (name, j as u32, j as u32)));
            for (i, x) in units.iter().enumerate().take(j).skip(j.saturating_sub(FURTHEST)) {
                let Some(px) = x.known.part else { continue };
                let there = tables.pairs.exact(px, py);
                if there.is_empty() {
                    nearly(&tables.pairs, &x.known, &y.known, |names| found.extend(names.iter().map(|&name| (name, i as u32, j as u32))));
                } else {
                    exact.push((there.len() as u32, i as u32, j as u32));
                }
            }
        }
        // A name that holds all these parts is under each of the pairs; the pair that fewest names share finds it soonest.
        exact.sort_unstable();
        let mut taken = 0;
        for &(count, i, j) in exact.iter() {
            if taken > 0 && taken + count as usize > MOST_EXACT {
                break;
            }
            taken += count as usize;
            let part = |unit: u32| units[unit as usize].known.part.expect("was looked up");
            found.extend(tables.pairs.exact(part(i), part(j)).iter().take(MOST_EXACT).map(|&name| (name, i, j)));
        }
    }

    /// Takes what was found of one name together, but of names of which too much would be missing.
    fn merge(&mut self, from: usize) {
        let (first, last) = (from as u32, self.out.units.len() as u32 - 1);
        let together = last - first + 1;
        let most = together + MOST_OMITTED.min(together - 1);
        self.found.retain(|(name, ..)| u32::from(name.parts) <= most);
        self.found.sort_unstable();
        let mut i = 0;
        while i < self.found.len() {
            let (name, low, mut high) = self.found[i];
            let mut end = i + 1;
            // What lies further apart than a name is long is another mention of it.
            while end < self.found.len() && self.found[end].0 == name && self.found[end].1 <= high {
                high = high.max(self.found[end].2);
                end += 1;
            }
            self.out.candidates.push(Candidate { name, low: low + first, high: high + first, first, last });
            i = end;
        }
    }
}

/// Names of which one part is a writing of one word and another nearly of the other, a few of each.
fn nearly(pairs: &PairIndex, x: &Known, y: &Known, mut take: impl FnMut(&[NameAt])) {
    let mut left = MOST_NEARLY;
    let mut take = |names: &[NameAt], most: usize| {
        let some = names.len().min(most).min(left);
        left -= some;
        take(&names[..some]);
    };
    if let Some(fine) = x.fine {
        y.groups().iter().for_each(|&group| take(pairs.near(fine, group), MOST_NEAR));
    }
    if let Some(fine) = y.fine {
        x.groups().iter().for_each(|&group| take(pairs.near(fine, group), MOST_NEAR));
    }
    let (Some(&gx), Some(&gy)) = (x.groups().first(), y.groups().first()) else { return };
    take(pairs.rough(gx, gy, true), MOST_NEAR);
    let latin = pairs.rough(gx, gy, false);
    // Many names that sound alike in the same letters are other names.
    if latin.len() <= MOST_NEAR || !x.is_latin {
        take(latin, MOST_NEAR);
    }
}

impl Visitor for Gatherer<'_> {
    fn run(&mut self, words: &[Word]) {
        let from = self.out.units.len();
        if !self.tables.whole.is_empty() {
            let unspaced = |w: &&Word| self.text[w.start as usize..].chars().next().is_some_and(|c| Script::of(c).is_unspaced());
            let found: Vec<Word> = words.iter().filter(unspaced).copied().collect();
            found.into_iter().for_each(|w| self.find_whole(w));
        }
        self.assemble(words);
        if self.out.units.len() == from {
            return;
        }
        self.search(from);
        let before = self.out.candidates.len();
        self.merge(from);
        if self.out.candidates.len() == before {
            self.out.units.truncate(from);
        }
    }

    fn year(&mut self, _at: usize, year: u16) {
        if year <= self.this_year {
            self.out.last_year = self.out.last_year.max(year);
        }
    }

    fn is_full(&self) -> bool {
        self.out.candidates.len() + self.out.whole.len() >= TOGETHER
    }
}
