//! By which sounds a name part begins, alike in every script: what a search by one part goes by across scripts.
//!
//! Coarser than the coarse class (`names::fold`), because nothing is decided by it: lips make one sound (b, p, v, f), and a Hebrew vav
//! inside a part is taken for the vowel it mostly is. Who asks tries the other reading of it as well.

use crate::names::{Script, fold};

/// The sounds of a part as a register keeps them.
pub fn kept(form: &str, script: Script) -> String {
    if script == Script::Hebrew { lips(&without_inner(form, 'v')) } else { lips(form) }
}

/// The sounds under which a part may be kept in another script: with its lip sounds, and without those that may be a vav.
pub fn asked(form: &str, script: Script) -> [String; 2] {
    if script == Script::Hebrew {
        [kept(form, script), lips(form)]
    } else {
        let sounds = lips(form);
        let fewer = without_inner(&sounds, LIPS);
        [sounds, fewer]
    }
}

const LIPS: char = 'f';

fn lips(form: &str) -> String {
    fold::coarse(form).replace('b', "f")
}

/// The letters without one of them, but at the beginning; two alike that come together are one.
fn without_inner(letters: &str, left_out: char) -> String {
    let mut kept: Vec<char> = letters.chars().enumerate().filter(|&(k, c)| k == 0 || c != left_out).map(|(_, c)| c).collect();
    kept.dedup();
    kept.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hebrew_part_is_kept_under_sounds_that_others_ask_for() {
        for (hebrew, latin) in [("shvlmn", "shulman"), ("rbkh", "rivka"), ("lvy", "levi"), ("dvd", "david"), ("yvsf", "yosef"), ("pvl", "paul")] {
            let shared = |here: [String; 2], there: String| {
                here.iter().any(|sounds| sounds.as_bytes()[..2.min(sounds.len())] == there.as_bytes()[..2.min(there.len())])
            };
            assert!(shared(asked(latin, Script::Latin), kept(hebrew, Script::Hebrew)), "{latin} {hebrew}");
            assert!(shared(asked(hebrew, Script::Hebrew), kept(latin, Script::Latin)), "{hebrew} {latin}");
        }
    }
}
