//! A register in memory, column by column, ready to be compared.
//!
//! A million records of an ordinary register take about 150 MB. Name parts are numbers into `Parts`, which both sides share.

pub mod dates;
pub mod parse;
pub mod parts;

use crate::names::readings;
use dates::BirthDate;
use hashbrown::HashSet;
use parts::Parts;
use rapidhash::fast::RandomState;
use rapidhash::v3::rapidhash_v3 as rapidhash;
use rayon::prelude::*;
use std::hint::black_box;

/// Evidence that is compared for equality, one entry each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attribute {
    pub kind: Kind,
    /// What the value is one of (document type and country), 0 where there is nothing to tell apart.
    pub class: u32,
    pub value: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    Nationality,
    Place,
    Identifier,
    City,
    Postcode,
    Phone,
    Email,
}

#[derive(Clone, Copy, Debug)]
struct NameEntry {
    start: u32,
    len: u8,
    weak: bool,
}

/// Where the slices of a record end: side by side in memory, because who asks for one asks for others.
#[derive(Clone, Copy, Default)]
struct Ends {
    id: u32,
    names: u32,
    dates: u32,
    attributes: u32,
}

/// The columns; `ends[i]` is where record i's slices end.
#[derive(Default)]
pub struct Register {
    id_bytes: Vec<u8>,
    names: Vec<NameEntry>,
    parts: Vec<u32>,
    dates: Vec<BirthDate>,
    attributes: Vec<Attribute>,
    ends: Vec<Ends>,
    gender: Vec<u8>,
    /// Records of which something could not be read, in order.
    pub dropped_values: Vec<DroppedValues>,
    /// Hashes of the ids that came before: 64 bits tell a million ids apart but for one chance in thirty million.
    seen: HashSet<u64, RandomState>,
}

/// One written name of a record.
#[derive(Clone, Copy)]
pub struct Name<'a> {
    pub parts: &'a [u32],
    pub weak: bool,
}

/// A line that was no record: its number in the file, counted from 1, and why.
pub struct BadLine {
    pub line: usize,
    pub reason: &'static str,
}

/// What is taken for unknown because it cannot be read: the line, the record, how much of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DroppedValues {
    pub line: usize,
    pub record: usize,
    pub values: parse::Dropped,
}

impl Register {
    pub fn len(&self) -> usize {
        self.gender.len()
    }

    pub fn is_empty(&self) -> bool {
        self.gender.is_empty()
    }

    pub fn id(&self, i: usize) -> &str {
        std::str::from_utf8(self.slice(&self.id_bytes, i, |ends| ends.id)).expect("was text")
    }

