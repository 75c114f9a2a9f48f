//! The comparison of written names: which parts agree, how well, and what is left over.

use super::channel::{Channels, Writing};
use super::features::{Evidence, FEATURES, Feature};
use super::frequency::{Frequencies, PartBits};
use super::letters::Letters;
use super::slips::{MOST_NEARLY, nearly, slips, unlike};
use crate::names::Script;
use crate::register::Name;
use crate::register::parts::{Outline, Parts};
use std::hint::black_box;

/// Cost of agreeing on a class instead of the exact form, in bits: -log2 of how often two writings of one name do.
const FINE_COST: f32 = 1.0;
const COARSE_COST: f32 = 2.5;
/// A pair of parts that says less than this is not called alike.
pub const LEAST_BITS: f32 = 1.0;
pub const INITIAL_BITS: f32 = 2.5;
const CACHED: usize = 1 << 14;
pub const MOST_PARTS: usize = 12;

/// An Arabic article that one source writes together with the name and the other leaves out.
const ARTICLE_COST: f32 = 1.5;

pub fn joined_article(form: &str) -> Option<&str> {
    form.strip_prefix("al").or_else(|| form.strip_prefix("el")).filter(|rest| rest.len() >= 4)
}

/// How well two parts agree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    pub bits: f32,
    /// False when the forms are equal letter by letter.
    pub spelled: bool,
    /// Whether one of the two is several parts.
    pub joined: bool,
}

/// Which parts of two names were taken together: indexes and bits, for explanations.
#[derive(Clone, Debug, Default)]
pub struct Alignment {
    pub pairs: Vec<(usize, usize, Agreement)>,
    pub left_a: usize,
    pub left_b: usize,
    /// The parts that were taken, one bit each.
    pub used_a: u32,
    pub used_b: u32,
}

/// Two parts that agree: their places in the two names.
#[derive(Clone, Copy, Debug)]
pub struct Alike {
    pub i: usize,
    pub j: usize,
    pub agreement: Agreement,
}

pub struct NameComparer<'a> {
    pub(super) parts: &'a Parts,
    pub(super) bits: &'a [PartBits],
    pub(super) channels: &'a Channels,
    pub(super) memory: Memory,
}

/// What was compared before, for as long as the parts keep their numbers.
pub struct Memory {
    agreements: Vec<(u64, Agreement)>,
    pub(super) joined: Vec<(Run, f32)>,
}

impl Memory {
    /// For so many agreements, a power of two: who has other things to keep in the processor's cache takes fewer.
    pub fn with_room(agreements: usize) -> Memory {
        Memory { agreements: vec![(u64::MAX, NOTHING); agreements], joined: vec![(NO_RUN, 0.0); agreements / 4] }
    }
}

/// Two or three parts, the third `u32::MAX` where there are two, and the one part they may be.
pub(super) type Run = (u32, u32, u32, u32);
const NO_RUN: Run = (u32::MAX, u32::MAX, u32::MAX, u32::MAX);

pub const NOTHING: Agreement = Agreement { bits: 0.0, spelled: true, joined: false };

impl<'a> NameComparer<'a> {
    pub fn new(parts: &'a Parts, frequencies: &'a Frequencies, channels: &'a Channels) -> Self {
        NameComparer::remembering(Memory::with_room(CACHED), parts, frequencies, channels)
    }

    /// Goes on with what another one remembers of the same parts (`into_memory`).
    pub fn remembering(memory: Memory, parts: &'a Parts, frequencies: &'a Frequencies, channels: &'a Channels) -> Self {
        NameComparer { parts, bits: &frequencies.part, channels, memory }
    }

    pub fn into_memory(self) -> Memory {
        self.memory
    }

    /// Fetches what a look at parts takes into the cache, for all of them at once.
    pub fn touch(&self, parts: impl Iterator<Item = u32>) {
        for p in parts {
            let at = p as usize;
            black_box((self.parts.outline[at].length, self.parts.classes[at].coarse, self.bits[at].exact));
        }
    }

    /// Bits for two parts being writings of one name part; 0 when they are not alike.
    pub fn agreement(&mut self, x: u32, y: u32) -> Agreement {
        if x == y {
            return Agreement { bits: self.bits[x as usize].exact, spelled: false, joined: false };
        }
        let key = (x.min(y) as u64) << 32 | x.max(y) as u64;
        let slot = (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 50) as usize & (self.memory.agreements.len() - 1);
        if self.memory.agreements[slot].0 != key {
            self.memory.agreements[slot] = (key, self.compute(x as usize, y as usize));
        }
        self.memory.agreements[slot].1
    }

