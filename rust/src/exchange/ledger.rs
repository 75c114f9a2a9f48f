//! What a responder's index is now, and what changes of records do to it: which notches go, come and move.

use super::derive::{Sealer, seal};
use super::search::Rows;
use super::{COUNTERS, Handle, RUN, SECRET_BYTES, Secret, TAG_BYTES, row};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a responder remembers of an index between deltas.
#[derive(Clone, Copy)]
pub struct Ledger<'a> {
    /// The notches as they are now, sorted by tag.
    pub notches: &'a [u8],
    /// Tags of the chaff among them, sorted.
    pub chaff: &'a [u8],
    /// Tags that were removed in this epoch, sorted.
    pub spent: &'a [u8],
    /// Key secrets with a notch behind the first run.
    pub crowded: &'a [u8],
}

/// One record as it was in the index and as it shall be: no old tags for a new one, no secrets for one that goes.
pub struct Change<'a> {
    pub handle: Handle,
    pub old: &'a [u8],
    pub secrets: &'a [u8],
}

/// a notch that took another counter of its key: (handle, former tag, new tag).
pub type Moved = (Handle, u64, u64);

/// The ledger while a delta is planned.
pub struct Work<'a> {
    notches: Rows<'a>,
    spent: Rows<'a>,
    pub added: BTreeMap<u64, Handle>,
    pub removed: BTreeSet<u64>,
    pub crowded: BTreeSet<Secret>,
    /// Tags of every changed record.
    pub tags: Vec<Vec<u64>>,
    /// For every changed record: how many of its keys were full.
    pub left_out: Vec<u32>,
    pub moved: Vec<Moved>,
}