    pub fn names(&self, i: usize) -> impl ExactSizeIterator<Item = Name<'_>> + Clone {
        self.slice(&self.names, i, |ends| ends.names)
            .iter()
            .map(|n| Name { parts: &self.parts[n.start as usize..n.start as usize + n.len as usize], weak: n.weak })
    }

    pub fn dates(&self, i: usize) -> &[BirthDate] {
        self.slice(&self.dates, i, |ends| ends.dates)
    }

    /// Sorted by kind, class, value.
    pub fn attributes(&self, i: usize) -> &[Attribute] {
        self.slice(&self.attributes, i, |ends| ends.attributes)
    }

    fn slice<'a, T>(&self, values: &'a [T], i: usize, end: impl Fn(&Ends) -> u32) -> &'a [T] {
        let from = if i == 0 { 0 } else { end(&self.ends[i - 1]) as usize };
        &values[from..end(&self.ends[i]) as usize]
    }

    /// Fetches what records consist of into the cache, for all of them at once: first where it is, then what it is.
    pub fn touch(&self, records: impl Iterator<Item = usize> + Clone) {
        black_box(records.clone().fold(0, |all, i| all ^ self.ends[i].names ^ u32::from(self.gender[i])));
        for i in records {
            let name = first(self.slice(&self.names, i, |ends| ends.names)).and_then(|n| self.parts.get(n.start as usize));
            black_box((name, first(self.dates(i)), first(self.attributes(i))));
        }
    }

    /// The same, but for names and gender, and with the id.
    pub fn touch_beside_names(&self, records: impl Iterator<Item = usize> + Clone) {
        black_box(records.clone().fold(0, |all, i| all ^ self.ends[i].names));
        for i in records {
            black_box((first(self.slice(&self.id_bytes, i, |ends| ends.id)), first(self.dates(i)), first(self.attributes(i))));
        }
    }

    /// The same for ids alone.
    pub fn touch_ids(&self, records: impl Iterator<Item = usize> + Clone) {
        black_box(records.clone().fold(0, |all, i| all ^ self.ends[i].id));
        records.for_each(|i| {
            black_box(first(self.slice(&self.id_bytes, i, |ends| ends.id)));
        });
    }

    /// b'f', b'm', b'x' or 0.
    pub fn gender(&self, i: usize) -> u8 {
        self.gender[i]
    }

    /// Reads whole lines (separated by line feeds) and appends their records; `first_line` numbers the first of them.
    pub fn append(&mut self, lines: &[u8], first_line: usize, parts: &mut Parts) -> Vec<BadLine> {
        let all: Vec<&[u8]> = lines.split(|&b| b == b'\n').collect();
        let chunk = (all.len() / (4 * rayon::current_num_threads())).clamp(256, 20_000);
        let read: Vec<Chunk> = all.par_chunks(chunk).map(read_chunk).collect();
        let mut bad = Vec::new();
        for (k, mut chunk_read) in read.into_iter().enumerate() {
            let again = self.known_ids(&chunk_read);
            if !again.is_empty() {
                let mut kept = all[k * chunk..all.len().min((k + 1) * chunk)].to_vec();
                again.iter().for_each(|&i| kept[i] = b"");
                chunk_read = read_chunk(&kept);
                bad.extend(
                    again.into_iter().map(|i| BadLine { line: i + k * chunk + first_line, reason: "duplicate id; the first record keeps it" }),
                );
            }
            chunk_read.register.dropped_values.iter_mut().for_each(|d| d.line += k * chunk + first_line);
            let map = parts.absorb(chunk_read.local);
            self.take(chunk_read.register, &map);
            bad.extend(chunk_read.bad.into_iter().map(|b| BadLine { line: b.line + k * chunk + first_line, ..b }));
        }
        bad
    }

    /// Lines of a chunk whose id came before, in this chunk or an earlier one; remembers the others.
    fn known_ids(&mut self, chunk: &Chunk) -> Vec<usize> {
        let known = |i: &usize| !self.seen.insert(rapidhash(chunk.register.id(*i).as_bytes()));
        (0..chunk.register.len()).filter(known).map(|i| chunk.lines[i]).collect()
    }

    /// Appends a few records, one line each, on this thread.
    pub fn append_lines(&mut self, lines: &[Vec<u8>], parts: &mut Parts) -> Vec<BadLine> {
        let mut bad = Vec::new();
        for (i, line) in lines.iter().enumerate() {
            match parse::parse(line.trim_ascii()) {
                Ok(row) => self.push(&row, parts),
                Err(reason) => bad.push(BadLine { line: i + 1, reason }),
            }
        }
        bad
    }

    fn take(&mut self, other: Register, map: &[u32]) {
        let (ids, names, parts) = (self.id_bytes.len() as u32, self.names.len() as u32, self.parts.len() as u32);
        let (dates, attributes) = (self.dates.len() as u32, self.attributes.len() as u32);
        let records = self.len();
        self.dropped_values.extend(other.dropped_values.iter().map(|d| DroppedValues { record: d.record + records, ..*d }));
        self.id_bytes.extend(other.id_bytes);
        self.names.extend(other.names.iter().map(|n| NameEntry { start: n.start + parts, ..*n }));
        self.parts.extend(other.parts.iter().map(|&p| map[p as usize]));
        self.dates.extend(other.dates);
        self.attributes.extend(other.attributes);
        let moved = |e: &Ends| Ends { id: e.id + ids, names: e.names + names, dates: e.dates + dates, attributes: e.attributes + attributes };
        self.ends.extend(other.ends.iter().map(moved));
        self.gender.extend(other.gender);
    }

    fn push(&mut self, row: &parse::Row, parts: &mut Parts) {
        self.id_bytes.extend(row.id.as_bytes());
        let strong = row.names.iter().map(|n| (n, false));
        let from = self.names.len();
        for (written, weak) in strong.chain(row.weak_names.iter().map(|n| (n, true))) {
            for reading in readings(written) {
                self.push_name(&reading, weak, from, parts);
            }
        }
        self.dates.extend(row.birth_dates.iter().filter_map(|d| BirthDate::parse(d)));
        let start = self.attributes.len();
        push_attributes(row, &mut self.attributes);
        self.attributes[start..].sort_unstable();
        let unique = {
            let mut v = self.attributes.split_off(start);
            v.dedup();
            v
        };
        self.attributes.extend(unique);
        self.ends.push(Ends {
            id: self.id_bytes.len() as u32,
            names: self.names.len() as u32,
            dates: self.dates.len() as u32,
            attributes: self.attributes.len() as u32,
        });
        self.gender.push(row.gender.as_deref().and_then(|g| g.bytes().next()).unwrap_or(0));
    }

    /// Remembers that something of the last record cannot be read; it keeps the rest.
    fn note_dropped_values(&mut self, row: &parse::Row, line: usize) {
        let record = self.len() - 1;
        let mut values = row.dropped;
        if self.dates(record).len() < row.birth_dates.len() {
            values.dates = row.birth_dates.iter().filter(|d| !parse::blank(d) && BirthDate::parse(d).is_none()).count();
        }
        if !values.is_empty() {
            self.dropped_values.push(DroppedValues { line, record, values });
        }
    }

    /// Adds a reading unless the record already has the same parts (aliases often repeat in other spelling of the same letters).
    fn push_name(&mut self, reading: &[crate::names::Part], weak: bool, from: usize, parts: &mut Parts) {
        let start = self.parts.len();
        self.parts.extend(reading.iter().map(|p| parts.intern(p)));
        let (known, new) = self.parts.split_at(start);
        let again = self.names[from..].iter().any(|n| &known[n.start as usize..n.start as usize + n.len as usize] == new);
        if again {
            self.parts.truncate(start);
        } else {
            self.names.push(NameEntry { start: start as u32, len: reading.len() as u8, weak });
        }
    }
}