    fn compute(&self, x: usize, y: usize) -> Agreement {
        let (cx, cy) = (self.parts.classes[x], self.parts.classes[y]);
        let (bx, by) = (self.bits[x], self.bits[y]);
        let (ox, oy) = (&self.parts.outline[x], &self.parts.outline[y]);
        if ox.length == 1 || oy.length == 1 {
            let alike = ox.first == oy.first;
            return Agreement { bits: if alike { INITIAL_BITS.min(bx.exact).min(by.exact) } else { 0.0 }, spelled: true, joined: false };
        }
        let common = bx.exact.min(by.exact);
        let rare = bx.exact.max(by.exact);
        // Being nearly alike says no more than having the same skeleton would.
        let common = common.min(bx.coarse).min(by.coarse);
        if cx == cy && self.parts.form[x] == self.parts.form[y] {
            // The same letters out of two scripts.
            return Agreement { bits: bx.fine.min(common.max(bx.fine)), spelled: false, joined: false };
        }
        let mut best = 0.0f32;
        if cx.fine == cy.fine {
            best = bx.fine - FINE_COST;
        }
        if cx.coarse == cy.coarse {
            best = best.max(bx.coarse - COARSE_COST);
        }
        let least = best.max(LEAST_BITS);
        if common > least && !self.hopeless(x, y, rare - least, least) {
            // A typing error makes a rare form out of a common one; two common forms one letter apart are two names.
            let limit = rare - least;
            let cost = self.cost(x, y, limit, rare);
            if cost < limit {
                best = (rare - cost).min(common);
            }
        }
        Agreement { bits: if best >= LEAST_BITS { best } else { 0.0 }, spelled: true, joined: false }
    }

    /// Whether the letters alone show that writing one Latin part as the other costs `limit`, and leaves no more than `left`.
    fn hopeless(&self, x: usize, y: usize, limit: f32, left: f32) -> bool {
        if self.parts.script[x] != Script::Latin || self.parts.script[y] != Script::Latin {
            return false;
        }
        let (ox, oy) = (self.parts.outline[x], self.parts.outline[y]);
        ox.article == oy.article && self.channels.is_slip_beyond((ox.letters, ox.chance), (oy.letters, oy.chance), limit, left)
    }

    fn cost(&self, x: usize, y: usize, limit: f32, rare: f32) -> f32 {
        let (sx, sy) = (self.parts.script[x], self.parts.script[y]);
        let (fx, fy) = (&*self.parts.form[x], &*self.parts.form[y]);
        let (wx, wy) = (self.writing(x), self.writing(y));
        let plain = self.written(sx, &wx, sy, &wy, limit, rare);
        match (self.parts.outline[x].article, self.parts.outline[y].article) {
            (true, false) => plain.min(self.written(sx, &without_article(fx), sy, &wy, limit, rare) + ARTICLE_COST),
            (false, true) => plain.min(self.written(sx, &wx, sy, &without_article(fy), limit, rare) + ARTICLE_COST),
            _ => plain,
        }
    }

