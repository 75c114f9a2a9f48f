//! By which sounds a name part begins, alike in every script: what a search by one part goes by across scripts.
//!
//! Coarser than the coarse class (`names::fold`), because nothing is decided by it: lips make one sound (b, p, v, f), l is r, j is k, h is
//! silent. Letters that scripts take for different sounds are kept one way, and asked for in all: a Hebrew vav inside a part is mostly a
//! vowel, a Cyrillic x mostly an h.

use crate::names::{Script, fold};

/// The sounds of a part as a register keeps them.
pub fn kept(form: &str, script: Script) -> String {
    match script {
        Script::Hebrew => merged(&without_inner(form, 'v')),
        Script::Cyrillic => merged(&form.replace("kh", "h")),
        _ => merged(form),
    }
}

/// The sounds under which a writing of a part may be kept, in its own script and in others.
pub fn asked(form: &str, script: Script) -> Vec<String> {
    let mut out = vec![kept(form, script), merged(form)];
    out.extend(other_readings(form, script).iter().map(|read| merged(read)));
    if script != Script::Hebrew {
        out.push(without_inner(&out[0], LIPS));
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// What letters at the beginning, or two together, are read as elsewhere.
fn other_readings(form: &str, script: Script) -> Vec<String> {
    let begins = |letter: char, read: &str| form.strip_prefix(letter).map(|rest| format!("{read}{rest}"));
    let holds = |letters: &str, read: &str| form.contains(letters).then(|| form.replace(letters, read));
    let read = match script {
        Script::Latin => [begins('w', "v"), begins('j', "y"), holds("kh", "h"), holds("ch", "k")],
        Script::Hebrew => [begins('v', "w").map(|read| without_inner(&read, 'v')), begins('y', "j"), None, None],
        _ => [begins('y', "j"), None, None, None],
    };
    read.into_iter().flatten().collect()
}

const LIPS: char = 'f';

fn merged(form: &str) -> String {
    let mut sounds: Vec<char> = fold::coarse(form).chars().map(one_of_alike).collect();
    if sounds.first() == Some(&'h') {
        sounds[0] = 'a'; // silent, and a vowel follows
    }
    sounds.dedup();
    sounds.into_iter().collect()
}

fn one_of_alike(sound: char) -> char {
    match sound {
        'b' => LIPS,
        'l' => 'r',
        'j' => 'k',
        other => other,
    }
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

    /// Whether a part is asked for under the beginning under which the other is kept.
    fn leads((asked_form, asked_script): (&str, Script), (form, script): (&str, Script)) -> bool {
        let start = |sounds: &str| sounds.chars().take(2).collect::<String>();
        asked(asked_form, asked_script).iter().any(|sounds| start(sounds) == start(&kept(form, script)))
    }

    #[test]
    fn a_part_is_kept_under_sounds_that_its_writings_in_other_scripts_ask_for() {
        #[rustfmt::skip] // a table
        let writings = [
            ("shvlmn", Script::Hebrew, "shulman"), ("rbkh", Script::Hebrew, "rivka"), ("lvy", Script::Hebrew, "levi"), ("dvd", Script::Hebrew, "david"),
            ("yvsf", Script::Hebrew, "yosef"), ("pvl", Script::Hebrew, "paul"), ("vvlprm", Script::Hebrew, "wolfram"), ("nikhat", Script::Cyrillic, "nihat"),
            ("khikasa", Script::Cyrillic, "hikasa"), ("khan", Script::Cyrillic, "khan"), ("yanek", Script::Cyrillic, "janek"),
            ("yankwfytsh", Script::Arabic, "jankovic"), ("khwakyn", Script::Arabic, "joaquin"), ("balan", Script::Hangul, "baran"),
        ];
        for (form, script, latin) in writings {
            assert!(leads((latin, Script::Latin), (form, script)), "{latin} {form}");
            assert!(leads((form, script), (latin, Script::Latin)), "{form} {latin}");
            assert!(leads((form, script), (form, script)) && leads((latin, Script::Latin), (latin, Script::Latin)));
        }
    }
}
