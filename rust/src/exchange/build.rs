//! Builds a base from key secrets and the numbers of the records they belong to, millions at a time.

use super::derive::{OUTPUT_BYTES, Sealer, key_secret, seal};
use super::stream::Stream;
use super::{COUNTERS, HANDLE_BYTES, Handle, NOTCH_BYTES, RUN, SECRET_BYTES, Secret, Seed, TAG_BYTES, row, step, up_to};
use rayon::prelude::*;
use std::collections::HashSet;
use zeroize::Zeroize;

/// Key secrets that wait to be built into a base. Wipes them when it goes.
pub struct Builder {
    secrets: Vec<Secret>,
    records: Vec<u32>,
    mask: u64,
}

/// A base, and what its maker must remember.
#[derive(Default)]
pub struct Built {
    /// Notches, sorted by tag.
    pub notches: Vec<u8>,
    /// Tags of the chaff, sorted.
    pub chaff: Vec<u8>,
    /// Key secrets with a notch behind the first run.
    pub crowded: Vec<u8>,
    /// Tags of the records, record after record.
    pub tags: Vec<u8>,
    /// How many tags each record has.
    pub counts: Vec<u32>,
    /// Records left out under a key that is full, once for each key.
    pub left_out: Vec<u32>,
}

/// One notch before it is written down.
#[derive(Clone, Copy)]
struct Made {
    tag: u64,
    input: u32,
    sealed: Handle,
    counter: u8,
}

impl Drop for Builder {
    fn drop(&mut self) {
        self.secrets.iter_mut().for_each(Zeroize::zeroize);
    }
}

impl Default for Builder {
    fn default() -> Self {
        Builder { secrets: Vec::new(), records: Vec::new(), mask: u64::MAX }
    }
}

impl Builder {
    /// Takes outputs of the OPRF (64 bytes each), one for each number of a record.
    pub fn append_outputs(&mut self, outputs: &[u8], records: &[u32]) {
        self.secrets.par_extend((0..records.len()).into_par_iter().map(|at| key_secret(row::<OUTPUT_BYTES>(outputs, at))));
        self.records.extend_from_slice(records);
    }

    /// Takes key secrets (32 bytes each), one for each number of a record.
    pub fn append_secrets(&mut self, secrets: &[u8], records: &[u32]) {
        self.secrets.extend((0..records.len()).map(|at| *row::<SECRET_BYTES>(secrets, at)));
        self.records.extend_from_slice(records);
    }

    pub fn len(&self) -> usize {
        self.secrets.len()
    }

    pub fn is_empty(&self) -> bool {
        self.secrets.is_empty()
    }

