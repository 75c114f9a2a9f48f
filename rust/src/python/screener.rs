//! Texts against a register in memory.

use super::{BadLines, bad_lines, push_field, read_params};
use crate::screen::{Screener as Core, Seen, html};
use pyo3::prelude::*;
use std::fmt::Write;

/// A register in memory that texts are screened against.
#[pyclass]
pub(super) struct Screener {
    core: Core,
}

/// Start and end in characters of the source, record id, weight in bits, verdict, what made the weight.
pub(super) type Mention = (usize, usize, String, f32, &'static str, Vec<(&'static str, f32)>);

#[pymethods]
impl Screener {
    #[new]
    fn new(parameters: &str, frequencies: &str) -> PyResult<Self> {
        Ok(Screener { core: Core::new(read_params(parameters, frequencies)?) })
    }

    fn append(&mut self, py: Python<'_>, lines: &[u8], first_line: usize) -> BadLines {
        let core = &mut self.core;
        bad_lines(py.detach(|| core.append(lines, first_line)))
    }

    /// Indexes what was appended; returns the number of records.
    fn finish(&mut self, py: Python<'_>) -> usize {
        let core = &mut self.core;
        py.detach(|| core.finish());
        self.core.register.len()
    }

    /// The mentions of one text, in its order.
    fn screen(&mut self, py: Python<'_>, source: &str, markup: bool, this_year: u16) -> Vec<Mention> {
        let core = &mut self.core;
        py.detach(|| mentions(core, source, markup, this_year))
    }

    /// The same as CSV rows (document, start, end, text, record_id, weight_bits, verdict), and how many there are of each verdict.
    fn rows(&mut self, py: Python<'_>, document: &str, source: &str, markup: bool, this_year: u16) -> (Vec<u8>, [usize; 3]) {
        let core = &mut self.core;
        py.detach(|| {
            let mut out = String::new();
            let mut counts = [0; 3];
            let mut slicer = Slicer { source, byte: 0, chars: 0 };
            let found: Vec<_> = placed(core, source, markup, this_year).collect();
            for (at, &(ref m, (start, end))) in found.iter().enumerate() {
                if at % TOUCHED == 0 {
                    core.register.touch_ids(found[at..].iter().take(TOUCHED).map(|(m, _)| m.record as usize));
                }
                counts[m.verdict as usize] += 1;
                push_field(&mut out, document);
                let _ = write!(out, ",{start},{end},");
                push_field(&mut out, slicer.slice(start, end));
                out.push(',');
                push_field(&mut out, core.register.id(m.record as usize));
                out.push(',');
                push_hundredths(&mut out, m.bits);
                out.push(',');
                out.push_str(m.verdict.word());
                out.push('\n');
            }
            (out.into_bytes(), counts)
        })
    }
}

/// The blocks of a text or of an HTML page: start and end in characters of the source, and what one reads there.
#[pyfunction]
pub(super) fn text_blocks(py: Python<'_>, source: &str, markup: bool) -> Vec<(usize, usize, String)> {
    py.detach(|| {
        let seen = if markup { html(source) } else { Seen::plain(source) };
        seen.blocks().into_iter().map(|(start, end, text)| (start, end, text.to_string())).collect()
    })
}

fn mentions(core: &mut Core, source: &str, markup: bool, this_year: u16) -> Vec<Mention> {
    let found = placed(core, source, markup, this_year);
    let show = |(m, (start, end)): (crate::screen::Mention, (usize, usize))| {
        let reasons = m.reasons.iter().map(|r| (r.what, r.bits)).collect();
        (start, end, core.register.id(m.record as usize).to_string(), m.bits, m.verdict.word(), reasons)
    };
    found.map(show).collect()
}

/// The mentions of a text, each with its start and end in characters of the source.
fn placed(core: &mut Core, source: &str, markup: bool, this_year: u16) -> impl Iterator<Item = (crate::screen::Mention, (usize, usize))> + use<> {
    let seen = if markup { html(source) } else { Seen::plain(source) };
    let found = core.screen(&seen.text, this_year);
    let ranges: Vec<(usize, usize)> = found.iter().map(|m| (m.start, m.end)).collect();
    let places = seen.places(&ranges);
    found.into_iter().zip(places)
}

/// Appends a number with two digits behind the point, rounded as `{:.2}` rounds it, several times as fast.
fn push_hundredths(out: &mut String, bits: f32) {
    let hundredths = (f64::from(bits) * 100.0).round_ties_even() as i64;
    let sign = if bits.is_sign_negative() { "-" } else { "" };
    let _ = write!(out, "{sign}{}.{:02}", hundredths.abs() / 100, hundredths.abs() % 100);
}

/// Ids that are fetched into the cache together.
const TOUCHED: usize = 32;
/// Bytes that are looked at together.
const STRIDE: usize = 32;

/// Slices a text by characters, places in ascending order.
struct Slicer<'a> {
    source: &'a str,
    byte: usize,
    chars: usize,
}

impl<'a> Slicer<'a> {
    fn slice(&mut self, start: usize, end: usize) -> &'a str {
        self.byte = self.ahead(start);
        self.chars = start;
        &self.source[self.byte..self.ahead(end)]
    }

    /// The byte of a character that is not before the last one asked for.
    fn ahead(&self, chars: usize) -> usize {
        let bytes = self.source.as_bytes();
        let (mut at, mut left) = (self.byte, chars - self.chars);
        // Where all is ASCII, a character is a byte.
        while left >= STRIDE && bytes.get(at..at + STRIDE).is_some_and(<[u8]>::is_ascii) {
            at += STRIDE;
            left -= STRIDE;
        }
        while left > 0 {
            at += 1;
            while at < bytes.len() && bytes[at] & 0xc0 == 0x80 {
                at += 1;
            }
            left -= 1;
        }
        at
    }
}
