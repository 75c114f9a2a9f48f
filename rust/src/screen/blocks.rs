//! Where the words of a text begin, 64 bytes at a time: most words of a text are of no interest, and are passed over unread.
//!
//! A stretch is bytes that are letters or digits of ASCII, or not ASCII; it is one word, where all of it is ASCII.

/// Bytes that are looked at together, one bit each.
pub const BLOCK: usize = 64;

/// What the bytes of a block are; a bit for each, the first one lowest. Behind the end of the text nothing is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// Bytes of stretches.
    pub inside: u64,
    /// First bytes of stretches.
    pub starts: u64,
    /// Capitals, digits, and what is not ASCII.
    pub marked: u64,
    /// First bytes of what is not ASCII.
    pub wide: u64,
    pub dashes: u64,
}

impl Block {
    /// The block that begins at `at`.
    pub fn at(bytes: &[u8], at: usize) -> Block {
        let mut block = match bytes.get(at..at + BLOCK) {
            Some(whole) => Block::of(whole.try_into().expect("as long")),
            None => {
                let mut rest = [b' '; BLOCK];
                rest[..bytes.len() - at].copy_from_slice(&bytes[at..]);
                Block::of(&rest)
            }
        };
        let before = at > 0 && is_inside(bytes[at - 1]);
        block.starts = block.inside & !(block.inside << 1 | u64::from(before));
        block
    }

    fn of(bytes: &[u8; BLOCK]) -> Block {
        let marked = bits(bytes, |b| b.is_ascii_uppercase() | b.is_ascii_digit() | (b >= 0x80));
        let inside = marked | bits(bytes, |b| b.is_ascii_lowercase());
        Block { inside, starts: 0, marked, wide: bits(bytes, |b| b >= 0xc0), dashes: bits(bytes, |b| b == b'-') }
    }
}

pub fn is_inside(b: u8) -> bool {
    b.is_ascii_alphanumeric() || !b.is_ascii()
}

/// One bit for each byte. Written so that the compiler looks at many bytes at once.
fn bits(bytes: &[u8; BLOCK], is: impl Fn(u8) -> bool) -> u64 {
    let mut flags = [0u8; BLOCK];
    for (flag, &b) in flags.iter_mut().zip(bytes) {
        *flag = u8::from(is(b));
    }
    // Eight bytes of 0 or 1 to eight bits: the product brings each to a place of its own in the highest byte.
    let packed = |eight: &[u8]| u64::from_le_bytes(eight.try_into().expect("eight")).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    flags.chunks_exact(8).rev().fold(0, |all, eight| all << 8 | packed(eight))
}

/// Where the stretch ends that holds `at`, or begins there.
pub fn stretch_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|&b| !is_inside(b)).map_or(bytes.len(), |length| at + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_tells_of_each_byte_what_it_is() {
        let text = "the day Émile-Zola met 3 men at al-Basra, d'Or—so it was told, Anno 1894; more and more words to the last byte".repeat(3);
        let bytes = text.as_bytes();
        for from in 0..bytes.len() {
            let block = Block::at(bytes, from);
            for i in 0..BLOCK {
                let (b, before) =
                    (bytes.get(from + i).copied().unwrap_or(b' '), from + i > 0 && is_inside(bytes.get(from + i - 1).copied().unwrap_or(b' ')));
                let is = |mask: u64| mask >> i & 1 == 1;
                assert_eq!(is(block.inside), is_inside(b));
                assert_eq!(is(block.starts), is_inside(b) && !before);
                assert_eq!(is(block.marked), is_inside(b) && !b.is_ascii_lowercase());
                assert_eq!(is(block.wide), b >= 0xc0);
                assert_eq!(is(block.dashes), b == b'-');
            }
        }
    }
}
