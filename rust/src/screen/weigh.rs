//! Weighs candidates by their names alone; what stands beside them comes after (`verdict`).
//!
//! The bits of a name are those of names that stand alone, less what the register has and the text has not, and what the text has
//! and the register has not.

use super::index::NameAt;
use super::names::Names;
use super::runs::{Candidate, Gathered, Unit};
use crate::compare::bound::MARGIN;
use crate::compare::features::{Evidence, Feature, set_alone};
use crate::compare::frequency::Frequencies;
use crate::compare::names::{Agreement, Alignment, Alike, MOST_PARTS, NameComparer, Scripts, describe};
use crate::compare::weigh;
use crate::register::Name;

/// Parts of the register's name that the text leaves out: one in the middle, as texts do; each further one; the first or the last.
const OMITTED_MIDDLE_BITS: f32 = -1.0;
const OMITTED_BITS: f32 = -6.0;
/// A part the text has more, beside the others or between them.
const EXTRA_BITS: f32 = -5.0;
const EXTRA_BETWEEN_BITS: f32 = -9.0;
/// An initial the register has not.
const EXTRA_INITIAL_BITS: f32 = -1.0;
/// A name of one part, however rare: texts are full of words.
const SINGLE_BITS: f32 = -10.0;
/// Two short parts that are spelled differently: of `Jong` and `Hong`, `Un` and `Won` nothing is left that must agree.
const SHORT_SPELLING_BITS: f32 = -3.0;
const SHORT: usize = 4;
/// A part that the text also writes small, as a word.
const WORD_BITS: f32 = -4.0;
/// Names that weigh more are not looked through for words.
const ENOUGH_BITS: f32 = 18.0;
/// A word between the parts of a name that is no name anywhere.
const BETWEEN_BITS: f32 = -4.0;
/// Names that weigh less are no mention.
const LEAST_NAME_BITS: f32 = 9.0;
/// Parts of a text's name beside those that met the register.
const MOST_BESIDE: u32 = 2;

/// A candidate whose name weighs enough.
#[derive(Clone, Copy, Debug)]
pub struct Weighed {
    pub start: u32,
    pub end: u32,
    pub record: u32,
    pub bits: f32,
}

/// Weighs the names of all candidates; adds those that weigh enough.
pub fn by_name(gathered: &Gathered, text: &str, register: &Names, names: &mut NameComparer, weights: &Evidence, out: &mut Vec<Weighed>) {
    let mut weigher = Weigher::new(text, &gathered.units, register, weights);
    for block in gathered.candidates.chunks(BLOCK) {
        weigher.weigh_block(block, names, out);
    }
    out.extend(gathered.whole.iter().filter_map(|&(start, end, name)| weigher.weigh_whole(start, end, name, names)));
}

/// The heaviest of each record and place, in the order of the text.
pub fn heaviest(mut all: Vec<Weighed>) -> Vec<Weighed> {
    all.sort_unstable_by(|a, b| (a.record, a.start).cmp(&(b.record, b.start)).then(b.bits.total_cmp(&a.bits)));
    let mut kept: Vec<Weighed> = Vec::with_capacity(all.len());
    for w in all {
        match kept.last_mut() {
            Some(last) if last.record == w.record && w.start < last.end => {
                if w.bits > last.bits {
                    *last = w;
                }
            }
            _ => kept.push(w),
        }
    }
    kept.sort_unstable_by_key(|w| (w.start, w.end, w.record));
    kept
}

/// Whether a name of one part can weigh enough, whatever stands beside it in a text.
pub fn tells_alone(register: &Names, number: u32, frequencies: &Frequencies, weights: &Evidence) -> bool {
    let name = register.get(number);
    let exact = frequencies.part[name.parts[0] as usize].exact;
    let pairs = vec![(0, 0, Agreement { bits: exact, spelled: false, joined: false })];
    let mut one = Alignment { pairs, used_a: 1, used_b: 1, ..Alignment::default() };
    // More parts beside it than `describe` counts weigh less and less.
    (0..=3).any(|beside| {
        one.left_a = beside;
        [Scripts::Same, Scripts::Two, Scripts::Signs].into_iter().any(|scripts| {
            let mut phi = describe(&one, name, name, scripts);
            if scripts == Scripts::Same {
                set_alone(&mut phi);
                phi[Feature::AloneLone as usize] = f32::from(beside > 0);
            }
            phi[Feature::NameAliases as usize] = (register.aliases(number) as f32).log2();
            weigh(&phi, weights) + SINGLE_BITS + EXTRA_INITIAL_BITS * beside as f32 >= LEAST_NAME_BITS
        })
    })
}

