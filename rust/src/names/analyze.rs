//! A written name to its parts.
//!
//! Order of steps: compatibility form, lower case, accents dropped, split at blanks and punctuation, romanized, titles and
//! particles dropped, compounds of Arabic names joined so that `Abd al-Rahman`, `Abdul Rahman` and `Abdurrahman` give one part.

use super::romanize::is_vowel_sign;
use super::script::Script;
use super::token::Token;
use super::{signs, tamil, transcription};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// More parts than any written name has; the rest of a longer text is not a name.
pub const MAX_PARTS: usize = 12;

/// One part of a written name in the comparable writing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Part {
    pub form: String,
    pub script: Script,
}

/// All readings of one written name. Names written without blanks have several, above all those in Han characters (`signs`), and
/// Slavic ones in German or Polish letters; the first is the plainest.
pub fn readings(written: &str) -> Vec<Vec<Part>> {
    let tokens = tokens(written);
    let otherwise = tamil::of_name(&tokens).map(assemble);
    let mut out = if tokens.iter().map(|t| t.letter_end.len()).sum::<usize>() > 1 {
        several(&tokens)
    } else {
        // Nearly every name: its tokens become parts as they are, nothing is copied.
        vec![assemble(tokens.into_iter().map(|t| Part { form: t.text, script: t.script }).collect())]
    };
    out.extend(otherwise);
    out.retain(|parts| !parts.is_empty());
    let other = out.first().and_then(|plain| transcription::of_name(plain));
    out.extend(other);
    out
}

/// The readings of a name that is written, at least in part, without blanks.
fn several(tokens: &[Token]) -> Vec<Vec<Part>> {
    let mut out = vec![assemble(tokens.iter().flat_map(unspaced).collect())];
    let cut = [tokens.iter().flat_map(family_and_given).collect(), tokens.iter().map(Token::whole).collect()];
    for other in cut.into_iter().chain(signs::further(tokens)) {
        let other = assemble(other);
        if !out.contains(&other) {
            out.push(other);
        }
    }
    out
}

fn family_and_given(token: &Token) -> Vec<Part> {
    match token.letter_end.len() {
        3 if token.script == Script::Hangul => vec![token.part(0, 1), token.part(1, 3)],
        _ => unspaced(token),
    }
}

/// A Han name of two to four characters is a family name and a given name; a Hangul one its syllables.
fn unspaced(token: &Token) -> Vec<Part> {
    let n = token.letter_end.len();
    match token.script {
        Script::Han if (2..=4).contains(&n) => vec![token.part(0, 1 + n / 4), token.part(1 + n / 4, n)],
        Script::Hangul if (2..=4).contains(&n) => (0..n).map(|k| token.part(k, k + 1)).collect(),
        _ => vec![token.whole()],
    }
}

fn tokens(written: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(4);
    let mut open = false;
    let (mut commas, mut before_comma) = (0, 0);
    let mut visit = |c: char| match kind(c) {
        Kind::Letter => {
            let script = Script::of(c);
            let fits = open && out.last().is_some_and(|t: &Token| t.script == script || !t.script.is_unspaced() && !script.is_unspaced());
            if !fits {
                out.push(Token::before(c));
            }
            open = true;
            let token = out.last_mut().expect("pushed");
            // Ayn opens names (Ali, Omar, Abd) as a vowel and is silent elsewhere.
            token.push(if c == 'ع' && !fits { 'a' } else { c });
        }
        Kind::Inside => {}
        Kind::Between => {
            open = false;
            if matches!(c, ',' | '،') {
                (commas, before_comma) = (commas + 1, out.len());
            }
        }
    };
    if written.is_ascii() {
        written.chars().for_each(|c| visit(c.to_ascii_lowercase()));
    } else {
        written.nfkc().flat_map(char::to_lowercase).for_each(|c| visit_folded(c, &mut visit));
    }
    if commas == 1 {
        out.rotate_left(before_comma); // `Family, Given`: what a comma tears apart may be one compound
    }
    out.iter_mut().for_each(Token::close);
    out.retain(|t| !t.text.is_empty());
    out
}

/// Drops accents of alphabetic scripts, keeps the letters that only look accented (й, ё, ö is o for everybody).
fn visit_folded(c: char, visit: &mut impl FnMut(char)) {
    if c.is_ascii() {
        return visit(c);
    }
    match Script::of(c) {
        Script::Latin | Script::Greek => decompose_canonical(c, |d| {
            if !is_combining_mark(d) {
                visit(d);
            }
        }),
        _ if is_combining_mark(c) && !is_vowel_sign(c) => {}
        _ => visit(c),
    }
}

