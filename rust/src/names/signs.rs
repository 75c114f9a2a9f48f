//! How else a name in Han characters may be read: in Taiwan, in Hong Kong, in Korean, in Japanese.
//!
//! `romanize` reads every character in Mandarin, by Pinyin. Which language a name is in, its characters rarely say: one that begins
//! with a surname of several languages is read in each of them, and whoever compares takes the reading that fits best. Part of the
//! match-key specification (spec/match-keys-v1.md, section 2.7): a change here is a new version of the keys.

use super::Part;
use super::romanize::push_romanized;
use super::script::Script;
use super::sign_tables::{Map, Readings, TABLES, Tables};
use super::token::Token;

/// Letters of a Chinese or Korean name.
const CHINESE_LETTERS: std::ops::RangeInclusive<usize> = 2..=4;
/// The longest Japanese surname and given name.
const LONGEST_SURNAME: usize = 5;
const LONGEST_GIVEN: usize = 3;
/// Readings of a Japanese given name that are kept on the way to its end, and in the end.
const MOST_BEGINNINGS: usize = 8;
const MOST_GIVEN: usize = 4;
/// Readings of a surname that is not listed, and of a whole name.
const MOST_SURNAMES: usize = 2;
const MOST_JAPANESE: usize = 6;
const REPEATED: char = '々';

/// The further readings of a name, in their order, as they are before titles and particles are dropped.
pub fn further(tokens: &[Token]) -> Vec<Vec<Part>> {
    let Some(&surname) = tokens.first().and_then(|token| token.han().first()) else { return Vec::new() };
    let t = &*TABLES;
    let (mut out, surname_letters) = japanese(tokens, t);
    let letters: usize = tokens.iter().map(|token| token.han().len()).sum();
    if surname_letters > 1 || !CHINESE_LETTERS.contains(&letters) {
        return out;
    }
    if t.chinese_surnames.contains(&surname) {
        out.push(sign_by_sign(tokens, |token, k, _| Some(token.part(k, k + 1))));
        out.push(sign_by_sign(tokens, |token, k, _| Some(taiwanese(token.part(k, k + 1), t))));
        out.push(sign_by_sign(tokens, |token, k, is_surname| cantonese(token.han()[k], is_surname, t)));
    }
    if t.korean_surnames.contains(&surname) {
        out.push(sign_by_sign(tokens, |token, k, is_surname| korean(token.han()[k], is_surname, t)));
    }
    out
}

/// Every character as a part of its own; none where one cannot be read so. Other tokens stay as they are.
fn sign_by_sign(tokens: &[Token], read: impl Fn(&Token, usize, bool) -> Option<Part>) -> Vec<Part> {
    let parts = tokens.iter().enumerate().flat_map(|(n, token)| {
        let signs: Vec<Option<Part>> = if token.han().is_empty() {
            vec![Some(token.whole())]
        } else {
            (0..token.han().len()).map(|k| read(token, k, n == 0 && k == 0)).collect()
        };
        signs
    });
    parts.collect::<Option<Vec<Part>>>().unwrap_or_default()
}

fn taiwanese(mandarin: Part, t: &Tables) -> Part {
    match t.wade_giles.get(mandarin.form.as_str()) {
        Some(&form) => Part { form: form.to_string(), ..mandarin },
        None => mandarin,
    }
}

fn cantonese(sign: char, is_surname: bool, t: &Tables) -> Option<Part> {
    let customary = if is_surname { t.cantonese_surnames.get(&sign) } else { None };
    customary.or_else(|| t.cantonese.get(&sign)).map(|&form| Part { form: form.to_string(), script: Script::Han })
}

/// A part as if it were written in Hangul: that is how Koreans write the name now.
fn korean(sign: char, is_surname: bool, t: &Tables) -> Option<Part> {
    t.hanja.get(&sign).map(|&syllable| {
        let mut form = String::with_capacity(6);
        push_romanized(if is_surname { at_the_beginning(syllable) } else { syllable }, &mut form);
        Part { form, script: Script::Hangul }
    })
}

/// A syllable as it sounds at the beginning of a word in the south: without r, and without n before i and y.
fn at_the_beginning(syllable: char) -> char {
    const FIRST: u32 = 0xAC00;
    const FINALS: u32 = 28;
    const VOWELS: u32 = 21;
    const N: u32 = 2;
    const R: u32 = 5;
    const SILENT: u32 = 11;
    let place = syllable as u32 - FIRST;
    let (initial, rest) = (place / (VOWELS * FINALS), place % (VOWELS * FINALS));
    // ya, yae, yeo, ye, yo, yu, i
    let is_soft = matches!(rest / FINALS, 2 | 3 | 6 | 7 | 12 | 17 | 20);
    let initial = match (initial, is_soft) {
        (N | R, true) => SILENT,
        (R, false) => N,
        _ => initial,
    };
    char::from_u32(FIRST + initial * VOWELS * FINALS + rest).expect("a syllable")
}

