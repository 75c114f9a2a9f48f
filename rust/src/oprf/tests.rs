//! The steps that take a chosen blind or nonce, held against vectors: our own, and the RFC's where they are at hand.
//! What needs no such choice is tested through Python (tests/vectors/test_oprf.py, tests/property/test_oprf.py).

use super::client::{blind, blind_with, finalize};
use super::dleq::{compute_composites, compute_composites_fast, generate_proof_with};
use super::keys::SecretKey;
use super::ristretto::Ristretto255;
use super::suite::Suite;
use super::*;
use client::Evidence;
use serde_json::Value;
use zeroize::Zeroizing;

const OWN: &str = include_str!("../../../spec/vectors/oprf-v1.json");

fn hex(text: &Value) -> Vec<u8> {
    let text = text.as_str().expect("a text of hexadecimal digits");
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).expect("hexadecimal digits")).collect()
}

/// One batch of a vector file, whatever the file calls its fields.
struct Batch {
    inputs: Vec<Vec<u8>>,
    blinds: Vec<Vec<u8>>,
    blinded: Vec<u8>,
    evaluated: Vec<u8>,
    outputs: Vec<u8>,
    nonce_and_proof: Option<(Vec<u8>, Vec<u8>)>,
}

fn ours(batch: &Value) -> Batch {
    let list = |name: &str| batch[name].as_array().expect("a list").iter().map(hex).collect();
    Batch {
        inputs: list("inputs"),
        blinds: list("blinds"),
        blinded: hex(&batch["blinded"]),
        evaluated: hex(&batch["evaluated"]),
        outputs: hex(&batch["outputs"]),
        nonce_and_proof: batch.get("proof").map(|proof| (hex(&batch["nonce"]), hex(proof))),
    }
}

fn official(batch: &Value) -> Batch {
    let list = |name: &str| -> Vec<Vec<u8>> { batch[name].as_str().expect("a text").split(',').map(|part| hex(&part.into())).collect() };
    Batch {
        inputs: list("Input"),
        blinds: list("Blind"),
        blinded: list("BlindedElement").concat(),
        evaluated: list("EvaluationElement").concat(),
        outputs: list("Output").concat(),
        nonce_and_proof: batch.get("Proof").map(|proof| (hex(&proof["r"]), hex(&proof["proof"]))),
    }
}

fn scalar<S: Suite>(bytes: &[u8]) -> S::Scalar {
    S::deserialize_scalar(bytes).expect("a scalar")
}

fn check<S: Suite>(mode: Mode, key: &SecretKey<S>, batch: &Batch) {
    let context = Context::<S>::new(mode);
    let inputs: Vec<&[u8]> = batch.inputs.iter().map(Vec::as_slice).collect();
    let scalars = Zeroizing::new(batch.blinds.iter().map(|b| scalar::<S>(b)).collect());
    let blinds = blind_with(&context, &inputs, scalars).expect("inputs that can be blinded");
    assert_eq!(blinds.blinded(), batch.blinded);
    let (evaluated, proof) = server::blind_evaluate(&context, key, &batch.blinded).expect("elements");
    assert_eq!(evaluated, batch.evaluated);
    assert_eq!(server::evaluate(&context, key, &inputs).expect("inputs"), batch.outputs);
    let public_key = key.public();
    let outputs = |proof: Option<&[u8]>| finalize(&context, &inputs, &blinds, &evaluated, proof.map(|proof| Evidence { public_key, proof }));
    assert_eq!(outputs(proof.as_deref()), Ok(batch.outputs.clone()));
    if let Some((nonce, proof)) = &batch.nonce_and_proof {
        let blinded = Elements::read("blinded element", &batch.blinded).expect("elements");
        assert_eq!(&generate_proof_with(&context, key, &blinded, &evaluated, &scalar::<S>(nonce)), proof);
        assert_eq!(outputs(Some(proof)), Ok(batch.outputs.clone()));
    }
}

fn mode_of(number: &Value) -> Option<Mode> {
    Mode::read(u8::try_from(number.as_u64().expect("a mode")).expect("a small number"))
}

