//! What weighs enough by its name becomes a mention: by what stands beside it, and by who else is meant by the same place.
//!
//! 1. Where several records are meant by one place, those far lighter than the heaviest are left out.
//! 2. Two records that weigh about alike are possible, none is likely.

use super::beside::Beside;
use super::context::{AROUND, Context, Reason, born, countries_between, near};
use super::runs::{Gathered, Tables};
use super::weigh::Weighed;
use super::words::Known;
use crate::register::Register;

const LIKELY_BITS: f32 = 16.0;
const POSSIBLE_BITS: f32 = 12.0;
/// A record this much lighter than another at the same place is left out.
const RIVAL_BITS: f32 = 3.0;
/// Two records closer than this cannot both be likely.
const ALIKE_BITS: f32 = 1.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Likely,
    Possible,
    NamesakeLikely,
}

impl Verdict {
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Likely => "likely",
            Verdict::Possible => "possible",
            Verdict::NamesakeLikely => "namesake-likely",
        }
    }
}

/// A place in a text that may name a person of the register.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention {
    pub start: usize,
    pub end: usize,
    pub record: u32,
    pub bits: f32,
    pub verdict: Verdict,
    /// What the name alone weighs, and what the text says besides.
    pub reasons: Vec<Reason>,
}

/// Mentions whose records are fetched at once: the waits for memory pass together.
const BLOCK: usize = 32;

/// Weighs what stands beside each mention, and decides.
pub fn in_context(
    weighed: Vec<Weighed>,
    gathered: &Gathered,
    text: &str,
    register: &Register,
    look_up: impl FnMut(usize, usize) -> Known,
    tables: &Tables,
    year: u16,
) -> Vec<Mention> {
    let mut beside = Beside::new(text, gathered.cased, tables.parts.countries(), look_up);
    let mut out: Vec<Mention> = Vec::with_capacity(weighed.len());
    let mut context = Context::default();
    let mut at = (u32::MAX, u32::MAX);
    let mut hint = 0;
    for block in weighed.chunks(BLOCK) {
        register.touch_beside_names(block.iter().map(|w| w.record as usize));
        for w in block {
            if at != (w.start, w.end) {
                at = (w.start, w.end);
                read_context(&mut context, w, (gathered, &mut hint), text, &mut beside, year);
            }
            let mut reasons = vec![Reason { what: "name", bits: w.bits }];
            context.add_reasons(register, w.record as usize, tables.parts.countries(), &mut reasons);
            let bits = reasons.iter().map(|r| r.bits).sum();
            out.push(Mention { start: w.start as usize, end: w.end as usize, record: w.record, bits, verdict: verdict(bits), reasons });
        }
    }
    decide_rivals(out)
}

fn verdict(bits: f32) -> Verdict {
    match bits {
        b if b >= LIKELY_BITS => Verdict::Likely,
        b if b >= POSSIBLE_BITS => Verdict::Possible,
        _ => Verdict::NamesakeLikely,
    }
}

/// Reads what stands beside a mention into `out`, whose room is used again from one to the next.
fn read_context(
    out: &mut Context,
    w: &Weighed,
    (gathered, hint): (&Gathered, &mut usize),
    text: &str,
    beside: &mut Beside<impl FnMut(usize, usize) -> Known>,
    year: u16,
) {
    let (start, end) = (w.start as usize, w.end as usize);
    let (from, to) = near(text, start, end);
    out.near.clear();
    out.words.clear();
    out.born = born(&text[from..start], &text[end..to], year);
    beside.read(from, to);
    for word in beside.around(start, end, to) {
        out.words.push(word.hash);
        out.near.extend(word.country());
    }
    out.around = countries_between(&gathered.countries, start.saturating_sub(AROUND), end + AROUND, hint);
    out.near.extend(countries_between(&gathered.countries, from, to, &mut hint.clone()));
}

/// Rules 1 and 2, over mentions in the order of their places.
fn decide_rivals(mut mentions: Vec<Mention>) -> Vec<Mention> {
    let mut keep = vec![true; mentions.len()];
    let mut from = 0;
    while from < mentions.len() {
        let mut end = mentions[from].end;
        let mut to = from + 1;
        while to < mentions.len() && mentions[to].start < end {
            end = end.max(mentions[to].end);
            to += 1;
        }
        decide_place(&mut mentions[from..to], &mut keep[from..to]);
        from = to;
    }
    let mut kept = keep.into_iter();
    mentions.retain(|_| kept.next().expect("as many"));
    mentions
}

fn decide_place(rivals: &mut [Mention], keep: &mut [bool]) {
    let best = rivals.iter().map(|m| m.bits).fold(f32::NEG_INFINITY, f32::max);
    let alike = rivals.iter().filter(|m| best - m.bits < ALIKE_BITS).count();
    for (m, kept) in rivals.iter_mut().zip(keep) {
        *kept = best - m.bits <= RIVAL_BITS;
        if alike > 1 && m.verdict == Verdict::Likely {
            m.verdict = Verdict::Possible;
        }
    }
}