/// The readings of a name that begins with a Japanese surname, and how many characters the surname has (0: it begins with none).
fn japanese(tokens: &[Token], t: &Tables) -> (Vec<Vec<Part>>, usize) {
    let signs = tokens[0].han();
    let alone = tokens.len() == 1;
    let Some((letters, surnames)) = surname(signs, alone, t) else { return (Vec::new(), 0) };
    let (given, others) = match (&signs[letters..], &tokens[1..]) {
        ([], [next, others @ ..]) if !next.han().is_empty() => (next.han(), others),
        (given, others) => (given, others),
    };
    let given = if given.is_empty() { vec![(0, String::new())] } else { given_names(given, t) };
    let mut read: Vec<(u32, &str, &str)> =
        surnames.iter().flat_map(|(more, surname)| given.iter().map(move |(cost, given)| (cost + more, surname.as_str(), given.as_str()))).collect();
    read.sort_unstable();
    read.truncate(MOST_JAPANESE);
    let name = |(_, surname, given): (u32, &str, &str)| {
        let written = [surname, given].into_iter().filter(|form| !form.is_empty());
        written.map(|form| Part { form: form.to_string(), script: Script::Kana }).chain(others.iter().map(Token::whole)).collect()
    };
    (read.into_iter().map(name).collect(), letters)
}

/// How many of the first characters are a Japanese surname, and its readings with their costs: the longest that is listed, or two characters that
/// surnames are made of, where no Chinese name can be meant.
fn surname(signs: &[char], alone: bool, t: &Tables) -> Option<(usize, Vec<(u32, String)>)> {
    let listed = (1..=signs.len().min(LONGEST_SURNAME)).rev().find_map(|letters| {
        let written: String = signs[..letters].iter().collect();
        let has_given = letters < signs.len() || letters > 1 || !alone;
        t.japanese_surnames.get(written.as_str()).filter(|_| has_given).map(|reading| (letters, vec![(0, reading.to_string())]))
    });
    if listed.as_ref().is_some_and(|(letters, _)| *letters > 1) {
        return listed;
    }
    let is_composed = match signs.len() {
        2 => !alone,
        3 => !t.chinese_surnames.contains(&signs[0]),
        4 | 5 => true,
        _ => false,
    };
    let composed = if is_composed { composed(&signs[..2], &t.family, MOST_SURNAMES) } else { Vec::new() };
    if composed.is_empty() { listed } else { Some((2, composed)) }
}

/// The likeliest readings of a given name; without any where a character of it is in no given name.
fn given_names(signs: &[char], t: &Tables) -> Vec<(u32, String)> {
    match signs.len() {
        1 => composed(signs, &t.given_alone, MOST_GIVEN),
        2..=LONGEST_GIVEN => composed(signs, &t.given, MOST_GIVEN),
        _ => Vec::new(),
    }
}

/// The likeliest readings of characters one after the other, with what they cost together.
fn composed(signs: &[char], table: &Map<char, Readings>, most: usize) -> Vec<(u32, String)> {
    let mut read: Vec<(u32, String)> = vec![(0, String::new())];
    for (k, &sign) in signs.iter().enumerate() {
        let sign = if sign == REPEATED && k > 0 { signs[k - 1] } else { sign };
        let Some(of_sign) = table.get(&sign) else { return Vec::new() };
        read = cheapest(&read, of_sign);
    }
    read.truncate(most);
    read
}

/// The cheapest of the texts with a reading after each, by cost and text, each text once. Those that cost too much are not written.
fn cheapest(before: &[(u32, String)], after: &Readings) -> Vec<(u32, String)> {
    let mut pairs: Vec<(u32, &str, &str)> =
        before.iter().flat_map(|(cost, text)| after.iter().map(move |(form, more)| (cost + more, text.as_str(), *form))).collect();
    pairs.sort_unstable_by_key(|pair| pair.0);
    let mut out: Vec<(u32, String)> = Vec::with_capacity(2 * MOST_BEGINNINGS);
    for (k, &(cost, text, form)) in pairs.iter().enumerate() {
        if out.len() >= MOST_BEGINNINGS && cost > pairs[k - 1].0 {
            break; // all that cost as much as the last have come
        }
        if !out.iter().any(|(_, known)| known.strip_prefix(text).is_some_and(|rest| rest == form)) {
            out.push((cost, [text, form].concat()));
        }
    }
    out.sort_unstable();
    out.truncate(MOST_BEGINNINGS);
    out
}

#[cfg(test)]
mod tests {
    use crate::names::readings;

    fn read(written: &str) -> Vec<String> {
        readings(written).iter().map(|parts| parts.iter().map(|p| p.form.as_str()).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn a_chinese_name_is_read_as_taiwan_and_hong_kong_do() {
        assert_eq!(read("許志雄"), ["xu zhixiong", "xuzhixiong", "xu zhi xiong", "hsu chih hsiung", "hui chi hung", "heo ji ung"]);
        assert_eq!(read("陈 永明"), ["chen yong ming", "chen yongming", "chen yung ming", "chan wing ming"]);
    }

    #[test]
    fn a_japanese_name_is_read_by_its_surname() {
        assert!(["sasaki ken", "sasaki takeshi"].iter().all(|other| read("佐々木 健").contains(&other.to_string())));
        assert!(read("高橋太郎").contains(&"takahashi tarou".to_string()));
    }

    #[test]
    fn korean_surnames_lose_what_does_not_begin_a_word() {
        assert!(read("柳 寅泰").contains(&"yu in tae".to_string()), "{:?}", read("柳 寅泰"));
        assert!(read("盧武鉉").contains(&"no mu hyeon".to_string()), "{:?}", read("盧武鉉"));
    }

    #[test]
    fn others_have_no_further_reading() {
        for name in ["约翰·史密斯", "Marek Zorvek", "サトウ タロウ", "김대중"] {
            assert!(read(name).len() <= 3, "{name}: {:?}", read(name));
        }
    }
}