    pub(super) fn writing(&self, part: usize) -> Writing<'a> {
        let Outline { letters, chance, .. } = self.parts.outline[part];
        Writing { form: self.parts.form[part].as_bytes(), letters, chance }
    }

    /// Channels lead from a script to Latin letters; between two other scripts the rougher one serves.
    pub(super) fn written(&self, sx: Script, fx: &Writing, sy: Script, fy: &Writing, limit: f32, rare: f32) -> f32 {
        match (sx, sy) {
            (Script::Latin, Script::Latin) => {
                let there = self.channels.slip(fx, fy, limit, rare);
                there.min(self.channels.slip(fy, fx, there, rare))
            }
            (_, Script::Latin) => self.channels.excess(sx, fx, fy, limit, rare),
            (Script::Latin, _) => self.channels.excess(sy, fy, fx, limit, rare),
            _ if sx == sy => self.channels.slip(fx, fy, limit, rare),
            _ => {
                let rougher = Script::from_index((sx as u8).max(sy as u8));
                self.channels.excess(rougher, fx, fy, limit, rare).min(self.channels.excess(rougher, fy, fx, limit, rare))
            }
        }
    }

    pub fn form(&self, part: u32) -> &str {
        &self.parts.form[part as usize]
    }

    pub fn script(&self, part: u32) -> Script {
        self.parts.script[part as usize]
    }

    /// Takes parts of two names together, best agreement first, then joined neighbours against single parts.
    pub fn align(&mut self, a: &[u32], b: &[u32]) -> Alignment {
        let (a, b) = (&a[..a.len().min(MOST_PARTS)], &b[..b.len().min(MOST_PARTS)]);
        let mut alike = Vec::new();
        for (i, &x) in a.iter().enumerate() {
            for (j, &y) in b.iter().enumerate() {
                alike.push(Alike { i, j, agreement: self.agreement(x, y) });
            }
        }
        alike.retain(|found| found.agreement.bits > 0.0);
        let mut out = Alignment::default();
        self.take(a, b, &mut alike, &mut out);
        out
    }

    /// The same where it is known which parts agree; `out` is written over.
    pub fn take(&mut self, a: &[u32], b: &[u32], alike: &mut [Alike], out: &mut Alignment) {
        let (a, b) = (&a[..a.len().min(MOST_PARTS)], &b[..b.len().min(MOST_PARTS)]);
        alike.sort_unstable_by(|p, q| q.agreement.bits.total_cmp(&p.agreement.bits).then((p.i, p.j).cmp(&(q.i, q.j))));
        out.pairs.clear();
        let (mut used_a, mut used_b) = (0u32, 0u32);
        for &Alike { i, j, agreement } in alike.iter() {
            if used_a >> i & 1 == 0 && used_b >> j & 1 == 0 {
                used_a |= 1 << i;
                used_b |= 1 << j;
                out.pairs.push((i, j, agreement));
            }
        }
        if !out.pairs.is_empty() || a.len() + b.len() <= 6 {
            let free = |parts: &[u32], used: u32| parts.len() - used.count_ones() as usize;
            if free(a, used_a) > 1 && free(b, used_b) > 0 {
                self.join(a, b, &mut used_a, &mut used_b, out);
            }
            if free(b, used_b) > 1 && free(a, used_a) > 0 {
                self.join_swapped(b, a, &mut used_b, &mut used_a, out);
            }
        }
        out.left_a = a.len() - used_a.count_ones() as usize;
        out.left_b = b.len() - used_b.count_ones() as usize;
        (out.used_a, out.used_b) = (used_a, used_b);
    }

    /// What only names that stand alone are asked: initials, differing letters, parts left over that nearly agree, and whether
    /// one part is all that agrees of a name that has more.
    pub fn look_closer(&self, alignment: &Alignment, a: &[u32], b: &[u32], phi: &mut Evidence) {
        let form = |p: u32| self.parts.form[p as usize].as_bytes();
        let script = |p: u32| self.parts.script[p as usize];
        for &(i, j, _) in alignment.pairs.iter().filter(|pair| pair.2.spelled && !pair.2.joined) {
            if form(a[i]).len() == 1 || form(b[j]).len() == 1 {
                phi[Feature::AloneInitial as usize] += 1.0;
            } else {
                let (x, y) = (form(a[i]), form(b[j]));
                let found = slips(x, y);
                phi[Feature::AloneSlips as usize] += found as f32;
                phi[Feature::AloneUnlike as usize] += f32::from(unlike(found, x, y));
            }
        }
        let (mut used_b, free) = (alignment.used_b, |used: u32, k: usize| k < MOST_PARTS && used >> k & 1 == 0);
        for (_, &x) in a.iter().enumerate().filter(|(i, _)| free(alignment.used_a, *i)) {
            let near = |(j, &y): (usize, &u32)| {
                let candidate = free(used_b, j) && script(x) == script(y) && self.may_be_near(x, y);
                candidate.then(|| nearly(form(x), form(y))).flatten().map(|found| (found, j))
            };
            if let Some((found, j)) = b.iter().enumerate().filter_map(near).min() {
                used_b |= 1 << j;
                phi[Feature::AloneNear as usize] += 1.0;
                phi[Feature::AloneSlips as usize] += found as f32;
            }
        }
        let agreeing = alignment.pairs.len() as f32 + phi[Feature::AloneNear as usize] - phi[Feature::AloneInitial as usize];
        let has_more = alignment.left_a + alignment.left_b > 0;
        phi[Feature::AloneLone as usize] = f32::from(agreeing <= 1.0 && has_more);
    }

    /// How many parts of `a` that are left over may nearly be a part of `b` that is, by their letters without their order.
    pub fn most_near(&self, alignment: &Alignment, a: &[u32], b: &[u32]) -> usize {
        fn left(parts: &[u32], used: u32) -> impl Iterator<Item = u32> + Clone {
            parts.iter().copied().take(MOST_PARTS).enumerate().filter(move |(i, _)| used >> i & 1 == 0).map(|(_, part)| part)
        }
        let others = left(b, alignment.used_b);
        left(a, alignment.used_a).filter(|&x| others.clone().any(|y| self.may_be_near(x, y))).count()
    }

    /// Whether two parts can be two slips apart at most: a slip changes the length by one, and the letters used by one each way.
    fn may_be_near(&self, x: u32, y: u32) -> bool {
        let (x, y) = (self.parts.outline[x as usize], self.parts.outline[y as usize]);
        let only = |a: Letters, b: Letters| (a.once() & !b.once()).count_ones() <= MOST_NEARLY;
        x.length.abs_diff(y.length) as u32 <= MOST_NEARLY && only(x.letters, y.letters) && only(y.letters, x.letters)
    }
}

