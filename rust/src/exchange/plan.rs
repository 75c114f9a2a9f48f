//! A delta out of changes: filled up with chaff until it tells nothing but an upper bound.

use super::build::{draw_chaff, push};
use super::ledger::{Change, Ledger, Moved, Work};
use super::overlay::{merge, outside};
use super::search::Rows;
use super::stream::Stream;
use super::{NOTCH_BYTES, Seed, TAG_BYTES, step, up_to};
use std::collections::BTreeSet;

/// A delta, the ledger after it, and what the changed records must remember.
pub struct Planned {
    /// Notches that come, sorted.
    pub added: Vec<u8>,
    /// Tags that go, sorted.
    pub removed: Vec<u8>,
    pub notches: Vec<u8>,
    pub chaff: Vec<u8>,
    pub spent: Vec<u8>,
    pub crowded: Vec<u8>,
    pub tags: Vec<Vec<u8>>,
    pub left_out: Vec<u32>,
    pub moved: Vec<Moved>,
}

/// How many notches a delta adds and removes.
#[derive(Debug, PartialEq)]
pub struct Sizes {
    pub added: usize,
    pub removed: usize,
}

/// Sizes of a delta that must add and remove so many notches to an index of `total`, `chaff` of them chaff.
///
/// The index keeps its size while its chaff stays between one quantum and a comfortable rest; otherwise it goes to the least size that
/// leaves four quanta. Without anything to do it replaces one quantum of chaff, so that a rhythm can be kept.
pub fn sizes(total: usize, chaff: usize, adding: usize, removing: usize, quantum: usize) -> Sizes {
    let real = total + adding - chaff - removing;
    let unit = step(real, quantum);
    let comfortable = real + quantum <= total && total <= real + 4 * quantum + 2 * unit && total % unit == 0;
    let next = if comfortable { total } else { up_to(real + 4 * quantum, unit) };
    let (add, remove) = (up_to(adding, quantum), up_to(removing, quantum));
    let removed = remove.max((add + total).saturating_sub(next)).max(total.saturating_sub(next));
    let removed = if removed == 0 && next == total { quantum } else { removed };
    Sizes { added: removed + next - total, removed }
}

pub fn plan(ledger: Ledger<'_>, changes: &[Change<'_>], quantum: usize, seed: Seed) -> Result<Planned, &'static str> {
    let work = Work::new(ledger, changes)?;
    let (total, chaff) = (ledger.notches.len() / NOTCH_BYTES, ledger.chaff.len() / TAG_BYTES);
    if total + work.added.len() < chaff + work.removed.len() {
        return Err("the ledger is damaged: it has more chaff than notches");
    }
    let sizes = sizes(total, chaff, work.added.len(), work.removed.len(), quantum);
    let outgoing = sizes.removed.checked_sub(work.removed.len()).filter(|&count| count <= chaff).ok_or("too little chaff is left in the index")?;
    let incoming = sizes.added.checked_sub(work.added.len()).ok_or("the index cannot take so many notches in one delta")?;
    let mut stream = Stream::new(seed);
    let leaving: BTreeSet<u64> = stream.choose(outgoing, chaff).into_iter().map(|at| Rows::tags(ledger.chaff).tag(at)).collect();
    if leaving.len() < outgoing || leaving.iter().any(|tag| work.removed.contains(tag) || !work.has(*tag)) {
        return Err("the ledger is damaged: its chaff is not in its index");
    }
    let mut next = Seed::default();
    stream.fill(&mut next);
    let fresh = draw_chaff(incoming, next, |tag| work.has(tag) || work.removed.contains(&tag) || leaving.contains(&tag));
    Ok(write_down(ledger, work, &leaving, fresh))
}

fn write_down(ledger: Ledger<'_>, work: Work<'_>, leaving: &BTreeSet<u64>, fresh: Vec<(u64, super::Handle)>) -> Planned {
    let chaff = bytes(fresh.iter().map(|(tag, _)| *tag));
    let spent = bytes(work.removed.iter().copied().filter(|&tag| !Rows::tags(ledger.spent).has(tag)));
    let removed = bytes(work.removed.iter().chain(leaving).copied().collect::<BTreeSet<_>>());
    let mut coming = work.added;
    coming.extend(fresh);
    let mut added = Vec::with_capacity(coming.len() * NOTCH_BYTES);
    coming.iter().for_each(|(&tag, sealed)| push(&mut added, tag, sealed));
    let going = bytes(leaving.iter().copied());
    Planned {
        notches: merge::<NOTCH_BYTES>(ledger.notches, &added, outside(Rows::tags(&removed))),
        chaff: merge::<TAG_BYTES>(ledger.chaff, &chaff, outside(Rows::tags(&going))),
        spent: merge::<TAG_BYTES>(ledger.spent, &spent, |_| true),
        crowded: work.crowded.into_iter().flatten().collect(),
        tags: work.tags.into_iter().map(bytes).collect(),
        left_out: work.left_out,
        moved: work.moved,
        added,
        removed,
    }
}

fn bytes(tags: impl IntoIterator<Item = u64>) -> Vec<u8> {
    tags.into_iter().flat_map(u64::to_be_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_always_possible_and_leave_chaff() {
        let mut stream = Stream::new([3; 32]);
        for quantum in [256, 1024] {
            for _ in 0..2_000 {
                let real = stream.below(300_000);
                let total = up_to(real + 4 * quantum, step(real, quantum));
                let (mut total, mut chaff) = (total, total - real);
                for _ in 0..6 {
                    let (few, fewer) = (1 + stream.below(500), 1 + stream.below(2000));
                    let removing = stream.below(1 + (total - chaff) / few);
                    let adding = stream.below(1 + 100_000 / fewer);
                    let made = sizes(total, chaff, adding, removing, quantum);
                    assert!(made.added >= adding && made.removed >= removing && made.removed - removing <= chaff);
                    assert!(made.added % quantum == 0 && made.removed % quantum == 0 && made.added + made.removed > 0);
                    let real = total - chaff + adding - removing;
                    total = total + made.added - made.removed;
                    chaff = total - real;
                    assert!(chaff >= quantum && total % step(real, quantum) == 0);
                }
            }
        }
    }

    #[test]
    fn an_index_that_need_not_grow_does_not() {
        assert_eq!(sizes(65_536, 1500, 10, 0, 256), Sizes { added: 256, removed: 256 });
        assert_eq!(sizes(65_536, 1500, 0, 0, 256), Sizes { added: 256, removed: 256 });
    }
}