    /// The base over all that was appended. Handles: 7 bytes for each number of a record.
    pub fn finish(self, handles: &[u8], quantum: usize, seed: Seed) -> Result<Built, &'static str> {
        let records = handles.len() / HANDLE_BYTES;
        if self.records.iter().any(|&record| record as usize >= records) {
            return Err("a record has no handle");
        }
        if self.secrets.len() >= u32::MAX as usize {
            return Err("more keys than a base can hold");
        }
        let mut built = Built::default();
        let mut made = self.seal_all(handles, &mut built);
        made.par_sort_unstable_by_key(|m| (m.tag, m.input));
        self.resolve(&mut made, handles, &mut built);
        self.write_down(&made, records, quantum, seed, &mut built);
        Ok(built)
    }

    /// Every key with its counter: the place among the records under that key.
    fn seal_all(&self, handles: &[u8], built: &mut Built) -> Vec<Made> {
        let mut order: Vec<(u64, u32)> =
            self.secrets.par_iter().enumerate().map(|(i, z)| (u64::from_be_bytes(*z.first_chunk().expect("32 bytes")), i as u32)).collect();
        order.par_sort_unstable_by(|x, y| {
            let (i, j) = (x.1 as usize, y.1 as usize);
            x.0.cmp(&y.0).then_with(|| (&self.secrets[i], self.records[i], i).cmp(&(&self.secrets[j], self.records[j], j)))
        });
        let mut made = Vec::with_capacity(order.len());
        let mut former: Option<usize> = None;
        let mut counter = 0;
        for &(_, input) in &order {
            let at = input as usize;
            let same_key = former.is_some_and(|f| self.secrets[f] == self.secrets[at]);
            if same_key && former.is_some_and(|f| self.records[f] == self.records[at]) {
                continue;
            }
            counter = if same_key { counter + 1 } else { 0 };
            former = Some(at);
            if counter == RUN {
                built.crowded.extend_from_slice(&self.secrets[at]);
            }
            if counter < COUNTERS {
                made.push(Made { tag: 0, input, sealed: [0; HANDLE_BYTES], counter: counter as u8 });
            } else {
                built.left_out.push(self.records[at]);
            }
        }
        drop(order);
        made.par_iter_mut().with_min_len(1024).for_each(|m| self.seal(m, handles));
        made
    }

    fn seal(&self, made: &mut Made, handles: &[u8]) {
        let at = made.input as usize;
        let (tag, pad) = Sealer::narrow(&self.secrets[at], self.mask).notch(u16::from(made.counter));
        (made.tag, made.sealed) = (tag, seal(row(handles, self.records[at] as usize), &pad));
    }

    /// Gives another counter to notches whose tag another notch has: about one in 10^5 bases of 25 million notches needs it.
    fn resolve(&self, made: &mut Vec<Made>, handles: &[u8], built: &mut Built) {
        let twice: Vec<usize> = (1..made.len()).filter(|&i| made[i].tag == made[i - 1].tag).collect();
        if twice.is_empty() {
            return;
        }
        let mut moving: Vec<Made> = twice.iter().map(|&i| made[i]).collect();
        for &i in twice.iter().rev() {
            made.remove(i);
        }
        let mut taken: HashSet<u64> = made.iter().map(|m| m.tag).collect();
        for mut one in moving.drain(..) {
            match self.free_counter(&one, &taken) {
                Some(counter) => {
                    one.counter = counter as u8;
                    self.seal(&mut one, handles);
                    taken.insert(one.tag);
                    if counter >= RUN {
                        remember(&mut built.crowded, &self.secrets[one.input as usize]);
                    }
                    made.push(one);
                }
                None => built.left_out.push(self.records[one.input as usize]),
            }
        }
        made.par_sort_unstable_by_key(|m| m.tag);
    }

    /// The lowest counter whose tag is free, in a run that comes after no empty one.
    fn free_counter(&self, one: &Made, taken: &HashSet<u64>) -> Option<u16> {
        let mut sealer = Sealer::narrow(&self.secrets[one.input as usize], self.mask);
        for first in (0..COUNTERS).step_by(RUN as usize) {
            let tags: Vec<u64> = (first..first + RUN).map(|counter| sealer.tag(counter)).collect();
            if let Some(at) = tags.iter().position(|tag| !taken.contains(tag)) {
                return Some(first + at as u16);
            }
        }
        None
    }

    fn write_down(&self, made: &[Made], records: usize, quantum: usize, seed: Seed, built: &mut Built) {
        let total = up_to(made.len() + 4 * quantum, step(made.len(), quantum));
        let chaff = draw_chaff(total - made.len(), seed, |tag| made.binary_search_by_key(&tag, |m| m.tag).is_ok());
        built.notches.reserve_exact(total * NOTCH_BYTES);
        built.chaff = chaff.iter().flat_map(|(tag, _)| tag.to_be_bytes()).collect();
        let mut coming = chaff.into_iter().peekable();
        for m in made {
            while let Some((tag, sealed)) = coming.next_if(|c| c.0 < m.tag) {
                push(&mut built.notches, tag, &sealed);
            }
            push(&mut built.notches, m.tag, &m.sealed);
        }
        coming.for_each(|(tag, sealed)| push(&mut built.notches, tag, &sealed));
        self.group(made, records, built);
    }

    /// Tags by record: counted first, then put where they belong.
    fn group(&self, made: &[Made], records: usize, built: &mut Built) {
        built.counts = vec![0; records];
        let record = |m: &Made| self.records[m.input as usize] as usize;
        made.iter().for_each(|m| built.counts[record(m)] += 1);
        let mut next: Vec<usize> = built.counts.iter().scan(0, |sum, &count| Some(std::mem::replace(sum, *sum + count as usize))).collect();
        built.tags = vec![0; made.len() * TAG_BYTES];
        for m in made {
            let at = next[record(m)] * TAG_BYTES;
            built.tags[at..at + TAG_BYTES].copy_from_slice(&m.tag.to_be_bytes());
            next[record(m)] += 1;
        }
    }
}