impl<'a> Work<'a> {
    /// Takes what goes out, puts in what comes, closes the gaps of crowded keys.
    pub fn new(ledger: Ledger<'a>, changes: &[Change<'_>]) -> Result<Self, &'static str> {
        let mut work = Work {
            notches: Rows::notches(ledger.notches),
            spent: Rows::tags(ledger.spent),
            added: BTreeMap::new(),
            removed: BTreeSet::new(),
            crowded: (0..ledger.crowded.len() / SECRET_BYTES).map(|at| *row(ledger.crowded, at)).collect(),
            tags: Vec::with_capacity(changes.len()),
            left_out: vec![0; changes.len()],
            moved: Vec::new(),
        };
        let owners = work.owners(changes.iter().any(|change| !change.old.is_empty()));
        let mut lost = BTreeSet::new();
        let mut coming = Vec::with_capacity(changes.len());
        for change in changes {
            coming.push(work.take_out(change, &owners, &mut lost)?);
        }
        for (number, (change, secrets)) in changes.iter().zip(coming).enumerate() {
            secrets.iter().for_each(|secret| work.put_in(number, change.handle, secret));
        }
        lost.iter().for_each(|secret| work.close_gaps(secret));
        work.tell_moves(changes);
        Ok(work)
    }

    /// The sealed handle that is under a tag now.
    fn get(&self, tag: u64) -> Option<Handle> {
        if let Some(sealed) = self.added.get(&tag) {
            return Some(*sealed);
        }
        if self.removed.contains(&tag) { None } else { self.notches.find(tag).map(|at| self.notches.sealed(at)) }
    }

    pub fn has(&self, tag: u64) -> bool {
        self.get(tag).is_some()
    }

    fn remove(&mut self, tag: u64) {
        let brought = self.added.remove(&tag).is_some();
        if !brought || self.notches.has(tag) {
            self.removed.insert(tag);
        }
    }

    fn add(&mut self, tag: u64, sealed: Handle) {
        let same = self.removed.contains(&tag) && self.notches.find(tag).is_some_and(|at| self.notches.sealed(at) == sealed);
        if same {
            self.removed.remove(&tag);
        } else {
            self.added.insert(tag, sealed);
        }
    }

    /// Tag -> the crowded key it belongs to.
    fn owners(&self, needed: bool) -> HashMap<u64, Secret> {
        let mut out = HashMap::new();
        for secret in self.crowded.iter().filter(|_| needed) {
            let mut sealer = Sealer::new(secret);
            for first in (0..COUNTERS).step_by(RUN as usize) {
                let before = out.len();
                let tags = (first..first + RUN).map(|counter| sealer.tag(counter));
                out.extend(tags.filter(|&tag| self.has(tag)).map(|tag| (tag, *secret)));
                if out.len() == before {
                    break;
                }
            }
        }
        out
    }

    /// Counters, tags and handles under one key.
    fn present(&self, sealer: &mut Sealer) -> Vec<(u16, u64, Handle)> {
        let mut out = Vec::new();
        for counter in 0..COUNTERS {
            let (tag, pad) = sealer.notch(counter);
            out.extend(self.get(tag).map(|sealed| (counter, tag, seal(&sealed, &pad))));
        }
        out
    }

    /// Takes out the notches whose keys the record no longer has; returns the key secrets that have none yet.
    fn take_out<'b>(
        &mut self,
        change: &Change<'b>,
        owners: &HashMap<u64, Secret>,
        lost: &mut BTreeSet<Secret>,
    ) -> Result<Vec<&'b Secret>, &'static str> {
        let mut old: BTreeSet<u64> = (0..change.old.len() / TAG_BYTES).map(|at| Rows::tags(change.old).tag(at)).collect();
        if old.iter().any(|&tag| !self.has(tag)) {
            return Err("a record has a tag that is not in this index");
        }
        let secrets: BTreeSet<&Secret> = (0..change.secrets.len() / SECRET_BYTES).map(|at| row(change.secrets, at)).collect();
        let (mut kept, mut coming) = (Vec::new(), Vec::new());
        for secret in secrets {
            match self.held(secret, &change.handle, &old) {
                Some(tag) => {
                    old.remove(&tag);
                    kept.push(tag);
                }
                None => coming.push(secret),
            }
        }
        for tag in old {
            self.remove(tag);
            lost.extend(owners.get(&tag).copied());
        }
        self.tags.push(kept);
        Ok(coming)
    }

    /// The tag among these under which a key already has this handle.
    fn held(&self, secret: &Secret, handle: &Handle, old: &BTreeSet<u64>) -> Option<u64> {
        if old.is_empty() {
            return None;
        }
        let mut sealer = Sealer::new(secret);
        for counter in 0..COUNTERS {
            let (tag, pad) = sealer.notch(counter);
            if old.contains(&tag) && self.get(tag).is_some_and(|sealed| seal(&sealed, &pad) == *handle) {
                return Some(tag);
            }
        }
        None
    }

    fn put_in(&mut self, number: usize, handle: Handle, secret: &Secret) {
        let mut sealer = Sealer::new(secret);
        let Some(counter) = (0..COUNTERS).step_by(RUN as usize).find_map(|first| self.free(&mut sealer, first)) else {
            self.left_out[number] += 1;
            return;
        };
        let (tag, pad) = sealer.notch(counter);
        self.add(tag, seal(&handle, &pad));
        self.tags[number].push(tag);
        if counter >= RUN {
            self.crowded.insert(*secret);
        }
    }

    /// A free counter of a run, one whose tag was not used before in this epoch if there is one.
    fn free(&self, sealer: &mut Sealer, first: u16) -> Option<u16> {
        let free: Vec<(u16, u64)> = (first..first + RUN).map(|counter| (counter, sealer.tag(counter))).filter(|&(_, tag)| !self.has(tag)).collect();
        let fresh = free.iter().find(|(_, tag)| !self.removed.contains(tag) && !self.spent.has(*tag));
        fresh.or(free.first()).map(|&(counter, _)| counter)
    }

    /// Moves notches of later runs forward until no run is empty before one that is not; forgets a key that is crowded no more.
    fn close_gaps(&mut self, secret: &Secret) {
        let mut sealer = Sealer::new(secret);
        for first in (0..COUNTERS).step_by(RUN as usize) {
            let here = self.present(&mut sealer);
            let Some(&(last, tag, handle)) = here.last() else { break };
            if last < first {
                break;
            }
            if here.iter().any(|&(counter, _, _)| (first..first + RUN).contains(&counter)) {
                continue;
            }
            let Some(counter) = self.free(&mut sealer, first) else { break };
            self.remove(tag);
            let (to, pad) = sealer.notch(counter);
            self.add(to, seal(&handle, &pad));
            self.moved.push((handle, tag, to));
        }
        if self.present(&mut sealer).last().is_none_or(|&(counter, _, _)| counter < RUN) {
            self.crowded.remove(secret);
        }
    }

    /// Moves of changed records go into their tags; the others are left for the caller to write down.
    fn tell_moves(&mut self, changes: &[Change<'_>]) {
        let numbers: HashMap<Handle, usize> = changes.iter().enumerate().map(|(number, change)| (change.handle, number)).collect();
        let tags = &mut self.tags;
        self.moved.retain(|(handle, from, to)| {
            let Some(&number) = numbers.get(handle) else { return true };
            tags[number].iter_mut().filter(|tag| **tag == *from).for_each(|tag| *tag = *to);
            false
        });
    }
}