fn first<T: Copy>(values: &[T]) -> Option<T> {
    values.first().copied()
}

struct Chunk {
    register: Register,
    /// The line of each record, from 0.
    lines: Vec<usize>,
    local: Parts,
    bad: Vec<BadLine>,
}

fn read_chunk(lines: &[&[u8]]) -> Chunk {
    let mut chunk = Chunk { register: Register::default(), lines: Vec::new(), local: Parts::default(), bad: Vec::new() };
    for (i, line) in lines.iter().enumerate() {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        match parse::parse(line) {
            Ok(row) => {
                chunk.register.push(&row, &mut chunk.local);
                chunk.register.note_dropped_values(&row, i);
                chunk.lines.push(i);
            }
            Err(reason) => chunk.bad.push(BadLine { line: i, reason }),
        }
    }
    chunk
}

fn push_attributes(row: &parse::Row, out: &mut Vec<Attribute>) {
    let mut add = |kind: Kind, class: u32, text: &str| {
        let folded = alphanumeric(text);
        if !folded.is_empty() {
            out.push(Attribute { kind, class, value: rapidhash(folded.as_bytes()) });
        }
    };
    for code in &row.nationalities {
        add(Kind::Nationality, 0, code);
    }
    for place in &row.birth_places {
        for word in place_words(place) {
            add(Kind::Place, 0, &word);
        }
    }
    for n in &row.identifiers {
        if n.number.len() >= 4 {
            let class = format!("{}|{}", n.kind, n.country.as_deref().unwrap_or(""));
            add(Kind::Identifier, rapidhash(class.as_bytes()) as u32, &n.number);
        }
    }
    for address in &row.addresses {
        for city in address.city.iter().flat_map(|c| place_words(c)) {
            add(Kind::City, 0, &city);
        }
        if let Some(postcode) = &address.postcode {
            add(Kind::Postcode, 0, postcode);
        }
    }
    for phone in &row.phones {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        // The last nine digits survive country and trunk prefixes.
        if digits.len() >= 7 {
            add(Kind::Phone, 0, &digits[digits.len().saturating_sub(9)..]);
        }
    }
    for email in &row.emails {
        add(Kind::Email, 0, email);
    }
}

/// Words of a place, romanized; words every second place has are left out.
pub fn place_words(place: &str) -> Vec<String> {
    readings(place).into_iter().take(1).flatten().map(|p| p.form).filter(|w| w.len() > 1 && !is_place_word(w)).collect()
}

#[rustfmt::skip] // a table of words or letters
fn is_place_word(word: &str) -> bool {
    matches!(word, "district" | "province" | "village" | "city" | "region" | "area" | "state" | "republic" | "oblast" | "near" | "town" | "governorate" | "county" | "prefecture" | "and" | "in")
}

fn alphanumeric(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
