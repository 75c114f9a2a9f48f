//! Slavic names as German and Polish write them, in the letters that English and most registers use.
//!
//! `Sergej Lawrow` and `Sergey Lavrov` share no class: to German and Polish eyes `w` is the sound that `v` is to others, and `j` a
//! `y`. To Arabic names `w` is a vowel. So it is no matter of classes: a name that shows by its endings that it is of that kind has
//! one reading more.

use super::Part;
use super::script::Script;

/// A shorter part shows nothing by its ending.
const LEAST_MARKED: usize = 5;

const ENDINGS: [&str; 21] = [
    "ow", "ew", "owa", "ewa", "owna", "ewna", "owitsch", "ewitsch", "owicz", "ewicz", "owski", "ewski", "owska", "ewska", "owsky", "ewsky", "owskij",
    "ewskij", "slaw", "ej", "ij",
];
const BEGINNINGS: [&str; 5] = ["wl", "wja", "jew", "iwan", "ljud"];
/// What ends or begins like that and is English.
const ENGLISH: [&str; 13] =
    ["andrew", "matthew", "mathew", "bartholomew", "barlow", "marlow", "harlow", "winslow", "ludlow", "farrow", "morrow", "sparrow", "darrow"];
/// What is written, and what is read; the first that fits.
const LETTERS: [(&str, &str); 7] = [("schtsch", "shch"), ("tsch", "ch"), ("dsch", "dzh"), ("sch", "sh"), ("ch", "kh"), ("w", "v"), ("j", "y")];

/// The parts of a name as English would write it; none where nothing shows that they are written otherwise.
pub fn of_name(parts: &[Part]) -> Option<Vec<Part>> {
    let latin = |part: &Part| part.script == Script::Latin;
    parts.iter().any(|part| latin(part) && is_marked(&part.form)).then(|| {
        parts.iter().map(|part| if latin(part) { Part { form: transcribed(&part.form), script: part.script } } else { part.clone() }).collect()
    })
}

/// The ways in which English would write one part that shows it is written otherwise: `sch` is `sh`, and `zh` as well.
pub fn of_word(form: &str) -> impl Iterator<Item = String> {
    let read = is_marked(form).then(|| transcribed(form));
    let voiced = (form.len() >= LEAST_MARKED && form.contains("sch") && !form.contains("tsch")).then(|| transcribed(&form.replace("sch", "zh")));
    [read, voiced].into_iter().flatten()
}

fn is_marked(form: &str) -> bool {
    // Of most names the letters say it at once.
    form.len() >= LEAST_MARKED
        && form.bytes().any(|b| matches!(b, b'w' | b'j'))
        && (ENDINGS.iter().any(|end| form.ends_with(end)) || BEGINNINGS.iter().any(|begin| form.starts_with(begin)))
        && !ENGLISH.contains(&form)
}

fn transcribed(form: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(form.len()), form);
    while let Some(first) = rest.chars().next() {
        let (written, read) = LETTERS.into_iter().find(|(written, _)| rest.starts_with(written)).unwrap_or(("", ""));
        if written.is_empty() {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            out.push_str(read);
            rest = &rest[written.len()..];
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::readings;

    fn read(written: &str) -> Vec<String> {
        let forms = |parts: &Vec<Part>| parts.iter().map(|p| p.form.as_str()).collect::<Vec<_>>().join(" ");
        readings(written).iter().map(forms).collect()
    }

    #[test]
    fn what_shows_that_it_is_slavic_is_read_twice() {
        assert_eq!(read("Sergej Lawrow"), ["sergej lawrow", "sergey lavrov"]);
        assert_eq!(read("Michail Chodorkowski"), ["michail chodorkowski", "mikhail khodorkovski"]);
        assert_eq!(read("Tatjana Schtscherbakowa"), ["tatjana schtscherbakowa", "tatyana shcherbakova"]);
    }

    #[test]
    fn others_are_read_once() {
        for name in ["Matthew Barlow", "Marwan Wahid", "Wang Wei", "Sergey Lavrov", "Jürgen Schwarz", "Lew Wok"] {
            assert_eq!(read(name).len(), 1, "{name}");
        }
    }

    #[test]
    fn a_word_may_be_voiced_or_not() {
        assert_eq!(of_word("prigoschin").collect::<Vec<_>>(), ["prigozhin"]);
        assert_eq!(of_word("schukow").collect::<Vec<_>>(), ["shukov", "zhukov"]);
    }
}