/// Writes one notch.
pub fn push(out: &mut Vec<u8>, tag: u64, sealed: &Handle) {
    out.extend_from_slice(&tag.to_be_bytes());
    out.extend_from_slice(sealed);
}

/// Adds a key secret to those that are crowded, once.
fn remember(crowded: &mut Vec<u8>, secret: &Secret) {
    if !crowded.chunks_exact(SECRET_BYTES).any(|known| known == secret) {
        crowded.extend_from_slice(secret);
    }
}

/// Chaff with fresh tags, sorted.
pub fn draw_chaff(count: usize, seed: Seed, taken: impl Fn(u64) -> bool) -> Vec<(u64, Handle)> {
    let mut stream = Stream::new(seed);
    let mut seen = HashSet::with_capacity(count);
    let mut out = Vec::with_capacity(count);
    while out.len() < count {
        let (tag, sealed) = stream.chaff();
        if !taken(tag) && seen.insert(tag) {
            out.push((tag, sealed));
        }
    }
    out.sort_unstable();
    out
}

/// Handles that differ from each other.
pub fn draw_handles(count: usize, seed: Seed) -> Vec<u8> {
    let mut stream = Stream::new(seed);
    let mut seen = HashSet::with_capacity(count);
    let mut out = Vec::with_capacity(count * HANDLE_BYTES);
    while out.len() < count * HANDLE_BYTES {
        let handle = stream.handle();
        if seen.insert(handle) {
            out.extend_from_slice(&handle);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::search::{Index, Rows};
    use super::*;

    fn builder(keys: &[(u8, u32)]) -> Builder {
        let mut made = Builder::default();
        keys.iter().for_each(|&(key, record)| made.append_secrets(&[key; 32], &[record]));
        made
    }

    #[test]
    fn a_key_of_many_records_fills_runs_in_order_and_leaves_out_what_is_too_much() {
        let keys: Vec<(u8, u32)> = (0..70).map(|record| (7, record)).chain([(9, 3), (9, 3)]).collect();
        let built = builder(&keys).finish(&draw_handles(70, [1; 32]), 256, [2; 32]).unwrap();
        assert_eq!(built.left_out, (64..70).collect::<Vec<u32>>());
        assert_eq!(built.crowded, [7; 32]);
        assert_eq!(built.notches.len(), 1280 * NOTCH_BYTES);
        assert_eq!(built.chaff.len(), (1280 - 65) * TAG_BYTES);
        assert_eq!(built.counts.iter().sum::<u32>(), 65);
        let index = Index { base: Rows::notches(&built.notches), added: Rows::notches(&[]), removed: Rows::tags(&[]) };
        assert!(index.base.ascending());
        assert_eq!(index.open(&[7; 32]).len(), 64);
        assert_eq!(index.open(&[9; 32]).len(), 1);
        assert!(index.open(&[8; 32]).is_empty());
    }

    #[test]
    fn tags_stay_distinct_when_they_collide() {
        let mut made = Builder::default();
        made.mask = 0xfff;
        let mut stream = Stream::new([5; 32]);
        for record in 0..600 {
            let mut secret = [0; 32];
            stream.fill(&mut secret);
            made.append_secrets(&secret, &[record]);
        }
        let built = made.finish(&draw_handles(600, [1; 32]), 256, [2; 32]).unwrap();
        assert!(Rows::notches(&built.notches).ascending());
        assert!(built.left_out.is_empty());
        assert!(built.counts.iter().all(|&count| count == 1));
    }

    #[test]
    fn records_without_a_handle_are_refused() {
        assert!(builder(&[(1, 2)]).finish(&[0; 14], 256, [0; 32]).is_err());
    }
}
