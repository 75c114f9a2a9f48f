//! Name classes: what different spellings of one name part have in common.
//!
//! Two classes of different grain, both deterministic functions of the romanized part:
//! * `fine` forgets doubled letters, diphthong spelling and customary digraphs (ou/u, kh/h, dj/j, ph/f), keeps vowels coarse;
//! * `coarse` is a consonant skeleton: no vowels but a leading one, voiced and unvoiced kept apart only where every script does.
//!
//! Part of the match-key specification (spec/match-keys-v1.md, section 3): a change here is a new version of the keys.

/// A skeleton of consonant sounds, the first vowel marked; empty only for empty input.
pub fn coarse(part: &str) -> String {
    let b = part.as_bytes();
    let mut out: Vec<u8> = Vec::with_capacity(b.len());
    let mut previous = 0;
    let mut i = 0;
    while i < b.len() {
        let (sound, used) = sound_at(b, i);
        for &s in sound {
            let s = merge(s);
            let silent = matches!(s, b'a' | b'h');
            // A doubled letter is one sound; the same consonant after a vowel is another.
            if (out.is_empty() || !silent) && s != previous {
                out.push(s);
            }
            previous = s;
        }
        i += used;
    }
    String::from_utf8(out).expect("ascii")
}

/// The part with customary spellings unified and vowels reduced to a, i, u.
pub fn fine(part: &str) -> String {
    let b = part.as_bytes();
    let mut out: Vec<u8> = Vec::with_capacity(b.len());
    let mut i = 0;
    while i < b.len() {
        let (sound, used) = sound_at(b, i);
        for &s in sound {
            let s = match s {
                b'e' | b'y' => b'i',
                b'o' | b'w' => b'u',
                s => s,
            };
            // A silent h (Fatimah, Mahdi against Mehdi keeps its h) is one at the end or before a consonant that doubles it.
            if out.last() != Some(&s) {
                out.push(s);
            }
        }
        i += used;
    }
    while out.len() > 2 && matches!(out.last(), Some(b'h')) {
        out.pop();
    }
    String::from_utf8(out).expect("ascii")
}

/// The sound that starts at `i` and how many letters it takes. Digraphs that several orthographies share come first.
#[rustfmt::skip] // a table of words or letters
fn sound_at(b: &[u8], i: usize) -> (&'static [u8], usize) {
    let rest = &b[i..];
    for (letters, sound) in DIGRAPHS {
        if rest.starts_with(letters) {
            return (sound, letters.len());
        }
    }
    let next = rest.get(1).copied().unwrap_or(0);
    let soft = matches!(next, b'e' | b'i' | b'y');
    let sound: &[u8] = match rest[0] {
        b'c' if soft => b"s",
        b'c' | b'q' => b"k",
        b'x' => b"ks",
        b'a' => b"a", b'b' => b"b", b'd' => b"d", b'e' => b"e", b'f' => b"f", b'g' => b"g", b'h' => b"h", b'i' => b"i",
        b'j' => b"j", b'k' => b"k", b'l' => b"l", b'm' => b"m", b'n' => b"n", b'o' => b"o", b'p' => b"p", b'r' => b"r",
        b's' => b"s", b't' => b"t", b'u' => b"u", b'v' => b"v", b'w' => b"w", b'y' => b"y", b'z' => b"z",
        b'0' => b"0", b'1' => b"1", b'2' => b"2", b'3' => b"3", b'4' => b"4", b'5' => b"5", b'6' => b"6", b'7' => b"7",
        b'8' => b"8", b'9' => b"9",
        _ => b"",
    };
    (sound, 1)
}

/// S is the sibilant of shin, J that of jim; both one letter whatever the orthography.
#[rustfmt::skip] // a table of words or letters
const DIGRAPHS: [(&[u8], &[u8]); 38] = [
    (b"shch", b"S"), (b"tsch", b"S"), (b"sch", b"S"), (b"tch", b"S"), (b"dzh", b"J"), (b"szcz", b"S"),
    (b"sz", b"S"), (b"cz", b"S"), (b"sh", b"S"), (b"ch", b"S"), (b"zh", b"J"), (b"dj", b"J"), (b"dg", b"J"), (b"gj", b"J"),
    (b"kh", b"k"), (b"gh", b"g"), (b"ph", b"f"), (b"th", b"t"), (b"dh", b"d"), (b"bh", b"b"), (b"ck", b"k"), (b"qu", b"k"),
    (b"ts", b"s"), (b"tz", b"s"), (b"ou", b"u"), (b"oo", b"u"), (b"ee", b"i"), (b"ei", b"ai"), (b"ey", b"ai"), (b"ay", b"ai"),
    (b"ie", b"i"), (b"iy", b"i"), (b"yi", b"i"), (b"ij", b"i"), (b"ae", b"a"), (b"aa", b"a"), (b"ue", b"u"), (b"oe", b"u"),
];

/// Sounds that some script cannot tell apart (Arabic has no p and v, Greek no sh, Korean no f).
fn merge(sound: u8) -> u8 {
    match sound {
        b'e' | b'i' | b'o' | b'u' | b'y' | b'w' => b'a',
        b'p' => b'b',
        b'v' => b'f',
        b'z' | b'S' => b's',
        b'J' => b'j',
        b'g' | b'q' => b'k',
        s => s,
    }
}