struct Weigher<'a> {
    text: &'a str,
    units: &'a [Unit],
    register: &'a Names,
    weights: &'a Evidence,
    taken: Vec<u32>,
    alike: Vec<Alike>,
    alignment: Alignment,
    /// Whether each unit is a word; looked up once.
    words: Vec<Option<bool>>,
    /// The name that was weighed last, and what it weighed at which places of one run: other records bear it, too.
    held: u32,
    same: Vec<(Place, Option<Span>)>,
}

/// Candidates whose names are fetched at once: the waits for memory pass together.
const BLOCK: usize = 32;

/// Where a candidate is: low, high, first, last unit.
type Place = (u32, u32, u32, u32);
/// Start, end, bits.
type Span = (u32, u32, f32);

impl<'a> Weigher<'a> {
    fn new(text: &'a str, units: &'a [Unit], register: &'a Names, weights: &'a Evidence) -> Self {
        Weigher {
            text,
            units,
            register,
            weights,
            taken: Vec::new(),
            alike: Vec::new(),
            alignment: Alignment::default(),
            words: vec![None; units.len()],
            held: u32::MAX,
            same: Vec::new(),
        }
    }

    fn weigh_block(&mut self, block: &[Candidate], names: &mut NameComparer, out: &mut Vec<Weighed>) {
        self.register.touch(block.iter().map(|c| c.name.name));
        names.touch(block.iter().flat_map(|c| self.register.get(c.name.name).parts).copied());
        for c in block {
            let span = self.weigh_once(c, names);
            out.extend(span.map(|(start, end, bits)| Weighed { start, end, record: c.name.record, bits }));
        }
    }

    /// The same name of another record weighs the same at the same place.
    fn weigh_once(&mut self, c: &Candidate, names: &mut NameComparer) -> Option<Span> {
        let place = (c.low, c.high, c.first, c.last);
        if self.held != c.name.name || self.same.first().is_some_and(|(other, _)| other.2 != c.first) {
            self.held = c.name.name;
            self.same.clear();
        }
        if let Some(&(_, span)) = self.same.iter().find(|(at, _)| *at == place) {
            return span;
        }
        let span = self.weigh(c, self.register.get(c.name.name), self.register.aliases(c.name.name), names);
        self.same.push((place, span));
        span
    }

    fn weigh(&mut self, c: &Candidate, name: Name, aliases: usize, names: &mut NameComparer) -> Option<Span> {
        let reach = self.reach_left(c)..=self.reach_right(c);
        self.taken.clear();
        self.taken.extend(reach.clone().filter_map(|u| self.units[u as usize].known.part));
        self.align(name, names);
        let parts = reach.filter(|&u| self.units[u as usize].known.part.is_some());
        let met: Vec<u32> = parts.enumerate().filter(|(i, _)| self.alignment.used_a >> i & 1 == 1).map(|(_, u)| u).collect();
        let (first, last) = (*met.first()?, *met.last()?);
        let unknown = (first..=last).filter(|&u| self.units[u as usize].known.part.is_none()).count();
        let mut bits = self.name_bits(name, aliases, names) + BETWEEN_BITS * unknown as f32;
        if (LEAST_NAME_BITS..ENOUGH_BITS).contains(&bits) {
            bits += WORD_BITS * met.iter().filter(|&&u| self.is_word(u)).count() as f32;
        }
        let (start, end) = (self.units[first as usize].start, self.units[last as usize].end);
        (bits >= LEAST_NAME_BITS).then_some((start, end, bits))
    }

    /// A name met letter by letter.
    fn weigh_whole(&mut self, start: u32, end: u32, at: NameAt, names: &mut NameComparer) -> Option<Weighed> {
        let (name, aliases) = (self.register.get(at.name), self.register.aliases(at.name));
        self.taken.clear();
        self.taken.extend(name.parts);
        self.align(name, names);
        let bits = self.name_bits(name, aliases, names);
        (bits >= LEAST_NAME_BITS).then_some(Weighed { start, end, record: at.record, bits })
    }

    /// Takes the parts of the text and of a name together: those that are the same first, so that only the others are compared.
    fn align(&mut self, name: Name, names: &mut NameComparer) {
        let (a, b) = (&self.taken[..self.taken.len().min(MOST_PARTS)], &name.parts[..name.parts.len().min(MOST_PARTS)]);
        self.alike.clear();
        let (mut met_a, mut met_b) = (0u32, 0u32);
        for (i, &x) in a.iter().enumerate() {
            if let Some(j) = (0..b.len()).find(|&j| b[j] == x && met_b >> j & 1 == 0) {
                met_a |= 1 << i;
                met_b |= 1 << j;
                self.alike.push(Alike { i, j, agreement: names.agreement(x, x) });
            }
        }
        for (i, &x) in a.iter().enumerate().filter(|(i, _)| met_a >> i & 1 == 0) {
            for (j, &y) in b.iter().enumerate().filter(|(j, _)| met_b >> j & 1 == 0) {
                let agreement = names.agreement(x, y);
                if agreement.bits > 0.0 {
                    self.alike.push(Alike { i, j, agreement });
                }
            }
        }
        names.take(a, b, &mut self.alike, &mut self.alignment);
    }

