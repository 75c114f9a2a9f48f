//! Birth dates as comparison sees them: what is known of day, month and year.

/// A birth date; zero stands for "not known". An interval keeps its first and last year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct BirthDate {
    pub year: u16,
    pub last_year: u16,
    pub month: u8,
    pub day: u8,
    pub about: bool,
}

impl BirthDate {
    pub fn is_full(&self) -> bool {
        self.day != 0
    }

    /// The first of January stands in for "only the year is known" in many registers.
    pub fn is_placeholder(&self) -> bool {
        self.day == 1 && self.month == 1
    }

    /// Reads EDTF as in docs/reference/record-format.md; None when it is not.
    pub fn parse(text: &str) -> Option<BirthDate> {
        let (start, end) = match text.split_once('/') {
            Some((start, end)) => (simple(start)?, Some(simple(end)?)),
            None => (simple(text)?, None),
        };
        match end {
            None => Some(start),
            Some(end) if end.year < start.year => None,
            Some(end) => Some(BirthDate { last_year: end.year, month: 0, day: 0, about: start.about || end.about, ..start }),
        }
    }
}

fn simple(text: &str) -> Option<BirthDate> {
    let (text, about) = match text.strip_suffix('~') {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let mut pieces = text.split('-');
    let year: u16 = number(pieces.next()?, 4)?;
    let month = pieces.next().map_or(Some(0), |m| number(m, 2).or_else(|| number(m, 1)).filter(|m| (1..=12).contains(m)))?;
    let day = pieces.next().map_or(Some(0), |d| number(d, 2).or_else(|| number(d, 1)).filter(|&d| d >= 1 && d <= days_in(year, month)))?;
    let known = pieces.next().is_none() && (1800..=2100).contains(&year);
    known.then_some(BirthDate { year, last_year: year, month: month as u8, day: day as u8, about })
}

fn number(text: &str, digits: usize) -> Option<u16> {
    (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

fn days_in(year: u16, month: u16) -> u16 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
