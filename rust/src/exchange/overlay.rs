//! Deltas on top of a base: what was added and removed since, in two sorted lists.

use super::search::{Index, Rows};
use super::{NOTCH_BYTES, TAG_BYTES};
use std::collections::HashSet;

pub type Lists = (Vec<u8>, Vec<u8>);

/// Applies a delta, removals first; refuses it whole when a removed tag is absent or an added one present.
pub fn apply(held: Index<'_>, added: &[u8], removed: &[u8]) -> Result<Lists, &'static str> {
    let (coming, going) = (Rows::notches(added), Rows::tags(removed));
    if !coming.ascending() || !going.ascending() {
        return Err("a delta is not sorted, or names a tag twice");
    }
    let mut gone: HashSet<u64> = HashSet::with_capacity(going.len()); // out of the notches that deltas brought
    let mut dead: Vec<u64> = Vec::new(); // out of the base
    for tag in (0..going.len()).map(|row| going.tag(row)) {
        if held.added.has(tag) {
            gone.insert(tag);
        } else if held.base.has(tag) && !held.removed.has(tag) {
            dead.push(tag);
        } else {
            return Err("a delta removes a tag that is absent");
        }
    }
    let present = |tag: u64| held.get(tag).is_some() && !going.has(tag);
    if (0..coming.len()).any(|row| present(coming.tag(row))) {
        return Err("a delta adds a tag that is present");
    }
    let stay = |row: &[u8]| !gone.contains(&tag_of(row));
    let notches = merge::<NOTCH_BYTES>(held.added.bytes(), added, stay);
    let dead: Vec<u8> = dead.iter().flat_map(|tag| tag.to_be_bytes()).collect();
    Ok((notches, merge::<TAG_BYTES>(held.removed.bytes(), &dead, |_| true)))
}

fn tag_of(row: &[u8]) -> u64 {
    row.first_chunk().map_or(0, |tag| u64::from_be_bytes(*tag))
}

/// Two sorted lists of rows as one; of the first only the rows that stay.
pub fn merge<const WIDTH: usize>(old: &[u8], new: &[u8], mut stay: impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(old.len() + new.len());
    let mut coming = new.chunks_exact(WIDTH).peekable();
    for row in old.chunks_exact(WIDTH) {
        while let Some(next) = coming.next_if(|next| next[..TAG_BYTES] < row[..TAG_BYTES]) {
            out.extend_from_slice(next);
        }
        if stay(row) {
            out.extend_from_slice(row);
        }
    }
    coming.for_each(|row| out.extend_from_slice(row));
    out
}

/// Whether a row is not among sorted tags, for rows that come in order: one pass over both.
pub fn outside(tags: Rows<'_>) -> impl FnMut(&[u8]) -> bool {
    let mut next = 0;
    move |row| {
        let tag = tag_of(row);
        while next < tags.len() && tags.tag(next) < tag {
            next += 1;
        }
        next == tags.len() || tags.tag(next) != tag
    }
}
