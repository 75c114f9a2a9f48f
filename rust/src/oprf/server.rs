//! The side that holds the key: BlindEvaluate and Evaluate (RFC 9497, sections 3.3.1 and 3.3.2), for batches.

use super::keys::SecretKey;
use super::suite::Suite;
use super::{Context, Elements, Mode, Result, check_inputs, chunk_len, dleq, output};
use rayon::prelude::*;

/// BlindEvaluate: the evaluated elements, serialized, and in VOPRF mode one proof for them all.
pub fn blind_evaluate<S: Suite>(context: &Context<S>, key: &SecretKey<S>, blinded: &[u8]) -> Result<(Vec<u8>, Option<Vec<u8>>)> {
    let blinded = Elements::<S>::read("blinded element", blinded)?;
    let mut evaluated = vec![0; blinded.bytes.len()];
    let size = chunk_len(blinded.points.len());
    evaluated.par_chunks_mut(size * S::ELEMENT_BYTES).zip(blinded.points.par_chunks(size)).for_each(|(out, points)| {
        S::multiply_and_serialize(std::iter::repeat(key.scalar()), &mut points.to_vec(), out);
    });
    let proof = match context.mode {
        Mode::Oprf => None,
        Mode::Voprf => Some(dleq::generate_proof(context, key, &blinded, &evaluated)?),
    };
    Ok((evaluated, proof))
}

/// Evaluate: the outputs of the holder's own inputs, without anybody being asked; any number of them.
pub fn evaluate<S: Suite>(context: &Context<S>, key: &SecretKey<S>, inputs: &[&[u8]]) -> Result<Vec<u8>> {
    check_inputs(inputs)?;
    let mut outputs = vec![0; inputs.len() * S::OUTPUT_BYTES];
    let size = chunk_len(inputs.len());
    let done: Vec<Result<()>> = outputs
        .par_chunks_mut(size * S::OUTPUT_BYTES)
        .zip(inputs.par_chunks(size))
        .enumerate()
        .map(|(i, (out, inputs))| evaluate_chunk(context, key, i * size, inputs, out))
        .collect();
    done.into_iter().collect::<Result<()>>()?;
    Ok(outputs)
}

fn evaluate_chunk<S: Suite>(context: &Context<S>, key: &SecretKey<S>, first: usize, inputs: &[&[u8]], out: &mut [u8]) -> Result<()> {
    let elements = inputs.iter().enumerate().map(|(i, input)| context.hash_to_group(input, first + i));
    let mut elements = elements.collect::<Result<Vec<_>>>()?;
    let mut issued = vec![0; elements.len() * S::ELEMENT_BYTES];
    S::multiply_and_serialize(std::iter::repeat(key.scalar()), &mut elements, &mut issued);
    let issued = issued.chunks_exact(S::ELEMENT_BYTES);
    inputs.iter().zip(issued).zip(out.chunks_exact_mut(S::OUTPUT_BYTES)).for_each(|((input, issued), out)| output::<S>(input, issued, out));
    Ok(())
}
