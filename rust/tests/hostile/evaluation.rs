//! Points, evaluations and proofs.

use crate::memory::{alone, peak_of};
use crate::mutation::{mutated, mutated_rows, random, stream};
use _native::oprf::client::{Evidence, blind, finalize};
use _native::oprf::keys::SecretKey;
use _native::oprf::ristretto::Ristretto255;
use _native::oprf::server::blind_evaluate;
use _native::oprf::{Context, Kind, MAX_BATCH, Mode};

const POINT: usize = 32;
const PROOF: usize = 64;
const ROUNDS: usize = 600;
const SPARE_BYTES: usize = 1 << 20;

type Voprf = Context<Ristretto255>;

fn key() -> SecretKey<Ristretto255> {
    SecretKey::derive_key_pair(Mode::Voprf, &[5; 32], b"hostile").expect("a key")
}

fn inputs(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|number| format!("key {number}").into_bytes()).collect()
}

#[test]
fn whatever_the_points_are_they_are_evaluated_or_called_malformed() {
    alone(|| {
        let (mut stream, context, key) = (stream("points"), Voprf::new(Mode::Voprf), key());
        let inputs = inputs(4);
        let good = blind(&context, &inputs.iter().map(Vec::as_slice).collect::<Vec<_>>()).expect("inputs").blinded().to_vec();
        let (mut evaluated, mut refused) = (0, 0);
        for round in 0..ROUNDS {
            let bytes = match round % 3 {
                0 => mutated(&mut stream, &good),
                1 => mutated_rows(&mut stream, &good, POINT),
                _ => {
                    let length = stream.below(6) * POINT + usize::from(stream.below(4) == 0);
                    random(&mut stream, length)
                }
            };
            let (made, peak) = peak_of(|| blind_evaluate(&context, &key, &bytes));
            assert!(peak <= 64 * bytes.len() + SPARE_BYTES, "{peak} bytes");
            match made {
                Ok((points, proof)) => {
                    evaluated += 1;
                    assert_eq!((points.len(), proof.map(|proof| proof.len())), (bytes.len(), Some(PROOF)));
                }
                Err(error) => {
                    refused += 1;
                    assert_eq!(error.kind, Kind::Deserialize);
                }
            }
        }
        assert!(evaluated > ROUNDS / 50 && refused > ROUNDS / 2, "{evaluated} evaluated, {refused} refused: the test tests nothing");
    });
}

#[test]
fn more_points_than_a_batch_has_are_refused_before_anything_is_made_of_them() {
    alone(|| {
        let (context, key, bytes) = (Voprf::new(Mode::Voprf), key(), vec![0; (MAX_BATCH + 1) * POINT]);
        for length in [0, bytes.len(), bytes.len() - 1] {
            let (made, peak) = peak_of(|| blind_evaluate(&context, &key, &bytes[..length]));
            assert_eq!(made.map_err(|error| error.kind), Err(Kind::Deserialize));
            assert!(peak < 4096, "{peak} bytes");
        }
    });
}

#[test]
fn no_changed_evaluation_key_or_proof_is_accepted() {
    alone(|| {
        let (mut stream, context, key) = (stream("proofs"), Voprf::new(Mode::Voprf), key());
        let inputs = inputs(3);
        let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
        let blinds = blind(&context, &inputs).expect("inputs");
        let (points, proof) = blind_evaluate(&context, &key, blinds.blinded()).expect("points");
        let (proof, public) = (proof.expect("a proof"), key.public().to_vec());
        let said = |points: &[u8], public_key: &[u8], proof: &[u8]| {
            finalize(&context, &inputs, &blinds, points, Some(Evidence { public_key, proof })).map_err(|error| error.kind)
        };
        assert!(said(&points, &public, &proof).is_ok());
        let (mut malformed, mut wrong) = (0, 0);
        for round in 0..ROUNDS {
            let [mut now_points, mut now_public, mut now_proof] = [points.clone(), public.clone(), proof.clone()];
            match round % 5 {
                0 => now_points = mutated(&mut stream, &points),
                1 => now_points = mutated_rows(&mut stream, &points, POINT),
                2 => now_public = mutated(&mut stream, &public),
                3 => now_proof = mutated(&mut stream, &proof),
                _ => now_proof = random(&mut stream, PROOF),
            }
            if (&now_points, &now_public, &now_proof) == (&points, &public, &proof) {
                continue;
            }
            match said(&now_points, &now_public, &now_proof) {
                Err(Kind::Deserialize) => malformed += 1,
                Err(Kind::Verify) => wrong += 1,
                other => panic!("{other:?}"),
            }
        }
        assert!(malformed > ROUNDS / 20 && wrong > ROUNDS / 50, "{malformed} malformed, {wrong} wrong: the test tests nothing");
    });
}

#[test]
fn a_damaged_key_is_a_key_or_none() {
    let mut stream = stream("keys");
    let good = key().serialize().to_vec();
    for round in 0..ROUNDS {
        let bytes = if round % 2 == 0 { mutated(&mut stream, &good) } else { random(&mut stream, POINT) };
        if let Ok(read) = SecretKey::<Ristretto255>::deserialize(&bytes) {
            assert_eq!(read.serialize().as_slice(), bytes);
        }
    }
}
