//! The suite ristretto255-SHA512 (RFC 9497, section 4.1) on curve25519-dalek, which picks AVX2 at run time where there is.

use super::expand::Expander;
use super::suite::Suite;
use super::{Error, Kind, Result};
use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{Identity, VartimeMultiscalarMul};
use sha2::Sha512;
use zeroize::Zeroizing;

const WIDE_BYTES: usize = 64;
/// Scalars drawn with one call of the operating system.
const AT_ONCE: usize = 32;

pub struct Ristretto255;

impl Suite for Ristretto255 {
    const IDENTIFIER: &'static str = "ristretto255-SHA512";
    const ELEMENT_BYTES: usize = 32;
    const SCALAR_BYTES: usize = 32;
    const OUTPUT_BYTES: usize = 64;

    type Hash = Sha512;
    type Element = RistrettoPoint;
    type Scalar = Scalar;

    fn hash_to_group(expander: &Expander<Sha512>, input: &[u8]) -> RistrettoPoint {
        let mut uniform = Zeroizing::new([0; WIDE_BYTES]);
        expander.expand(&[input], uniform.as_mut_slice());
        RistrettoPoint::from_uniform_bytes(&uniform)
    }

    fn hash_to_scalar(expander: &Expander<Sha512>, message: &[&[u8]]) -> Scalar {
        let mut uniform = Zeroizing::new([0; WIDE_BYTES]);
        expander.expand(message, uniform.as_mut_slice());
        Scalar::from_bytes_mod_order_wide(&uniform)
    }

    fn random_scalars(out: &mut [Scalar]) -> Result<()> {
        let mut wide = Zeroizing::new([[0; WIDE_BYTES]; AT_ONCE]);
        for scalars in out.chunks_mut(AT_ONCE) {
            fill(wide.as_flattened_mut())?;
            for (scalar, wide) in scalars.iter_mut().zip(&mut *wide) {
                *scalar = Scalar::from_bytes_mod_order_wide(wide);
                while *scalar == Scalar::ZERO {
                    fill(wide)?;
                    *scalar = Scalar::from_bytes_mod_order_wide(wide);
                }
            }
        }
        Ok(())
    }

    fn zero() -> Scalar {
        Scalar::ZERO
    }

    fn invert(scalars: &mut [Scalar]) {
        let mut product = Zeroizing::new(Scalar::ZERO);
        *product = Scalar::invert_batch_alloc(scalars);
    }

    fn subtract_product(a: &Scalar, b: &Scalar, c: &Scalar) -> Scalar {
        a - b * c
    }

    fn serialize_scalar(scalar: &Scalar, out: &mut [u8]) {
        out.copy_from_slice(scalar.as_bytes());
    }

    fn deserialize_scalar(bytes: &[u8]) -> Option<Scalar> {
        Scalar::from_canonical_bytes(bytes.try_into().ok()?).into_option()
    }

    fn is_identity(element: &RistrettoPoint) -> bool {
        *element == RistrettoPoint::identity()
    }

    fn serialize_element(element: &RistrettoPoint, out: &mut [u8]) {
        out.copy_from_slice(element.compress().as_bytes());
    }

    fn deserialize_element(bytes: &[u8]) -> Option<RistrettoPoint> {
        let element = CompressedRistretto::from_slice(bytes).ok()?.decompress()?;
        (!Self::is_identity(&element)).then_some(element)
    }

    fn generator() -> RistrettoPoint {
        RISTRETTO_BASEPOINT_POINT
    }

    fn add(elements: &[RistrettoPoint]) -> RistrettoPoint {
        elements.iter().sum()
    }

    fn scalar_mult_gen(scalar: &Scalar) -> RistrettoPoint {
        RistrettoPoint::mul_base(scalar)
    }

    fn multiply(scalar: &Scalar, element: &RistrettoPoint) -> RistrettoPoint {
        scalar * element
    }

    /// The encodings of doubles need one inversion for a whole batch, those of single elements a root each: so the scalars are halved.
    fn multiply_and_serialize<'a>(scalars: impl Iterator<Item = &'a Scalar>, elements: &mut [RistrettoPoint], out: &mut [u8]) {
        for (scalar, element) in scalars.zip(elements.iter_mut()) {
            let half = Zeroizing::new(scalar.div_by_2());
            *element *= *half;
        }
        let encoded = RistrettoPoint::double_and_compress_batch(elements.iter());
        out.chunks_exact_mut(Self::ELEMENT_BYTES).zip(&encoded).for_each(|(out, bytes)| out.copy_from_slice(bytes.as_bytes()));
        elements.iter_mut().for_each(|element| *element += *element);
    }

    fn vartime_sum(scalars: &[Scalar], elements: &[RistrettoPoint]) -> RistrettoPoint {
        RistrettoPoint::vartime_multiscalar_mul(scalars, elements)
    }
}

fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|_| Error::new(Kind::NoRandomness, "the operating system gives no random bytes"))
}
