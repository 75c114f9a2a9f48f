//! What a responder keeps of its own index, as a damaged file would give it back.

use crate::memory::{alone, peak_of};
use crate::mutation::{mutated, mutated_rows, random, stream};
use _native::exchange::build::{Builder, draw_handles};
use _native::exchange::ledger::{Change, Ledger};
use _native::exchange::overlay::apply;
use _native::exchange::plan::plan;
use _native::exchange::search::{Index, Rows};
use _native::exchange::{HANDLE_BYTES, NOTCH_BYTES, SECRET_BYTES, TAG_BYTES, row};

const RECORDS: usize = 70;
const QUANTUM: usize = 64;
const ROUNDS: usize = 2_000;
const MOST_BYTES: usize = 4 << 20;

#[test]
fn a_damaged_ledger_is_refused_or_gives_a_delta_that_partners_take() {
    alone(|| {
        let mut stream = stream("ledger");
        let handles = draw_handles(RECORDS, [1; 32]);
        let crowd = [7; SECRET_BYTES];
        let mut builder = Builder::default();
        (0..RECORDS as u32).for_each(|record| builder.append_secrets(&crowd, &[record]));
        let secrets = random(&mut stream, 3 * SECRET_BYTES);
        builder.append_secrets(&secrets, &[0, 1, 2]);
        let built = builder.finish(&handles, QUANTUM, [2; 32]).expect("a base");
        let first = &built.tags[..built.counts[0] as usize * TAG_BYTES];
        let (mut planned, mut refused) = (0, 0);
        for round in 0..ROUNDS {
            let [mut notches, mut chaff, mut spent, mut crowded, mut old] =
                [built.notches.clone(), built.chaff.clone(), first.to_vec(), built.crowded.clone(), first.to_vec()];
            match round % 6 {
                0 => notches = mutated_rows(&mut stream, &notches, NOTCH_BYTES),
                1 => chaff = mutated_rows(&mut stream, &chaff, TAG_BYTES),
                2 => spent = mutated_rows(&mut stream, &spent, TAG_BYTES),
                3 => crowded = mutated_rows(&mut stream, &crowded, SECRET_BYTES),
                4 => old = mutated_rows(&mut stream, &old, TAG_BYTES),
                _ => (notches, chaff) = (whole(mutated(&mut stream, &notches), NOTCH_BYTES), whole(mutated(&mut stream, &chaff), TAG_BYTES)),
            }
            let ledger = Ledger { notches: &notches, chaff: &chaff, spent: &spent, crowded: &crowded };
            let change = Change { handle: *row::<HANDLE_BYTES>(&handles, 0), old: &old, secrets: &secrets[..(round % 4) * SECRET_BYTES] };
            let (made, peak) = peak_of(|| plan(ledger, &[change], QUANTUM, [3; 32]));
            assert!(peak <= MOST_BYTES, "{peak} bytes");
            match made {
                Ok(made) => {
                    planned += 1;
                    let nothing = Index { base: Rows::notches(&notches), added: Rows::notches(&[]), removed: Rows::tags(&[]) };
                    let taken = apply(nothing, &made.added, &made.removed);
                    assert!(taken.is_ok() || !nothing.base.ascending(), "{taken:?}: partners would refuse it");
                }
                Err(_) => refused += 1,
            }
        }
        assert!(planned > ROUNDS / 50 && refused > ROUNDS / 50, "{planned} planned, {refused} refused: the test tests nothing");
    });
}

fn whole(mut bytes: Vec<u8>, width: usize) -> Vec<u8> {
    bytes.truncate(bytes.len() / width * width);
    bytes
}

#[test]
fn numbers_of_records_that_are_not_there_are_refused() {
    alone(|| {
        let mut stream = stream("builder");
        for _ in 0..ROUNDS / 10 {
            let (count, given) = (1 + stream.below(40), stream.below(20));
            let numbers: Vec<u32> = (0..count).map(|_| if stream.below(20) == 0 { u32::MAX } else { stream.below(20) as u32 }).collect();
            let mut builder = Builder::default();
            builder.append_secrets(&random(&mut stream, count * SECRET_BYTES), &numbers);
            let fits = numbers.iter().all(|&number| (number as usize) < given);
            let (made, peak) = peak_of(|| builder.finish(&draw_handles(given, [1; 32]), QUANTUM, [2; 32]));
            assert_eq!(made.is_ok(), fits);
            assert!(peak <= MOST_BYTES, "{peak} bytes");
        }
    });
}
