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
fn sound_at(b: &[u8], i: usize) -> (&'static [u8], usize) {
    digraph(&b[i..]).unwrap_or_else(|| (single(b[i], b.get(i + 1).copied()), 1))
}

/// S is the sibilant of shin, J that of jim; both one letter whatever the orthography. Longer writings come first.
#[rustfmt::skip] // a table of words or letters
fn digraph(rest: &[u8]) -> Option<(&'static [u8], usize)> {
    // Patterns, not a list to search: the compiler looks at the first letter once.
    Some(match rest {
        [b's', b'h', b'c', b'h', ..] | [b't', b's', b'c', b'h', ..] | [b's', b'z', b'c', b'z', ..] => (b"S", 4),
        [b's', b'c', b'h', ..] | [b't', b'c', b'h', ..] => (b"S", 3),
        [b'd', b'z', b'h', ..] => (b"J", 3),
        [b's', b'z' | b'h', ..] | [b'c', b'z' | b'h', ..] => (b"S", 2),
        [b'z', b'h', ..] | [b'd', b'j' | b'g', ..] | [b'g', b'j', ..] => (b"J", 2),
        [b'k', b'h', ..] | [b'c', b'k', ..] | [b'q', b'u', ..] => (b"k", 2),
        [b'g', b'h', ..] => (b"g", 2),
        [b'p', b'h', ..] => (b"f", 2),
        [b't', b'h', ..] => (b"t", 2),
        [b'd', b'h', ..] => (b"d", 2),
        [b'b', b'h', ..] => (b"b", 2),
        [b't', b's' | b'z', ..] => (b"s", 2),
        [b'o', b'u' | b'o' | b'e', ..] | [b'u', b'e', ..] => (b"u", 2),
        [b'e', b'e', ..] | [b'i', b'e' | b'y' | b'j', ..] | [b'y', b'i', ..] => (b"i", 2),
        [b'e', b'i' | b'y', ..] | [b'a', b'y', ..] => (b"ai", 2),
        [b'a', b'e' | b'a', ..] => (b"a", 2),
        _ => return None,
    })
}

/// The sound of one letter, `next` the one that follows.
fn single(letter: u8, next: Option<u8>) -> &'static [u8] {
    const ALONE: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    match letter {
        b'c' if matches!(next, Some(b'e' | b'i' | b'y')) => b"s",
        b'c' | b'q' => b"k",
        b'x' => b"ks",
        b'a'..=b'z' => std::slice::from_ref(&ALONE[(letter - b'a') as usize]),
        b'0'..=b'9' => std::slice::from_ref(&ALONE[26 + (letter - b'0') as usize]),
        _ => b"",
    }
}

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
