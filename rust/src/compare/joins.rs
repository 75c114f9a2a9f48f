//! Parts of a name that another writing joins: `Abu Zayd` and `Abuzayd`.

use super::channel::Writing;
use super::letters::{Letters, MAX_LEN};
use super::names::{Agreement, Alignment, MOST_PARTS, NameComparer};
use crate::link::blocking::mix;
use crate::names::Script;
use crate::register::parts::Outline;

/// The shortest part that is taken for several written together.
const LEAST_JOINED: u16 = 4;
/// What several parts written as one say less than one part, and the least and the most they say.
const JOINED_COST: f32 = 1.0;
const LEAST_JOINED_BITS: f32 = 3.0;
/// A part that is taken for several is at least so rare.
const LEAST_JOINED_RARE: f32 = 8.0;
const MOST_JOINED_BITS: f32 = 12.0;

impl NameComparer<'_> {
    /// Two or three free neighbours of `a` written as one free part of `b`.
    pub(super) fn join(&mut self, a: &[u32], b: &[u32], used_a: &mut u32, used_b: &mut u32, out: &mut Alignment) {
        let before = *used_b;
        for (j, &whole) in b.iter().enumerate().filter(|(j, _)| before >> j & 1 == 0) {
            let begins = self.beginnings(a, *used_a, whole);
            if begins == 0 {
                continue;
            }
            let runs = [2, 3].into_iter().flat_map(|run| (0..(a.len() + 1).saturating_sub(run)).map(move |i| (run, i)));
            for (run, i) in runs.filter(|(_, i)| begins >> i & 1 == 1) {
                let mask = ((1u32 << run) - 1) << i;
                let parts = &a[i..i + run];
                let bits = if *used_a & mask == 0 && self.could_join(parts, whole) { self.joined_bits(parts, whole) } else { 0.0 };
                if bits > 0.0 {
                    *used_a |= mask;
                    *used_b |= 1 << j;
                    out.pairs.push((i, j, Agreement { bits, spelled: true, joined: true }));
                    break;
                }
            }
        }
    }

    /// Free parts of `a` that `whole` could begin with: where the script is one, the first letter is.
    fn beginnings(&self, a: &[u32], used: u32, whole: u32) -> u32 {
        let y = self.parts.outline[whole as usize];
        if y.length < LEAST_JOINED {
            return 0;
        }
        let fits = |x: Outline| x.first == y.first || x.script != y.script;
        let free = a.iter().enumerate().filter(|(i, _)| used >> i & 1 == 0);
        free.filter(|(_, p)| fits(self.parts.outline[**p as usize])).fold(0, |mask, (i, _)| mask | 1 << i)
    }

    pub(super) fn join_swapped(&mut self, b: &[u32], a: &[u32], used_b: &mut u32, used_a: &mut u32, out: &mut Alignment) {
        let mut swapped = Alignment::default();
        self.join(b, a, used_b, used_a, &mut swapped);
        out.pairs.extend(swapped.pairs.into_iter().map(|(i, j, g)| (j, i, g)));
    }

    /// Whether any parts of one name that stand together are written as one part of the other.
    pub fn may_join(&mut self, a: &[u32], b: &[u32]) -> bool {
        let (a, b) = (&a[..a.len().min(MOST_PARTS)], &b[..b.len().min(MOST_PARTS)]);
        self.may_join_to(a, b) || self.may_join_to(b, a)
    }

    fn may_join_to(&mut self, a: &[u32], b: &[u32]) -> bool {
        b.iter().any(|&whole| {
            let begins = if a.len() > 1 { self.beginnings(a, 0, whole) } else { 0 };
            let runs = [2, 3].into_iter().flat_map(|run| a.windows(run).enumerate());
            begins != 0
                && runs.filter(|(i, _)| begins >> i & 1 == 1).any(|(_, run)| self.could_join(run, whole) && self.joined_bits(run, whole) > 0.0)
        })
    }

    /// Whether a run of parts is about as long as the one part.
    fn could_join(&self, run: &[u32], whole: u32) -> bool {
        let length = |p: u32| self.parts.outline[p as usize].length;
        run.iter().map(|&p| length(p)).sum::<u16>().abs_diff(length(whole)) <= 3
    }

    /// Whether the letters alone show that a run of parts is not the one part: nearly all are not, and need not be remembered.
    fn never_joined(&self, run: &[u32], whole: u32, rare: f32) -> bool {
        let y = self.parts.outline[whole as usize];
        let all = || run.iter().map(|&p| &self.parts.outline[p as usize]);
        let length: usize = all().map(|x| usize::from(x.length)).sum();
        if y.script != Script::Latin || self.parts.script[run[0] as usize] != Script::Latin || length > MAX_LEN {
            return false;
        }
        let letters = all().map(|x| x.letters).reduce(Letters::with).expect("two or three");
        let chance: f32 = all().map(|x| x.chance).sum();
        let left = JOINED_COST + LEAST_JOINED_BITS;
        self.channels.is_slip_beyond((letters, chance), (y.letters, y.chance), rare - left, left)
    }

    fn joined_bits(&mut self, run: &[u32], whole: u32) -> f32 {
        let rare: f32 = self.bits[whole as usize].exact.max(LEAST_JOINED_RARE);
        if self.never_joined(run, whole, rare) {
            return 0.0;
        }
        let key = (run[0], run[1], run.get(2).copied().unwrap_or(u32::MAX), whole);
        let slot = mix(mix((key.0 as u64) << 32 | key.1 as u64, key.2.into()), key.3.into()) as usize & (self.memory.joined.len() - 1);
        if self.memory.joined[slot].0 != key {
            self.memory.joined[slot] = (key, self.compute_joined(run, whole, rare));
        }
        self.memory.joined[slot].1
    }

    fn compute_joined(&self, run: &[u32], whole: u32, rare: f32) -> f32 {
        let text: String = run.iter().map(|&p| &*self.parts.form[p as usize]).collect();
        let y = whole as usize;
        let sx = self.parts.script[run[0] as usize];
        let cost = self.written(sx, &Writing::of(text.as_bytes()), self.parts.script[y], &self.writing(y), rare, rare);
        let weighed = (rare - cost - JOINED_COST).min(MOST_JOINED_BITS);
        if weighed > LEAST_JOINED_BITS { weighed } else { 0.0 }
    }
}
