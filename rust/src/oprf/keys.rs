//! Keys of a server: made by chance, from a seed, or read back (RFC 9497, section 3.2).

use super::expand::Expander;
use super::suite::Suite;
use super::{Error, Kind, Mode, Result, create_context_string, i2osp_2};
use zeroize::Zeroizing;

/// Length of a seed, bytes.
pub const SEED_BYTES: usize = 32;

/// A secret key with its public key. The scalar leaves it only through `serialize`.
pub struct SecretKey<S: Suite> {
    scalar: Zeroizing<S::Scalar>,
    public: Vec<u8>,
}

impl<S: Suite> SecretKey<S> {
    /// GenerateKeyPair (section 3.2).
    pub fn generate() -> Result<Self> {
        let mut scalar = Zeroizing::new(S::zero());
        S::random_scalars(std::slice::from_mut(&mut *scalar))?;
        Ok(Self::from_scalar(scalar))
    }

    /// DeriveKeyPair (section 3.2.1): the same seed, info and mode give the same key.
    pub fn derive_key_pair(mode: Mode, seed: &[u8], info: &[u8]) -> Result<Self> {
        if seed.len() != SEED_BYTES {
            return Err(Error::new(Kind::InvalidInput, format!("a seed has {SEED_BYTES} bytes, not {}", seed.len())));
        }
        if info.len() > super::MAX_INPUT_BYTES {
            return Err(Error::new(Kind::InvalidInput, "the info of a key is too long"));
        }
        let context = create_context_string(mode, S::IDENTIFIER);
        let expander = Expander::new(&[b"DeriveKeyPair".as_slice(), &context].concat());
        for counter in 0..=u8::MAX {
            let scalar = Zeroizing::new(S::hash_to_scalar(&expander, &[seed, &i2osp_2(info.len()), info, &[counter]]));
            if *scalar != S::zero() {
                return Ok(Self::from_scalar(scalar));
            }
        }
        Err(Error::new(Kind::InvalidInput, "no key can be derived from this seed"))
    }

    /// DeserializeScalar (section 2.1); zero is no key.
    pub fn deserialize(bytes: &[u8]) -> Result<Self> {
        let scalar = Zeroizing::new(S::deserialize_scalar(bytes).unwrap_or(S::zero()));
        if *scalar == S::zero() {
            return Err(Error::new(Kind::InvalidInput, format!("a secret key is {} bytes below the group's order and not zero", S::SCALAR_BYTES)));
        }
        Ok(Self::from_scalar(scalar))
    }

    /// SerializeScalar (section 2.1): the secret, for whoever stores it.
    pub fn serialize(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(vec![0; S::SCALAR_BYTES]);
        S::serialize_scalar(&self.scalar, &mut bytes);
        bytes
    }

    /// The public key, serialized.
    pub fn public(&self) -> &[u8] {
        &self.public
    }

    pub(super) fn scalar(&self) -> &S::Scalar {
        &self.scalar
    }

    fn from_scalar(scalar: Zeroizing<S::Scalar>) -> Self {
        let mut public = vec![0; S::ELEMENT_BYTES];
        S::serialize_element(&S::scalar_mult_gen(&scalar), &mut public);
        SecretKey { scalar, public }
    }
}
