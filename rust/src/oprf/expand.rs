//! expand_message_xmd of RFC 9380, section 5.3.1.
//!
//! The padding and the domain separation tag are the same for every message, so they are prepared once.

use sha2::Digest;
use sha2::digest::common::BlockSizeUser;
use sha2::digest::{Output, OutputSizeUser};

/// Uniform bytes from messages, under one domain separation tag.
pub struct Expander<H> {
    padded: H,
    dst_prime: Vec<u8>,
}

impl<H: Digest + BlockSizeUser + Clone> Expander<H> {
    /// For a tag of at most 255 bytes; all tags of RFC 9497 are far shorter.
    pub fn new(dst: &[u8]) -> Self {
        let length = u8::try_from(dst.len()).expect("a tag has at most 255 bytes");
        let mut padded = H::new();
        padded.update(vec![0; H::block_size()]);
        Expander { padded, dst_prime: [dst, &[length]].concat() }
    }

    /// Fills `out` from a message given in parts.
    pub fn expand(&self, message: &[&[u8]], out: &mut [u8]) {
        let mut hash = self.padded.clone();
        message.iter().for_each(|part| hash.update(part));
        hash.update(u16::try_from(out.len()).expect("asked for at most 65535 bytes").to_be_bytes());
        hash.update([0]);
        hash.update(&self.dst_prime);
        let b_0 = hash.finalize();
        let mut b_i = Output::<H>::default();
        for (i, block) in out.chunks_mut(<H as OutputSizeUser>::output_size()).enumerate() {
            b_i.iter_mut().zip(&b_0).for_each(|(x, y)| *x ^= y);
            let number = u8::try_from(i + 1).expect("asked for at most 255 blocks");
            b_i = H::new().chain_update(&b_i).chain_update([number]).chain_update(&self.dst_prime).finalize();
            block.copy_from_slice(&b_i[..block.len()]);
        }
    }
}