#[test]
fn own_vectors() {
    let file: Value = serde_json::from_str(OWN).expect("JSON");
    for part in file["modes"].as_array().expect("modes") {
        let mode = mode_of(&part["mode"]).expect("a mode we have");
        let key = SecretKey::<Ristretto255>::derive_key_pair(mode, &hex(&part["seed"]), &hex(&part["info"])).expect("a key");
        assert_eq!((key.serialize().to_vec(), key.public().to_vec()), (hex(&part["secret_key"]), hex(&part["public_key"])));
        part["batches"].as_array().expect("batches").iter().for_each(|batch| check(mode, &key, &ours(batch)));
    }
}

#[test]
fn official_vectors() {
    let Some(folder) = std::env::var_os("TALLYSTICK_DATA").filter(|folder| !folder.is_empty()) else {
        return println!("skipped the vectors of RFC 9497: set TALLYSTICK_DATA to the folder that holds vectors/rfc9497_all_vectors.json");
    };
    let path = std::path::Path::new(&folder).join("vectors/rfc9497_all_vectors.json");
    let file: Value = serde_json::from_slice(&std::fs::read(path).expect("the vectors of RFC 9497")).expect("JSON");
    let mut checked = 0;
    for part in file.as_array().expect("suites").iter().filter(|part| part["identifier"] == Ristretto255::IDENTIFIER) {
        let Some(mode) = mode_of(&part["mode"]) else { continue };
        let key = SecretKey::<Ristretto255>::derive_key_pair(mode, &hex(&part["seed"]), &hex(&part["keyInfo"])).expect("a key");
        assert_eq!(key.serialize().to_vec(), hex(&part["skSm"]));
        assert!(part.get("pkSm").is_none_or(|public| key.public() == hex(public)));
        let batches = part["vectors"].as_array().expect("vectors");
        batches.iter().for_each(|batch| check(mode, &key, &official(batch)));
        checked += batches.len();
    }
    assert_eq!(checked, 5);
}

#[test]
fn both_ways_to_composites_agree() {
    let (context, key) = (Context::<Ristretto255>::new(Mode::Voprf), SecretKey::generate().expect("randomness"));
    let inputs: Vec<Vec<u8>> = (0..2100_u32).map(|i| i.to_be_bytes().to_vec()).collect();
    let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
    for count in [1, 2, 31, 190, 1023, 1024, 2100] {
        let blinds = blind(&context, &inputs[..count]).expect("inputs");
        let (evaluated, _) = server::blind_evaluate(&context, &key, blinds.blinded()).expect("elements");
        let (c, d) = (Elements::read("c", blinds.blinded()).expect("elements"), Elements::read("d", &evaluated).expect("elements"));
        let slow = compute_composites(&context, key.public(), &c, &d);
        assert!(slow == compute_composites_fast(&context, &key, &c, &evaluated), "{count}");
    }
}

#[test]
fn a_product_is_written_as_itself_even_when_it_is_the_identity() {
    let generator = Ristretto255::generator();
    let identity = generator - generator;
    let minus_one = Ristretto255::subtract_product(&Ristretto255::zero(), &scalar::<Ristretto255>(&one()), &scalar::<Ristretto255>(&one()));
    let scalars = [Ristretto255::zero(), scalar::<Ristretto255>(&one()), minus_one, minus_one];
    let mut elements = [generator, generator, generator, identity];
    let mut written = [0; 4 * 32];
    Ristretto255::multiply_and_serialize(scalars.iter(), &mut elements, &mut written);
    assert!(elements == [identity, generator, identity - generator, identity]);
    for (element, written) in elements.iter().zip(written.chunks(32)) {
        let mut alone = [0; 32];
        Ristretto255::serialize_element(element, &mut alone);
        assert_eq!(alone, written);
    }
}

#[test]
fn scalars_are_drawn_afresh() {
    let mut drawn = vec![Ristretto255::zero(); 1000];
    Ristretto255::random_scalars(&mut drawn).expect("randomness");
    let distinct: std::collections::HashSet<_> = drawn.iter().map(|s| s.to_bytes()).collect();
    assert_eq!(distinct.len(), drawn.len());
    assert!(!distinct.contains(&[0; 32]));
}

fn one() -> [u8; 32] {
    std::array::from_fn(|i| u8::from(i == 0))
}
