//! The side that asks: Blind and Finalize (RFC 9497, sections 3.3.1 and 3.3.2), for batches.

use super::suite::Suite;
use super::{Context, Elements, Error, Kind, Mode, Result, check_batch, check_inputs, chunk_len, dleq, output};
use rayon::prelude::*;
use zeroize::Zeroizing;

/// What a client keeps between Blind and Finalize: one fresh scalar for each input, and what it sent.
pub struct Blinds<S: Suite> {
    mode: Mode,
    scalars: Zeroizing<Vec<S::Scalar>>,
    blinded: Elements<S>,
}

impl<S: Suite> Blinds<S> {
    /// The blinded elements, serialized: what the server gets.
    pub fn blinded(&self) -> &[u8] {
        &self.blinded.bytes
    }
}

/// What a verifying client has in hand: the server's public key and its proof, both serialized.
#[derive(Clone, Copy)]
pub struct Evidence<'a> {
    pub public_key: &'a [u8],
    pub proof: &'a [u8],
}

/// Blind, with a fresh scalar for each input.
pub fn blind<S: Suite>(context: &Context<S>, inputs: &[&[u8]]) -> Result<Blinds<S>> {
    check_batch(Kind::InvalidInput, inputs.len())?;
    let mut scalars = Zeroizing::new(vec![S::zero(); inputs.len()]);
    S::random_scalars(&mut scalars)?;
    blind_with(context, inputs, scalars)
}

/// Blind with given scalars: only test vectors have those.
pub(super) fn blind_with<S: Suite>(context: &Context<S>, inputs: &[&[u8]], scalars: Zeroizing<Vec<S::Scalar>>) -> Result<Blinds<S>> {
    check_inputs(inputs)?;
    let mut bytes = vec![0; inputs.len() * S::ELEMENT_BYTES];
    let size = chunk_len(inputs.len());
    let points: Vec<Result<Vec<S::Element>>> = (inputs.par_chunks(size), scalars.par_chunks(size), bytes.par_chunks_mut(size * S::ELEMENT_BYTES))
        .into_par_iter()
        .enumerate()
        .map(|(i, (inputs, scalars, out))| {
            let elements = inputs.iter().enumerate().map(|(j, input)| context.hash_to_group(input, i * size + j));
            let mut elements = elements.collect::<Result<Vec<_>>>()?;
            S::multiply_and_serialize(scalars.iter(), &mut elements, out);
            Ok(elements)
        })
        .collect();
    let points = points.into_iter().collect::<Result<Vec<_>>>()?.concat();
    Ok(Blinds { mode: context.mode, scalars, blinded: Elements { points, bytes } })
}

/// Finalize: the outputs, one for each input, in VOPRF mode only after the proof has been verified.
pub fn finalize<S: Suite>(
    context: &Context<S>,
    inputs: &[&[u8]],
    blinds: &Blinds<S>,
    evaluated: &[u8],
    evidence: Option<Evidence<'_>>,
) -> Result<Vec<u8>> {
    check_same(context, inputs, blinds)?;
    if evaluated.len() != blinds.blinded.bytes.len() {
        let expected = blinds.blinded.bytes.len();
        return Err(Error::new(Kind::Deserialize, format!("expected {expected} bytes of evaluated elements, got {}", evaluated.len())));
    }
    let evaluated = Elements::<S>::read("evaluated element", evaluated)?;
    match (context.mode, evidence) {
        (Mode::Voprf, Some(evidence)) => dleq::verify_proof(context, evidence, &blinds.blinded, &evaluated)?,
        (Mode::Oprf, None) => (),
        (Mode::Voprf, None) => return Err(Error::new(Kind::Deserialize, "a verifiable evaluation came without a proof")),
        (Mode::Oprf, Some(_)) => return Err(Error::new(Kind::Local, "a proof was given in a mode that has none")),
    }
    Ok(unblind_and_hash(inputs, blinds, evaluated))
}

fn check_same<S: Suite>(context: &Context<S>, inputs: &[&[u8]], blinds: &Blinds<S>) -> Result<()> {
    if context.mode != blinds.mode {
        return Err(Error::new(Kind::Local, "these blinds were made in another mode"));
    }
    if inputs.len() != blinds.scalars.len() {
        return Err(Error::new(Kind::Local, "these blinds were made for another number of inputs"));
    }
    Ok(())
}

fn unblind_and_hash<S: Suite>(inputs: &[&[u8]], blinds: &Blinds<S>, mut evaluated: Elements<S>) -> Vec<u8> {
    let mut outputs = vec![0; inputs.len() * S::OUTPUT_BYTES];
    let size = chunk_len(inputs.len());
    let out = outputs.par_chunks_mut(size * S::OUTPUT_BYTES);
    (inputs.par_chunks(size), blinds.scalars.par_chunks(size), evaluated.points.par_chunks_mut(size), out).into_par_iter().for_each(
        |(inputs, scalars, elements, out)| {
            let mut inverses = Zeroizing::new(scalars.to_vec());
            S::invert(&mut inverses);
            let mut unblinded = Zeroizing::new(vec![0; elements.len() * S::ELEMENT_BYTES]);
            S::multiply_and_serialize(inverses.iter(), elements, &mut unblinded);
            let unblinded = unblinded.chunks_exact(S::ELEMENT_BYTES);
            let each = inputs.iter().zip(unblinded).zip(out.chunks_exact_mut(S::OUTPUT_BYTES));
            each.for_each(|((input, unblinded), out)| output::<S>(input, unblinded, out));
        },
    );
    outputs
}
