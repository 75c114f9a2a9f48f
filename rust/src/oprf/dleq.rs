//! Proofs that one key made all evaluated elements of a batch (RFC 9497, section 2.2); A is the generator throughout.

use super::client::Evidence;
use super::keys::SecretKey;
use super::suite::Suite;
use super::{Context, Elements, Error, Kind, Result, i2osp_2};
use rayon::prelude::*;
use sha2::Digest;
use zeroize::Zeroizing;

/// From so many elements a sum is worth being shared among the cores.
const MANY: usize = 1024;

/// GenerateProof (section 2.2.1): that `evaluated` is `blinded` times the key. Two scalars: the challenge and the response.
pub fn generate_proof<S: Suite>(context: &Context<S>, key: &SecretKey<S>, blinded: &Elements<S>, evaluated: &[u8]) -> Result<Vec<u8>> {
    let mut r = Zeroizing::new(S::zero());
    S::random_scalars(std::slice::from_mut(&mut *r))?;
    Ok(generate_proof_with(context, key, blinded, evaluated, &r))
}

/// GenerateProof with a given random scalar: only test vectors have that.
pub(super) fn generate_proof_with<S: Suite>(
    context: &Context<S>,
    key: &SecretKey<S>,
    blinded: &Elements<S>,
    evaluated: &[u8],
    r: &S::Scalar,
) -> Vec<u8> {
    let (m, z) = compute_composites_fast(context, key, blinded, evaluated);
    let t2 = S::scalar_mult_gen(r);
    let t3 = S::multiply(r, &m);
    let c = challenge(context, key.public(), [m, z, t2, t3]);
    let s = S::subtract_product(r, &c, key.scalar());
    let mut proof = vec![0; 2 * S::SCALAR_BYTES];
    let (first, second) = proof.split_at_mut(S::SCALAR_BYTES);
    S::serialize_scalar(&c, first);
    S::serialize_scalar(&s, second);
    proof
}

/// VerifyProof (section 2.2.2). Key, elements and proof are public: variable time is no leak.
pub fn verify_proof<S: Suite>(context: &Context<S>, evidence: Evidence<'_>, blinded: &Elements<S>, evaluated: &Elements<S>) -> Result<()> {
    let malformed = |what: &str| Error::new(Kind::Deserialize, what);
    let b = S::deserialize_element(evidence.public_key).ok_or_else(|| malformed("the public key is not a valid group element"))?;
    if evidence.proof.len() != 2 * S::SCALAR_BYTES {
        return Err(malformed(&format!("a proof has {} bytes, not {}", 2 * S::SCALAR_BYTES, evidence.proof.len())));
    }
    let (c, s) = evidence.proof.split_at(S::SCALAR_BYTES);
    let scalars = S::deserialize_scalar(c).zip(S::deserialize_scalar(s));
    let (c, s) = scalars.ok_or_else(|| malformed("a scalar of the proof is not below the group's order"))?;
    let (m, z) = compute_composites(context, evidence.public_key, blinded, evaluated);
    let t2 = S::vartime_sum(&[s, c], &[S::generator(), b]);
    let t3 = S::vartime_sum(&[s, c], &[m, z]);
    if challenge(context, evidence.public_key, [m, z, t2, t3]) != c {
        return Err(Error::new(Kind::Verify, "the proof does not verify: another key was used, or elements were changed on the way"));
    }
    Ok(())
}

/// ComputeComposites (section 2.2.2): all elements of each side in one.
pub fn compute_composites<S: Suite>(
    context: &Context<S>,
    public_key: &[u8],
    blinded: &Elements<S>,
    evaluated: &Elements<S>,
) -> (S::Element, S::Element) {
    let d = coefficients(context, public_key, &blinded.bytes, &evaluated.bytes);
    rayon::join(|| sum::<S>(&d, &blinded.points), || sum::<S>(&d, &evaluated.points))
}

/// ComputeCompositesFast (section 2.2.1): whoever has the key saves one of the two sums.
pub fn compute_composites_fast<S: Suite>(
    context: &Context<S>,
    key: &SecretKey<S>,
    blinded: &Elements<S>,
    evaluated: &[u8],
) -> (S::Element, S::Element) {
    let m = sum::<S>(&coefficients(context, key.public(), &blinded.bytes, evaluated), &blinded.points);
    (m, S::multiply(key.scalar(), &m))
}

/// The factors d_i of both forms of ComputeComposites.
fn coefficients<S: Suite>(context: &Context<S>, public_key: &[u8], blinded: &[u8], evaluated: &[u8]) -> Vec<S::Scalar> {
    let dst = [b"Seed-".as_slice(), &context.string].concat();
    let seed = S::Hash::new()
        .chain_update(i2osp_2(public_key.len()))
        .chain_update(public_key)
        .chain_update(i2osp_2(dst.len()))
        .chain_update(&dst)
        .finalize();
    let (seed_len, element_len) = (i2osp_2(seed.len()), i2osp_2(S::ELEMENT_BYTES));
    (blinded.par_chunks_exact(S::ELEMENT_BYTES), evaluated.par_chunks_exact(S::ELEMENT_BYTES))
        .into_par_iter()
        .with_min_len(64)
        .enumerate()
        .map(|(i, (c, d))| context.hash_to_scalar(&[&seed_len, &seed, &i2osp_2(i), &element_len, c, &element_len, d, b"Composite"]))
        .collect()
}

fn sum<S: Suite>(scalars: &[S::Scalar], elements: &[S::Element]) -> S::Element {
    if elements.len() < MANY {
        return S::vartime_sum(scalars, elements);
    }
    let size = elements.len().div_ceil(rayon::current_num_threads());
    let parts: Vec<_> = (scalars.par_chunks(size), elements.par_chunks(size)).into_par_iter().map(|(s, e)| S::vartime_sum(s, e)).collect();
    S::add(&parts)
}

/// The challenge c of both GenerateProof and VerifyProof.
fn challenge<S: Suite>(context: &Context<S>, public_key: &[u8], elements: [S::Element; 4]) -> S::Scalar {
    let length = i2osp_2(S::ELEMENT_BYTES);
    let mut transcript = [length.as_slice(), public_key].concat();
    for element in &elements {
        let start = transcript.len() + length.len();
        transcript.extend(length);
        transcript.resize(start + S::ELEMENT_BYTES, 0);
        S::serialize_element(element, &mut transcript[start..]);
    }
    transcript.extend(b"Challenge");
    context.hash_to_scalar(&[&transcript])
}