enum Kind {
    Letter,
    Inside,
    Between,
}

#[rustfmt::skip] // a table of words or letters
fn kind(c: char) -> Kind {
    match c {
        'a'..='z' | '0'..='9' => Kind::Letter,
        '\'' | '`' | '’' | '‘' | 'ʼ' | 'ʻ' | '´' | '′' | 'ʹ' | 'ʾ' | 'ʿ' | '"' | '״' | '׳' | '\u{200c}' | '\u{200d}' | 'ー' => Kind::Inside,
        '・' | '·' => Kind::Between,
        c if c.is_alphanumeric() || is_vowel_sign(c) => Kind::Letter,
        _ => Kind::Between,
    }
}

/// Titles, particles and compounds.
fn assemble(mut parts: Vec<Part>) -> Vec<Part> {
    if parts.iter().any(|p| p.form.len() > 1 && !is_title(p)) {
        parts.retain(|p| !is_title(p));
    }
    let mut out: Vec<Part> = Vec::with_capacity(parts.len());
    let mut prefix = String::new();
    let last = parts.len().saturating_sub(1);
    for (i, mut part) in parts.into_iter().enumerate() {
        if part.script == Script::Arabic {
            strip_arabic_article(&mut part.form);
        }
        let form = part.form.as_str();
        if i < last && opens_compound(form) && prefix.is_empty() {
            prefix = compound_stem(form).to_string();
            continue;
        }
        if is_article(form) && (i < last || form.len() < 3) && !(out.is_empty() && i == last) {
            continue;
        }
        if !prefix.is_empty() {
            part.form = format!("{prefix}{}", part.form);
            prefix.clear();
        } else if closes_compound(form) && !out.is_empty() {
            let previous = out.last_mut().expect("not empty");
            previous.form.push_str(compound_tail(form));
            continue;
        }
        if is_particle(&part.form) && last > 0 {
            continue;
        }
        canonical_compound(&mut part.form);
        if out.len() < MAX_PARTS && !part.form.is_empty() {
            out.push(part);
        }
    }
    out
}

fn strip_arabic_article(form: &mut String) {
    if let Some(rest) = form.strip_prefix("al").filter(|rest| rest.len() >= 3 && !rest.starts_with(['y', 'a', 'w'])) {
        *form = rest.to_string();
    }
}

#[rustfmt::skip] // a table of words or letters
fn is_title(part: &Part) -> bool {
    // Doctor, engineer, honourable: one letter or syllable before the name.
    match part.script {
        Script::Arabic if part.form.len() == 1 => return true,
        Script::Indic if matches!(part.form.as_str(), "ma" | "da" | "pro" | "sri") => return true,
        _ => {}
    }
    matches!(
        part.form.as_str(),
        "mr" | "mrs" | "ms" | "miss" | "dr" | "drs" | "prof" | "professor" | "mag" | "dipl" | "phd" | "msc" | "bsc" | "mba" | "sir"
            | "dame" | "lady" | "hon" | "rt" | "honourable" | "rev" | "sheikh" | "shaikh" | "shaykh" | "sheik" | "cheikh" | "haji"
            | "hajji" | "hajj" | "hadji" | "mullah" | "mulla" | "maulavi" | "mawlawi" | "moulavi" | "maulana" | "mawlana" | "qari"
            | "ayatollah" | "hojatoleslam" | "alhaji" | "alhajj" | "gen" | "col" | "jr" | "sr" | "general" | "colonel" | "captain" | "shri"
            | "smt" | "datuk" | "dato" | "hj"
    )
}

/// Whether a word is a title, as long as other parts stand beside it.
pub fn is_name_title(form: &str) -> bool {
    is_title(&Part { form: form.to_string(), script: Script::Latin })
}

/// Whether a word is an article or particle: written with a name, but no part of it.
pub fn is_name_particle(form: &str) -> bool {
    is_article(form) || is_particle(form)
}

/// Whether a word is one part together with the next (`Abd al-Rahman`).
pub fn joins_next(form: &str) -> bool {
    opens_compound(form)
}

/// Whether a word is one part together with the one before (`Nur ud-Din`).
pub fn joins_previous(form: &str) -> bool {
    closes_compound(form)
}

fn is_article(form: &str) -> bool {
    matches!(form, "al" | "el" | "ul" | "ol" | "ad" | "ar" | "as" | "ash" | "at" | "az" | "an" | "ud" | "ur" | "us" | "uz" | "il" | "l" | "e" | "i")
        || matches!(form, "ed" | "er" | "es" | "esh" | "ez" | "en")
}

