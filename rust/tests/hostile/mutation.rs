//! Changed bytes out of good ones, the same in every run.

use _native::exchange::stream::Stream;

const ODD: [&[u8]; 4] = [&[0xff; 8], &[0; 8], &[0x80, 0, 0, 0], &[0, 0, 0, 1]];

pub fn stream(name: &str) -> Stream {
    let mut seed = [0; 32];
    seed.iter_mut().zip(name.bytes()).for_each(|(to, from)| *to = from);
    Stream::new(seed)
}

/// Bytes of a length, each as likely as the others.
pub fn random(stream: &mut Stream, length: usize) -> Vec<u8> {
    let mut out = vec![0; length];
    stream.fill(&mut out);
    out
}

/// Good bytes with one to four changes: flipped, cut, repeated, overwritten, swapped.
pub fn mutated(stream: &mut Stream, good: &[u8]) -> Vec<u8> {
    let mut out = good.to_vec();
    for _ in 0..1 + stream.below(4) {
        let (one, other) = (stream.below(out.len() + 1), stream.below(out.len() + 1));
        let (from, to) = (one.min(other), one.max(other));
        match stream.below(6) {
            0 if !out.is_empty() => {
                let at = stream.below(out.len());
                out[at] ^= 1 << stream.below(8);
            }
            1 => drop(out.drain(from..to)),
            2 => {
                let again = out[from..to.min(from + 512)].to_vec();
                out.splice(from..from, again);
            }
            3 => {
                let odd = ODD[stream.below(ODD.len())];
                let end = (from + odd.len()).min(out.len());
                out.splice(from..end, odd.iter().copied());
            }
            4 => out[from..to].reverse(),
            _ => out.truncate(to),
        }
    }
    out
}

/// Good rows of a width with one to three whole rows changed: dropped, doubled, swapped, drawn anew. More of it gets past lengths.
pub fn mutated_rows(stream: &mut Stream, good: &[u8], width: usize) -> Vec<u8> {
    let mut rows: Vec<Vec<u8>> = good.chunks_exact(width).map(<[u8]>::to_vec).collect();
    for _ in 0..1 + stream.below(3) {
        let at = stream.below(rows.len() + 1);
        match stream.below(4) {
            0 if at < rows.len() => drop(rows.remove(at)),
            1 if at < rows.len() => rows.insert(at, rows[at].clone()),
            2 if at < rows.len() => {
                let other = stream.below(rows.len());
                rows.swap(at, other);
            }
            _ => rows.insert(at, random(stream, width)),
        }
    }
    rows.concat()
}
