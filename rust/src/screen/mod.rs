//! Which registered persons a running text may mention: one pass over the text, whatever the size of the register.
//!
//! The same name classes, rarities and weights as everywhere: a mention is weighed as names that stand alone are, then by what the text
//! says beside it (`context`). A register's record is proposed, never found to be the person: that a human says.

mod beside;
mod blocks;
mod context;
mod countries;
mod index;
mod lists;
mod markup;
mod names;
mod runs;
mod scan;
mod verdict;
mod weigh;
mod words;

pub use markup::{Seen, html};
pub use verdict::{Mention, Verdict};

use crate::compare::frequency::Frequencies;
use crate::compare::names::{Memory, NameComparer};
use crate::params::Params;
use crate::register::{BadLine, Register, parts::Parts};
use index::{PairIndex, PartIndex, WholeNames};
use names::Names;
use runs::{Gathered, Gatherer, Tables};
use scan::Scanner;
use weigh::Weighed;
use words::Words;

/// A register in memory, ready for texts.
pub struct Screener {
    params: Params,
    parts: Parts,
    pub register: Register,
    ready: Option<Ready>,
    words: Words,
    /// Names written without blanks, with their record's id.
    whole: Vec<(String, String)>,
}

/// What is made when all records are in.
struct Ready {
    tables: Tables,
    names: Names,
    frequencies: Frequencies,
    memory: Memory,
}

impl Screener {
    pub fn new(params: Params) -> Screener {
        Screener { params, parts: Parts::default(), register: Register::default(), ready: None, words: Words::default(), whole: Vec::new() }
    }

    pub fn append(&mut self, lines: &[u8], first_line: usize) -> Vec<BadLine> {
        self.note_whole(lines);
        self.register.append(lines, first_line, &mut self.parts)
    }

    /// Keeps names written without blanks as they are written: parts alone do not tell how.
    fn note_whole(&mut self, lines: &[u8]) {
        // The first byte of every letter of Han and Hangul.
        let may_hold = |line: &&[u8]| line.iter().any(|&b| (0xe1..=0xf0).contains(&b)) || memchr::memmem::find(line, b"\\u").is_some();
        for line in lines.split(|&b| b == b'\n').filter(may_hold) {
            let Ok(row) = crate::register::parse::parse(line.trim_ascii()) else { continue };
            let names = row.names.iter().filter(|n| index::whole(n).is_some());
            self.whole.extend(names.map(|n| (n.to_string(), row.id.to_string())));
        }
    }

    /// The same with numbers for ids; names of ids that came twice go with the first record, which kept the id.
    fn numbered_whole(&mut self) -> Vec<(String, u32)> {
        let ids: hashbrown::HashMap<&str, u32> = (0..self.register.len()).map(|i| (self.register.id(i), i as u32)).collect();
        let whole = std::mem::take(&mut self.whole);
        whole.into_iter().filter_map(|(name, id)| ids.get(id.as_str()).map(|&number| (name, number))).collect()
    }

    /// Counts and indexes; texts come after.
    pub fn finish(&mut self) {
        self.parts.fold_new();
        let frequencies = Frequencies::count(&[&self.register], &self.parts, &self.params.table);
        let (names, numbers) = Names::new(&self.register);
        let parts = PartIndex::new(&self.parts, self.params.table.clone());
        let tells_alone = |name: u32| weigh::tells_alone(&names, name, &frequencies, &self.params.weights);
        let pairs = PairIndex::new((&names, &numbers), self.register.len(), &self.parts, &parts, tells_alone);
        let whole = self.numbered_whole();
        let whole = WholeNames::new(&whole, (&names, &numbers), &self.parts);
        self.ready = Some(Ready { tables: Tables { parts, pairs, whole }, names, frequencies, memory: Memory::with_room(REMEMBERED) });
    }

    /// The mentions of a text, in its order; places are bytes of `text`. Ages count back from the last year the text names up to
    /// `this_year`, or from `this_year`.
    pub fn screen(&mut self, text: &str, this_year: u16) -> Vec<Mention> {
        self.words.tidy();
        let mut scanner = Scanner::new(text);
        let mut gathered = Gathered { cased: scanner.cased, ..Gathered::default() };
        let mut weighed = Vec::new();
        loop {
            let ended = self.gather(text, this_year, &mut scanner, &mut gathered);
            self.weigh(text, &gathered, &mut weighed);
            if ended {
                break;
            }
            gathered.clear_names();
        }
        if weighed.is_empty() {
            return Vec::new();
        }
        let Screener { parts, register, ready, words, .. } = self;
        let tables = &ready.as_ref().expect(FINISHED).tables;
        let year = if gathered.last_year > 0 { gathered.last_year } else { this_year };
        let look_up = |start, end| words.look_up(text, start, end, &tables.parts, parts);
        verdict::in_context(weigh::heaviest(weighed), &gathered, text, register, look_up, tables, year)
    }

    /// Gathers names until there are enough to be weighed together; says whether the text has ended.
    fn gather(&mut self, text: &str, this_year: u16, scanner: &mut Scanner, gathered: &mut Gathered) -> bool {
        let ready = self.ready.as_ref().expect(FINISHED);
        let mut gatherer = Gatherer::new(text, &ready.tables, &mut self.words, &mut self.parts, this_year, std::mem::take(gathered));
        let ended = scanner.go_on(&mut gatherer);
        *gathered = gatherer.out;
        ended
    }

    /// Adds what the gathered names weigh, where it is enough.
    fn weigh(&mut self, text: &str, gathered: &Gathered, out: &mut Vec<Weighed>) {
        self.parts.fold_new();
        let Screener { params, parts, register, ready, .. } = self;
        let Ready { names, frequencies, memory, .. } = ready.as_mut().expect(FINISHED);
        frequencies.extend(register.len(), parts, &params.table);
        let remembered = std::mem::replace(memory, Memory::with_room(0));
        let mut comparer = NameComparer::remembering(remembered, parts, frequencies, &params.channels);
        weigh::by_name(gathered, text, names, &mut comparer, &params.weights, out);
        *memory = comparer.into_memory();
    }
}

/// Agreements of name parts that are remembered from one piece of a text to the next.
const REMEMBERED: usize = 1 << 12;
const FINISHED: &str = "finish() comes first";
