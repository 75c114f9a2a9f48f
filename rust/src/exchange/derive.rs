//! From an output to a key secret, from a key secret to tags and pads. One block of SHA-2 each.

use super::{HANDLE_BYTES, Handle, SECRET_BYTES, Secret};
use sha2::block_api::{compress256, compress512};
use zeroize::Zeroize;

pub const OUTPUT_BYTES: usize = 64;
const SECRET_PREFIX: &[u8; 20] = b"tallystick/x1/secret";
const NOTCH_PREFIX: &[u8; 19] = b"tallystick/x1/notch";
const COUNTER_AT: usize = NOTCH_PREFIX.len() + SECRET_BYTES;
const START_256: [u32; 8] = [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];
const START_512: [u64; 8] = [
    0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1, 0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179,
];

/// The key secret of one output: the first half of SHA-512 over its prefix and the output.
pub fn key_secret(output: &[u8; OUTPUT_BYTES]) -> Secret {
    let mut block = [0u8; 128];
    let end = SECRET_PREFIX.len() + OUTPUT_BYTES;
    block[..SECRET_PREFIX.len()].copy_from_slice(SECRET_PREFIX);
    block[SECRET_PREFIX.len()..end].copy_from_slice(output);
    block[end] = 0x80;
    block[120..].copy_from_slice(&(end as u64 * 8).to_be_bytes());
    let mut state = START_512;
    compress512(&mut state, &[block]);
    let mut secret = [0; SECRET_BYTES];
    for (to, word) in secret.chunks_exact_mut(8).zip(state) {
        to.copy_from_slice(&word.to_be_bytes());
    }
    block.zeroize();
    state.zeroize();
    secret
}

/// Tags and pads of one key secret. Wipes its copy of the secret when it goes.
pub struct Sealer {
    block: [u8; 64],
    mask: u64,
}

impl Sealer {
    pub fn new(secret: &Secret) -> Self {
        Self::narrow(secret, u64::MAX)
    }

    /// The same with tags cut by a mask: how tests get tags that collide.
    pub fn narrow(secret: &Secret, mask: u64) -> Self {
        let mut block = [0u8; 64];
        block[..NOTCH_PREFIX.len()].copy_from_slice(NOTCH_PREFIX);
        block[NOTCH_PREFIX.len()..COUNTER_AT].copy_from_slice(secret);
        block[COUNTER_AT + 2] = 0x80;
        block[56..].copy_from_slice(&((COUNTER_AT as u64 + 2) * 8).to_be_bytes());
        Sealer { block, mask }
    }

    /// Tag and pad of one counter.
    pub fn notch(&mut self, counter: u16) -> (u64, Handle) {
        self.block[COUNTER_AT..COUNTER_AT + 2].copy_from_slice(&counter.to_be_bytes());
        let mut state = START_256;
        compress256(&mut state, &[self.block]);
        let mut pad = [0; HANDLE_BYTES];
        pad[..4].copy_from_slice(&state[2].to_be_bytes());
        pad[4..].copy_from_slice(&state[3].to_be_bytes()[..3]);
        (((u64::from(state[0]) << 32) | u64::from(state[1])) & self.mask, pad)
    }

    pub fn tag(&mut self, counter: u16) -> u64 {
        self.notch(counter).0
    }
}

impl Drop for Sealer {
    fn drop(&mut self) {
        self.block.zeroize();
    }
}

/// Seals a handle, and opens a sealed one.
pub fn seal(handle: &Handle, pad: &Handle) -> Handle {
    std::array::from_fn(|i| handle[i] ^ pad[i])
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256, Sha512};

    #[test]
    fn one_block_is_what_the_whole_hash_gives() {
        let output: [u8; 64] = std::array::from_fn(|i| i as u8 * 3);
        let whole = Sha512::digest([&SECRET_PREFIX[..], &output].concat());
        let secret = key_secret(&output);
        assert_eq!(secret[..], whole[..32]);
        for counter in [0u16, 1, 63, 258] {
            let whole = Sha256::digest([&NOTCH_PREFIX[..], &secret, &counter.to_be_bytes()].concat());
            let (tag, pad) = Sealer::new(&secret).notch(counter);
            assert_eq!(tag.to_be_bytes()[..], whole[..8]);
            assert_eq!(pad[..], whole[8..15]);
        }
    }
}
