//! Random bytes out of a seed that the caller drew: what is built from one seed is the same everywhere.

use super::{HANDLE_BYTES, Handle, Seed, TAG_BYTES};
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

const PREFIX: &[u8] = b"tallystick/x1/stream";

/// SHA-256 over the seed and a counter, block after block.
pub struct Stream {
    seed: Seed,
    block: [u8; 32],
    used: usize,
    next: u64,
}

impl Stream {
    pub fn new(seed: Seed) -> Self {
        Stream { seed, block: [0; 32], used: 32, next: 0 }
    }

    pub fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            if self.used == 32 {
                self.block = Sha256::new().chain_update(PREFIX).chain_update(self.seed).chain_update(self.next.to_be_bytes()).finalize().into();
                (self.used, self.next) = (0, self.next + 1);
            }
            *byte = self.block[self.used];
            self.used += 1;
        }
    }

    pub fn handle(&mut self) -> Handle {
        let mut out = [0; HANDLE_BYTES];
        self.fill(&mut out);
        out
    }

    /// a notch of chaff: a tag and a sealed handle that nobody can tell from others.
    pub fn chaff(&mut self) -> (u64, Handle) {
        let mut tag = [0; TAG_BYTES];
        self.fill(&mut tag);
        (u64::from_be_bytes(tag), self.handle())
    }

    /// A number below `end`, every one as likely as the others up to 2^-64.
    pub fn below(&mut self, end: usize) -> usize {
        let mut out = [0; 16];
        self.fill(&mut out);
        (u128::from_be_bytes(out) % end as u128) as usize
    }

    /// So many different numbers below `end`, in no order.
    pub fn choose(&mut self, count: usize, end: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..end).collect();
        for i in 0..count {
            let j = i + self.below(end - i);
            all.swap(i, j);
        }
        all.truncate(count);
        all
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.seed.zeroize();
        self.block.zeroize();
    }
}
