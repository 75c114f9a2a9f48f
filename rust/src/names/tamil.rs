//! Tamil letters as names are spelled in Latin ones.
//!
//! Tamil writes one letter for k and g, s and ch, t and d, p and b: the letters beside it say which. Where they do not, and where
//! spellings differ, a name has a second reading. Part of the match-key specification (spec/match-keys-v1.md, section 2.8).

use super::Part;
use super::romanize::push_romanized;
use super::token::Token;

const SILENT: char = '்';

/// Whether a letter is one of the Tamil ones.
pub fn is_tamil(c: char) -> bool {
    matches!(c as u32, 0x0B80..=0x0BFF)
}

/// The second reading of a name, before titles and particles are dropped; none where Tamil letters leave no choice.
pub fn of_name(tokens: &[Token]) -> Option<Vec<Part>> {
    let differs = |token: &Token| !token.tamil().is_empty() && read(token.tamil(), true) != token.text;
    tokens.iter().any(differs).then(|| {
        let read = |token: &Token| if token.tamil().is_empty() { token.text.clone() } else { read(token.tamil(), true) };
        tokens.iter().map(|token| Part { form: read(token), script: token.script }).collect()
    })
}

/// What is ambiguous is read as `t` and `zh`, or `otherwise` as `d` and `l`.
pub fn read(letters: &[char], otherwise: bool) -> String {
    let mut out = String::with_capacity(letters.len() * 2);
    for (k, &c) in letters.iter().enumerate() {
        let (before, next) = (&letters[..k], letters.get(k + 1).copied());
        if let Some(vowel) = vowel(c) {
            out.push_str(vowel);
        } else if let Some(consonant) = consonant(c, before, next, otherwise) {
            out.push_str(consonant);
            if !next.is_some_and(|next| next == SILENT || is_sign(next)) {
                out.push('a');
            }
        } else if c != SILENT {
            push_romanized(c, &mut out);
        }
    }
    out
}

fn is_sign(c: char) -> bool {
    matches!(c as u32, 0x0BBE..=0x0BCC | 0x0BD7)
}

#[rustfmt::skip] // a table of words or letters
fn vowel(c: char) -> Option<&'static str> {
    Some(match c {
        'அ' | 'ஆ' | 'ா' => "a",
        'இ' | 'ஈ' | 'ி' | 'ீ' => "i",
        'உ' | 'ஊ' | 'ு' | 'ூ' => "u",
        'எ' | 'ஏ' | 'ெ' | 'ே' => "e",
        'ஒ' | 'ஓ' | 'ொ' | 'ோ' => "o",
        'ஐ' | 'ை' => "ai",
        'ஔ' | 'ௌ' => "au",
        _ => return None,
    })
}

fn consonant(c: char, before: &[char], next: Option<char>, otherwise: bool) -> Option<&'static str> {
    let Some([hard, single, after_nasal]) = stop(c, otherwise) else { return sonorant(c, otherwise) };
    Some(match before {
        [.., 'ங' | 'ஞ' | 'ண' | 'ந' | 'ம' | 'ன', SILENT] => after_nasal,
        [] if c == 'ச' => "s",
        [] if c == 'த' && otherwise => "d",
        [] | [.., SILENT] => hard,
        _ if next == Some(SILENT) => hard,
        _ => single,
    })
}

/// A stop at the beginning, doubled or silent; single between vowels; after a nasal.
fn stop(c: char, otherwise: bool) -> Option<[&'static str; 3]> {
    Some(match c {
        'க' => ["k", "g", "g"],
        'ச' => ["ch", "s", "j"],
        'ட' => ["t", if otherwise { "t" } else { "d" }, "d"],
        'த' => ["t", if otherwise { "d" } else { "t" }, "d"],
        'ப' => ["p", "b", "b"],
        _ => return None,
    })
}

#[rustfmt::skip] // a table of words or letters
fn sonorant(c: char, otherwise: bool) -> Option<&'static str> {
    Some(match c {
        'ங' | 'ஞ' | 'ண' | 'ந' | 'ன' => "n",
        'ம' => "m", 'ய' => "y", 'ர' | 'ற' => "r", 'ல' | 'ள' => "l", 'வ' => "v",
        'ழ' => if otherwise { "l" } else { "zh" },
        'ஜ' => "j", 'ஷ' | 'ஶ' => "sh", 'ஸ' => "s", 'ஹ' => "h",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_read_by_those_beside_them() {
        let both = |written: &str| [false, true].map(|otherwise| read(&written.chars().collect::<Vec<_>>(), otherwise));
        assert_eq!(both("சங்கரன்"), ["sangaran", "sangaran"]);
        assert_eq!(both("அப்பாவு"), ["appavu", "appavu"]);
        assert_eq!(both("தமிழரசி"), ["tamizharasi", "damilarasi"]);
        assert_eq!(both("இளந்திரையன்"), ["ilandiraiyan", "ilandiraiyan"]);
        assert_eq!(both("நாகேஷ்"), ["nagesh", "nagesh"]);
    }
}