    fn name_bits(&self, name: Name, aliases: usize, names: &NameComparer) -> f32 {
        let a = Name { parts: &self.taken, weak: false };
        let scripts = Scripts::of(names.script(self.taken[0]), names.script(name.parts[0]));
        let mut phi = describe(&self.alignment, a, name, scripts);
        if scripts == Scripts::Same {
            set_alone(&mut phi);
            if self.is_too_light(&phi, name, names) {
                return f32::NEG_INFINITY;
            }
            names.look_closer(&self.alignment, a.parts, name.parts, &mut phi);
        } else if omits_middle(self.alignment.used_b, name.parts.len()) {
            phi[Feature::NameOmittedScript as usize] = 0.0;
        }
        phi[Feature::NameAliases as usize] = (aliases as f32).log2();
        weigh(&phi, self.weights) + self.in_text_bits(name, scripts, names)
    }

    /// Whether a name weighs too little whatever a closer look finds: most do, and are not read letter by letter.
    fn is_too_light(&self, phi: &Evidence, name: Name, names: &NameComparer) -> bool {
        let of = |feature: Feature| self.weights[feature as usize].max(0.0);
        let found = of(Feature::AloneNear) * names.most_near(&self.alignment, &self.taken, name.parts) as f32;
        let other =
            of(Feature::AloneInitial) + of(Feature::AloneSlips) + of(Feature::AloneUnlike) + of(Feature::AloneLone) + of(Feature::NameAliases);
        other == 0.0 && weigh(phi, self.weights) + found + self.in_text_bits(name, Scripts::Same, names) + MARGIN < LEAST_NAME_BITS
    }

    /// What a name in a running text says less than one in a register.
    fn in_text_bits(&self, name: Name, scripts: Scripts, names: &NameComparer) -> f32 {
        let Alignment { pairs, used_a, used_b, .. } = &self.alignment;
        let inside = |i: usize| i > used_a.trailing_zeros() as usize && i < used_a.ilog2() as usize;
        let left = |i: &usize| used_a >> i & 1 == 0;
        let extra = |i: usize| match inside(i) {
            _ if names.form(self.taken[i]).len() == 1 => EXTRA_INITIAL_BITS,
            true => EXTRA_BETWEEN_BITS,
            false => EXTRA_BITS,
        };
        let extra: f32 = (0..self.taken.len().min(MOST_PARTS)).filter(left).map(extra).sum();
        let is_short = |&&(i, j, agreement): &&(usize, usize, Agreement)| {
            agreement.spelled && !agreement.joined && names.form(self.taken[i]).len().max(names.form(name.parts[j]).len()) <= SHORT
        };
        let short = pairs.iter().filter(is_short).count() as f32;
        let single = if name.parts.len() == 1 { SINGLE_BITS } else { 0.0 };
        extra + omitted_bits(*used_b, name.parts.len(), scripts) + SHORT_SPELLING_BITS * short + single
    }

    /// The first unit of the name as the text has it: names before those that met the register belong to it.
    fn reach_left(&mut self, c: &Candidate) -> u32 {
        let mut low = c.low;
        while low > c.first && c.low - low < MOST_BESIDE && self.is_of_name(low - 1) {
            low -= 1;
        }
        low
    }

    fn reach_right(&mut self, c: &Candidate) -> u32 {
        let mut high = c.high;
        while high < c.last && high - c.high < MOST_BESIDE && self.is_of_name(high + 1) {
            high += 1;
        }
        high
    }

    /// Whether a unit beside a name is a name, too, and no word that the text writes small, there or elsewhere.
    fn is_of_name(&mut self, unit: u32) -> bool {
        let Unit { start, known, .. } = self.units[unit as usize];
        let is_small = || self.text[start as usize..].chars().next().is_some_and(char::is_lowercase);
        known.is_name && known.country == 0 && !is_small() && !self.is_word(unit)
    }

    fn is_word(&mut self, unit: u32) -> bool {
        let Unit { start, end, .. } = self.units[unit as usize];
        let text = self.text;
        *self.words[unit as usize].get_or_insert_with(|| is_written_small(text, start as usize, end as usize))
    }
}

/// So far from a name it is looked for as a word.
const WORD_AROUND: usize = 1_500;