/// A form that `joined_article` takes something from.
fn without_article(form: &str) -> Writing<'_> {
    Writing::of(joined_article(form).unwrap_or(form).as_bytes())
}

/// Which scripts two names come from, as far as it matters for what is left over and what is spelled differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scripts {
    Same,
    /// Two; no sign of either is read as a syllable.
    Two,
    /// Two, one of them Chinese, Japanese or Korean.
    Signs,
}

impl Scripts {
    pub fn of(a: Script, b: Script) -> Scripts {
        match (a == b, a.is_syllabic() || b.is_syllabic()) {
            (true, _) => Scripts::Same,
            (false, false) => Scripts::Two,
            (false, true) => Scripts::Signs,
        }
    }

    /// Where left over parts and other spellings are counted: replaced, omitted, spelling.
    pub fn counts(self) -> [Feature; 3] {
        match self {
            Scripts::Same => [Feature::NameReplaced, Feature::NameOmitted, Feature::NameSpelling],
            Scripts::Two => [Feature::NameReplacedScript, Feature::NameOmittedScript, Feature::NameSpellingScript],
            Scripts::Signs => [Feature::NameReplacedScript, Feature::NameOmittedScript, Feature::NameSpellingSigns],
        }
    }
}

/// What an alignment says, as features.
pub fn describe(alignment: &Alignment, a: Name, b: Name, scripts: Scripts) -> Evidence {
    let mut phi = [0.0; FEATURES];
    let mut set = |f: Feature, v: f32| phi[f as usize] = v;
    if alignment.pairs.is_empty() {
        set(Feature::NameNone, 1.0);
        return phi;
    }
    let total: f32 = alignment.pairs.iter().map(|p| p.2.bits).sum();
    let first = alignment.pairs.iter().map(|p| p.2.bits).fold(0.0, f32::max);
    let (left, right) = (alignment.left_a, alignment.left_b);
    let whole = left.min(right) == 0;
    set(if whole { Feature::NameFirst } else { Feature::NameFirstReplaced }, first);
    // Brothers share all parts but one: what agrees beside a replaced part says less.
    let (rest, more) = if whole { (Feature::NameRest, Feature::NameMore) } else { (Feature::NameRestReplaced, Feature::NameMoreReplaced) };
    set(rest, total - first);
    set(more, (alignment.pairs.len() - 1).min(4) as f32);
    set(Feature::NameHalf, f32::from(left.min(right) >= alignment.pairs.len()));
    let [replaced, omitted, spelling] = scripts.counts();
    set(replaced, left.min(right) as f32);
    set(omitted, (left.max(right) - left.min(right)).min(3) as f32);
    set(Feature::NameComplete, f32::from(left + right == 0));
    set(Feature::NameCompleteMore, if left + right == 0 { (alignment.pairs.len() - 1).min(4) as f32 } else { 0.0 });
    set(Feature::NameSingle, f32::from(alignment.pairs.len() == 1));
    set(spelling, alignment.pairs.iter().filter(|p| p.2.spelled).count() as f32);
    set(Feature::NameScript, f32::from(scripts != Scripts::Same));
    set(Feature::NameWeak, f32::from(a.weak || b.weak));
    phi
}
