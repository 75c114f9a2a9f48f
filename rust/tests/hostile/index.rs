//! The index of a partner: segments and deltas.

use crate::memory::{alone, peak_of};
use crate::mutation::{mutated, mutated_rows, random, stream};
use _native::exchange::build::{Builder, draw_handles};
use _native::exchange::overlay::{Lists, apply};
use _native::exchange::search::{Index, Rows, tags_of, touched};
use _native::exchange::stream::Stream;
use _native::exchange::{NOTCH_BYTES, SECRET_BYTES, TAG_BYTES};
use std::collections::BTreeMap;

const RECORDS: usize = 60;
const ROUNDS: usize = 3_000;
/// What a call may take beside the bytes it was given: its threads, its tables.
const SPARE_BYTES: usize = 1 << 20;

type Contents = BTreeMap<u64, Vec<u8>>;

/// A base over some records, and their key secrets.
fn base(stream: &mut Stream) -> (Vec<u8>, Vec<u8>) {
    let (secrets, numbers) = (random(stream, RECORDS * SECRET_BYTES), (0..RECORDS as u32).collect::<Vec<_>>());
    let mut builder = Builder::default();
    builder.append_secrets(&secrets, &numbers);
    (builder.finish(&draw_handles(RECORDS, [1; 32]), 64, [2; 32]).expect("a base").notches, secrets)
}

/// A delta that fits a base: every fifth tag goes, some come.
fn delta(stream: &mut Stream, base: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut coming: Vec<Vec<u8>> = (0..40).map(|_| random(stream, NOTCH_BYTES)).collect();
    coming.sort();
    let going = base.chunks_exact(NOTCH_BYTES).step_by(5).flat_map(|notch| notch[..TAG_BYTES].to_vec()).collect();
    (coming.concat(), going)
}

fn held<'a>(base: &'a [u8], (added, removed): &'a Lists) -> Index<'a> {
    Index { base: Rows::notches(base), added: Rows::notches(added), removed: Rows::tags(removed) }
}

/// What an index holds, looked at slowly.
fn contents(base: &[u8], (added, removed): &Lists) -> Contents {
    let gone: Vec<&[u8]> = removed.chunks_exact(TAG_BYTES).collect();
    let stay = base.chunks_exact(NOTCH_BYTES).filter(|notch| !gone.contains(&&notch[..TAG_BYTES]));
    stay.chain(added.chunks_exact(NOTCH_BYTES)).map(notch).collect()
}

fn notch(row: &[u8]) -> (u64, Vec<u8>) {
    (u64::from_be_bytes(row[..TAG_BYTES].try_into().expect("a tag")), row[TAG_BYTES..].to_vec())
}

/// A delta applied slowly; None where a rule is broken.
fn expected(mut before: Contents, added: &[u8], removed: &[u8]) -> Option<Contents> {
    let whole = added.len() % NOTCH_BYTES == 0 && removed.len() % TAG_BYTES == 0;
    let coming: Vec<_> = added.chunks_exact(NOTCH_BYTES).map(notch).collect();
    let going: Vec<u64> = removed.chunks_exact(TAG_BYTES).map(|tag| notch(tag).0).collect();
    let sorted = coming.is_sorted_by(|one, next| one.0 < next.0) && going.is_sorted_by(|one, next| one < next);
    let there = going.iter().all(|tag| before.remove(tag).is_some());
    let absent = there && coming.into_iter().all(|(tag, sealed)| before.insert(tag, sealed).is_none());
    (whole && sorted && absent).then_some(before)
}

#[test]
fn a_delta_is_applied_as_it_says_or_refused_whole() {
    alone(|| {
        let mut stream = stream("delta");
        let (base, _) = base(&mut stream);
        let (added, removed) = delta(&mut stream, &base);
        let first = apply(held(&base, &Lists::default()), &added, &removed).expect("a good delta");
        let second = delta(&mut stream, &base);
        let going = added.chunks_exact(NOTCH_BYTES).step_by(3).flat_map(|notch| notch[..TAG_BYTES].to_vec()).collect::<Vec<u8>>();
        let (mut accepted, mut refused) = (0, 0);
        for _ in 0..ROUNDS {
            let (added, removed) = match stream.below(4) {
                0 => (mutated(&mut stream, &second.0), going.clone()),
                1 => (second.0.clone(), mutated(&mut stream, &going)),
                2 => (mutated_rows(&mut stream, &second.0, NOTCH_BYTES), mutated_rows(&mut stream, &going, TAG_BYTES)),
                _ => (random_length(&mut stream, 900), random_length(&mut stream, 300)),
            };
            let (made, peak) = peak_of(|| apply(held(&base, &first), &added, &removed));
            assert!(peak <= 8 * (base.len() + added.len() + removed.len()) + SPARE_BYTES, "{peak} bytes");
            let wanted = expected(contents(&base, &first), &added, &removed);
            assert_eq!(made.as_ref().ok().map(|lists| contents(&base, lists)), wanted);
            if wanted.is_some() { accepted += 1 } else { refused += 1 }
        }
        assert!(accepted > ROUNDS / 50 && refused > ROUNDS / 2, "{accepted} accepted, {refused} refused: the test tests nothing");
    });
}

fn random_length(stream: &mut Stream, most: usize) -> Vec<u8> {
    let length = stream.below(most);
    random(stream, length)
}

#[test]
fn whatever_a_base_is_it_can_be_looked_up_in() {
    alone(|| {
        let mut stream = stream("base");
        let (good, secrets) = base(&mut stream);
        let opened = held(&good, &Lists::default()).open_all(&secrets);
        assert_eq!(opened.len(), RECORDS);
        for round in 0..ROUNDS {
            let bytes = match round % 3 {
                0 => mutated(&mut stream, &good),
                1 => mutated_rows(&mut stream, &good, NOTCH_BYTES),
                _ => random_length(&mut stream, 4_000),
            };
            let lists = (random_length(&mut stream, 200), random_length(&mut stream, 200));
            let ((sorted, found), peak) = peak_of(|| (Rows::notches(&bytes).ascending(), held(&bytes, &lists).open_all(&secrets)));
            assert_eq!(sorted, expected(Contents::new(), &bytes, &[]).is_some());
            assert!(found.len() <= RECORDS * 64 && peak <= 2 * bytes.len() + SPARE_BYTES, "{} found, {peak} bytes", found.len());
        }
    });
}

#[test]
fn watched_keys_are_joined_with_any_delta() {
    alone(|| {
        let mut stream = stream("watch");
        let (good, secrets) = base(&mut stream);
        for _ in 0..ROUNDS / 10 {
            let (added, removed) = (mutated(&mut stream, &good), random_length(&mut stream, 600));
            let (positions, peak) = peak_of(|| touched(&secrets, Rows::tags(&tags_of(Rows::notches(&added), Rows::tags(&removed)))));
            assert!(positions.is_sorted() && positions.iter().all(|&at| (at as usize) < RECORDS));
            assert!(peak <= 8 * (added.len() + removed.len()) + SPARE_BYTES, "{peak} bytes");
        }
        let whole = touched(&secrets, Rows::tags(&tags_of(Rows::notches(&good), Rows::tags(&[]))));
        assert_eq!(whole, (0..RECORDS as u32).collect::<Vec<_>>());
    });
}
