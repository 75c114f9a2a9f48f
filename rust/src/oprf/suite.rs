//! What a ciphersuite brings (RFC 9497, section 4): a prime-order group, a hash function, and their lengths.

use super::Result;
use super::expand::Expander;
use sha2::Digest;
use sha2::digest::common::BlockSizeUser;
use zeroize::Zeroize;

/// A group and a hash. Scalars may be secret: everything but `vartime_sum` takes the same time for all of them.
pub trait Suite: Sized + Send + Sync + 'static {
    /// The RFC's name of the suite.
    const IDENTIFIER: &'static str;
    /// Ne.
    const ELEMENT_BYTES: usize;
    /// Ns.
    const SCALAR_BYTES: usize;
    /// Nh.
    const OUTPUT_BYTES: usize;

    type Hash: Digest + BlockSizeUser + Clone + Send + Sync;
    type Element: Copy + Send + Sync;
    type Scalar: Copy + PartialEq + Zeroize + Send + Sync;

    fn hash_to_group(expander: &Expander<Self::Hash>, input: &[u8]) -> Self::Element;
    fn hash_to_scalar(expander: &Expander<Self::Hash>, message: &[&[u8]]) -> Self::Scalar;
    /// Fills the slice with fresh non-zero scalars from the operating system.
    fn random_scalars(out: &mut [Self::Scalar]) -> Result<()>;
    fn zero() -> Self::Scalar;
    /// Replaces non-zero scalars by their inverses.
    fn invert(scalars: &mut [Self::Scalar]);
    /// a - b * c.
    fn subtract_product(a: &Self::Scalar, b: &Self::Scalar, c: &Self::Scalar) -> Self::Scalar;
    fn serialize_scalar(scalar: &Self::Scalar, out: &mut [u8]);
    /// None unless the bytes are the one encoding of a scalar below the order.
    fn deserialize_scalar(bytes: &[u8]) -> Option<Self::Scalar>;

    fn is_identity(element: &Self::Element) -> bool;
    fn serialize_element(element: &Self::Element, out: &mut [u8]);
    /// None unless the bytes are the one encoding of an element other than the identity.
    fn deserialize_element(bytes: &[u8]) -> Option<Self::Element>;
    fn generator() -> Self::Element;
    fn add(elements: &[Self::Element]) -> Self::Element;
    fn scalar_mult_gen(scalar: &Self::Scalar) -> Self::Element;
    fn multiply(scalar: &Self::Scalar, element: &Self::Element) -> Self::Element;
    /// Replaces each element by its product with its scalar, and writes the products; shares work within the batch.
    fn multiply_and_serialize<'a>(scalars: impl Iterator<Item = &'a Self::Scalar>, elements: &mut [Self::Element], out: &mut [u8]);
    /// Sum of products in variable time: for scalars and elements that are public.
    fn vartime_sum(scalars: &[Self::Scalar], elements: &[Self::Element]) -> Self::Element;
}