#[rustfmt::skip] // a table of words or letters
fn is_particle(form: &str) -> bool {
    matches!(
        form,
        "bin" | "ibn" | "ben" | "bint" | "binti" | "ould" | "wuld" | "uld" | "wld" | "bn" | "de" | "del" | "della" | "di" | "da" | "dos" | "das" | "do"
            | "la" | "le" | "van" | "von" | "der" | "den" | "ter" | "ten" | "zu" | "y" | "of" | "the" | "zur" | "vom" | "af" | "av" | "oglu" | "ogly" | "kyzy" | "qizi"
    )
}

#[rustfmt::skip] // a table of words or letters
fn opens_compound(form: &str) -> bool {
    matches!(form, "abd" | "abdul" | "abdel" | "abdal" | "abdol" | "abdoul" | "abdu" | "abu" | "abou" | "abo" | "aboo" | "abw" | "abi" | "umm" | "um" | "om" | "mc" | "mac" | "o" | "st" | "saint" | "bd")
        || slipped_abd(form)
}

/// `abdul` or `abdel` with two letters exchanged, or with one of them twice.
#[rustfmt::skip] // a table of words or letters
fn slipped_abd(form: &str) -> bool {
    matches!(form, "adbul" | "abudl" | "abdlu" | "aabdul" | "abbdul" | "abddul" | "abduul" | "abdull")
        || matches!(form, "adbel" | "abedl" | "abdle" | "aabdel" | "abbdel" | "abddel" | "abdeel" | "abdell")
}

fn compound_stem(form: &str) -> &str {
    match form {
        f if f.starts_with("abd") || f == "bd" || slipped_abd(f) => "abd",
        "abu" | "abou" | "abo" | "aboo" | "abw" | "abi" => "abu",
        "umm" | "um" | "om" => "um",
        "mac" => "mc",
        "saint" => "st",
        f => f,
    }
}

#[rustfmt::skip] // a table of words or letters
fn closes_compound(form: &str) -> bool {
    matches!(form, "din" | "deen" | "dine" | "eddin" | "eddine" | "uddin" | "udin" | "aldin" | "eldin" | "addin" | "uldin" | "dyn" | "ldyn" | "ullah" | "allah" | "ollah" | "oullah" | "llah" | "allh")
}

fn compound_tail(form: &str) -> &'static str {
    if form.ends_with('h') { "ullah" } else { "din" }
}

/// One writing for `abdul-`, `-uddin` and `-ullah` inside a part that the source already joined.
fn canonical_compound(form: &mut String) {
    if EXCHANGED.iter().any(|slip| form.starts_with(slip)) {
        form.replace_range(..5, "abdul");
    }
    if let Some(kept) = after_abd(form).filter(|kept| kept.len() > 2) {
        *form = format!("abd{kept}");
    }
    // The last letter first: of most parts it says that no tail can be there.
    if form.ends_with(['n', 'e']) {
        unify_tail(form, &DIN, "din", 2);
    }
    if form.ends_with(['h', 'a']) && !form.starts_with("abd") {
        unify_tail(form, &ULLAH, "ullah", 3);
    }
}

const EXCHANGED: [&str; 4] = ["adbul", "abudl", "adbel", "abedl"];
const DIN: [&str; 15] =
    ["uddin", "eddin", "eddine", "uddine", "oddin", "adin", "udin", "addin", "aldin", "eldin", "uldin", "aldyn", "iddin", "eldeen", "uddeen"];
const ULLAH: [&str; 7] = ["oullah", "ollah", "allah", "ullah", "ulla", "olla", "oulla"];

/// What follows `abd-`, without the article in any of its forms; None where there is no `abd-`.
fn after_abd(form: &str) -> Option<&str> {
    let rest = form.strip_prefix("abd").or_else(|| form.strip_prefix("bd").filter(|r| r.starts_with('l') && r.len() > 3))?;
    let stem = rest.trim_start_matches(['a', 'e', 'i', 'o', 'u']);
    let after = stem.as_bytes();
    let assimilated = after.len() > 3 && (after[0] == b'l' && after[1] != b'a' || after[0] == after[1]);
    let bare = rest.len() == stem.len() && after.first() != Some(&b'l');
    Some(if bare {
        rest
    } else if assimilated {
        &stem[1..]
    } else {
        stem
    })
}

/// Writes the first of `tails` that ends `form`, with at least `before` letters before it, the canonical way.
fn unify_tail(form: &mut String, tails: &[&str], canonical: &str, before: usize) {
    if let Some(tail) = tails.iter().find(|tail| form.len() >= tail.len() + before && form.ends_with(**tail)) {
        form.truncate(form.len() - tail.len());
        form.push_str(canonical);
    }
}