/// Whether the text around also writes a word in small letters.
fn is_written_small(text: &str, start: usize, end: usize) -> bool {
    let small = text[start..end].to_lowercase();
    if small == text[start..end] {
        return false;
    }
    let around = &text.as_bytes()[start.saturating_sub(WORD_AROUND)..(end + WORD_AROUND).min(text.len())];
    let is_letter = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || !b.is_ascii());
    memchr::memmem::find_iter(around, small.as_bytes())
        .any(|at| !is_letter(at.checked_sub(1).and_then(|i| around.get(i))) && !is_letter(around.get(at + small.len())))
}

/// What it costs that parts of a register's name are not in the text; `used` has a bit for each that is.
///
/// Who writes a name in another script leaves out the father's name that stands in its middle as a rule: that says nothing.
fn omitted_bits(used: u32, length: usize, scripts: Scripts) -> f32 {
    let omitted = length.min(MOST_PARTS) - used.count_ones() as usize;
    match omitted {
        0 => 0.0,
        1 if scripts != Scripts::Same && omits_middle(used, length) => 0.0,
        n if ends_met(used, length) => OMITTED_MIDDLE_BITS + OMITTED_BITS * (n - 1) as f32,
        n => OMITTED_BITS * n as f32,
    }
}

/// Whether the first and the last part of a register's name are in the text, and all but one between them.
fn omits_middle(used: u32, length: usize) -> bool {
    ends_met(used, length) && used.count_ones() as usize + 1 == length.min(MOST_PARTS)
}

fn ends_met(used: u32, length: usize) -> bool {
    used & 1 == 1 && used >> (length.min(MOST_PARTS) - 1) & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Params;
    use crate::register::{Register, parts::Parts};

    const PARAMETERS: &str = include_str!("../../../src/tallystick/matching/parameters/parameters-1.json");
    const FREQUENCIES: &str = include_str!("../../../src/tallystick/matching/parameters/frequencies-1.tsv");
    const GIVEN: [&str; 8] = ["Marek", "Marec", "Tamila Maria", "Tamila Marta", "Tamila Ivan", "Tamila Iman", "Marek Jan", "Marek Jak"];
    const FAMILY: [&str; 8] = ["Zorvek", "Zorvec", "Sorveck", "Quil", "Quill", "Hasan", "Hassani Quil", "Hamani Quil"];
    /// Parts are rarer by so many bits than in the register made here, as they are in larger ones.
    const RARER_BITS: [f32; 4] = [0.0, 4.0, 8.0, 12.0];

    #[test]
    fn a_name_that_is_too_light_stays_so_at_a_closer_look() {
        let params = Params::read(PARAMETERS, FREQUENCIES).expect("shipped");
        let (mut parts, mut register) = (Parts::default(), Register::default());
        let written = GIVEN.iter().flat_map(|given| FAMILY.iter().map(move |family| format!("{given} {family}")));
        let lines: Vec<String> = written.enumerate().map(|(id, name)| format!(r#"{{"id":"{id}","names":["{name}"]}}"#)).collect();
        assert!(register.append(lines.join("\n").as_bytes(), 1, &mut parts).is_empty());
        parts.fold_new();
        let (all, _) = Names::new(&register);
        let (mut light, mut lifted) = (0, 0);
        for rarer in RARER_BITS {
            let mut frequencies = Frequencies::count(&[&register], &parts, &params.table);
            frequencies.part.iter_mut().for_each(|bits| bits.exact += rarer);
            let mut names = NameComparer::new(&parts, &frequencies, &params.channels);
            let mut weigher = Weigher::new("", &[], &all, &params.weights);
            for pair in 0..(lines.len() * lines.len()) as u32 {
                let (text, name) = (all.get(pair / lines.len() as u32), all.get(pair % lines.len() as u32));
                weigher.taken = text.parts.to_vec();
                weigher.align(name, &mut names);
                if weigher.alignment.pairs.is_empty() {
                    continue;
                }
                let mut phi = describe(&weigher.alignment, text, name, Scripts::Same);
                set_alone(&mut phi);
                let bits = |phi: &Evidence| weigh(phi, &params.weights) + weigher.in_text_bits(name, Scripts::Same, &names);
                let (is_too_light, before) = (weigher.is_too_light(&phi, name, &names), bits(&phi));
                names.look_closer(&weigher.alignment, text.parts, name.parts, &mut phi);
                assert!(!is_too_light || bits(&phi) < LEAST_NAME_BITS, "{:?} {:?}", text.parts, name.parts);
                light += usize::from(is_too_light);
                lifted += usize::from(before < LEAST_NAME_BITS && bits(&phi) >= LEAST_NAME_BITS);
            }
        }
        assert!(light > 5_000 && lifted > 5, "{light} too light, {lifted} lifted by a closer look");
    }
}
