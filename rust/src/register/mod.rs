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

/// The columns; `*_end[i]` is where record i's slice ends.
#[derive(Default)]
pub struct Register {
    id_bytes: Vec<u8>,
    id_end: Vec<u32>,
    names: Vec<NameEntry>,
    name_end: Vec<u32>,
    parts: Vec<u32>,
    dates: Vec<BirthDate>,
    date_end: Vec<u32>,
    attributes: Vec<Attribute>,
    attribute_end: Vec<u32>,
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
        let from = if i == 0 { 0 } else { self.id_end[i - 1] as usize };
        std::str::from_utf8(&self.id_bytes[from..self.id_end[i] as usize]).expect("was text")
    }

    pub fn names(&self, i: usize) -> impl ExactSizeIterator<Item = Name<'_>> + Clone {
        slice(&self.names, &self.name_end, i)
            .iter()
            .map(|n| Name { parts: &self.parts[n.start as usize..n.start as usize + n.len as usize], weak: n.weak })
    }

    pub fn dates(&self, i: usize) -> &[BirthDate] {
        slice(&self.dates, &self.date_end, i)
    }

    /// Sorted by kind, class, value.
    pub fn attributes(&self, i: usize) -> &[Attribute] {
        slice(&self.attributes, &self.attribute_end, i)
    }

    /// Fetches what records consist of into the cache, for all of them at once: first where it is, then what it is.
    pub fn touch(&self, records: impl Iterator<Item = usize> + Clone) {
        fn first<T: Copy>(values: &[T]) -> Option<T> {
            values.first().copied()
        }
        let places = records.clone().map(|i| self.name_end[i] ^ self.date_end[i] ^ self.attribute_end[i] ^ u32::from(self.gender[i]));
        black_box(places.fold(0, |all, each| all ^ each));
        for i in records {
            let name = first(slice(&self.names, &self.name_end, i)).and_then(|n| self.parts.get(n.start as usize));
            black_box((name, first(self.dates(i)), first(self.attributes(i))));
        }
    }

    /// The same for one name of each record only, by its number in the record.
    pub fn touch_names(&self, names: impl Iterator<Item = (usize, usize)> + Clone) {
        black_box(names.clone().fold(0, |all, (i, _)| all ^ self.name_end[i]));
        let entry = |(i, name): (usize, usize)| slice(&self.names, &self.name_end, i).get(name).map_or(0, |n| n.start);
        black_box(names.clone().fold(0, |all, at| all ^ entry(at)));
        black_box(names.fold(0, |all, at| all ^ self.parts.get(entry(at) as usize).copied().unwrap_or(0)));
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
        self.id_end.extend(other.id_end.iter().map(|e| e + ids));
        self.names.extend(other.names.iter().map(|n| NameEntry { start: n.start + parts, ..*n }));
        self.name_end.extend(other.name_end.iter().map(|e| e + names));
        self.parts.extend(other.parts.iter().map(|&p| map[p as usize]));
        self.dates.extend(other.dates);
        self.date_end.extend(other.date_end.iter().map(|e| e + dates));
        self.attributes.extend(other.attributes);
        self.attribute_end.extend(other.attribute_end.iter().map(|e| e + attributes));
        self.gender.extend(other.gender);
    }

    fn push(&mut self, row: &parse::Row, parts: &mut Parts) {
        self.id_bytes.extend(row.id.as_bytes());
        self.id_end.push(self.id_bytes.len() as u32);
        let strong = row.names.iter().map(|n| (n, false));
        let from = self.names.len();
        for (written, weak) in strong.chain(row.weak_names.iter().map(|n| (n, true))) {
            for reading in readings(written) {
                self.push_name(&reading, weak, from, parts);
            }
        }
        self.name_end.push(self.names.len() as u32);
        self.dates.extend(row.birth_dates.iter().filter_map(|d| BirthDate::parse(d)));
        self.date_end.push(self.dates.len() as u32);
        let start = self.attributes.len();
        push_attributes(row, &mut self.attributes);
        self.attributes[start..].sort_unstable();
        let unique = {
            let mut v = self.attributes.split_off(start);
            v.dedup();
            v
        };
        self.attributes.extend(unique);
        self.attribute_end.push(self.attributes.len() as u32);
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

fn slice<'a, T>(values: &'a [T], end: &[u32], i: usize) -> &'a [T] {
    let from = if i == 0 { 0 } else { end[i - 1] as usize };
    &values[from..end[i] as usize]
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
