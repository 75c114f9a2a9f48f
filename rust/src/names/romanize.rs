//! One letter string in any script to lower-case ASCII letters.
//!
//! Says nothing about how a name is usually spelled in Latin letters; that is what the channels of `compare::channel` know.
//! ISC-licensed tables of the `any_ascii` crate serve for every script; the scripts below differ on purpose: there vowels or
//! consonants that names depend on would be lost.

use any_ascii::any_ascii_char;

/// Appends the romanized letters of `c`; anything that is no letter or digit adds nothing.
pub fn push_romanized(c: char, out: &mut String) {
    if c.is_ascii_alphanumeric() {
        out.push(c.to_ascii_lowercase());
        return;
    }
    if let Some(text) = own_table(c) {
        out.push_str(text);
        return;
    }
    for b in any_ascii_char(c).bytes() {
        if b.is_ascii_alphanumeric() {
            out.push(b.to_ascii_lowercase() as char);
        }
    }
}

#[rustfmt::skip] // a table of words or letters
fn own_table(c: char) -> Option<&'static str> {
    Some(match c {
        // Latin letters whose usual reading differs from their shape.
        'ß' => "ss", 'þ' => "th", 'ð' | 'đ' => "d", 'ı' => "i", 'ə' => "a", 'æ' => "ae", 'œ' => "oe", 'ø' => "o",
        // Arabic, Persian, Urdu, Pashto: long vowels stay vowels, ayn and hamza vanish.
        'ا' | 'أ' | 'إ' | 'آ' | 'ٱ' | 'ى' | 'ة' => "a",
        'ء' | 'ع' | 'ـ' => "",
        'ؤ' => "u", 'ئ' => "i", 'و' => "w", 'ي' | 'ی' | 'ې' | 'ۍ' | 'ے' => "y",
        'ب' => "b", 'پ' => "p", 'ت' | 'ط' | 'ٹ' | 'ټ' => "t", 'ث' => "th", 'ج' => "j", 'چ' => "ch", 'ح' | 'ه' | 'ہ' | 'ھ' => "h",
        'خ' => "kh", 'د' | 'ض' | 'ڈ' | 'ډ' => "d", 'ذ' => "dh", 'ر' | 'ڑ' | 'ړ' => "r", 'ز' | 'ظ' => "z", 'ژ' => "zh",
        'س' | 'ص' => "s", 'ش' => "sh", 'ښ' => "sh", 'غ' => "gh", 'ف' => "f", 'ق' => "q", 'ک' | 'ك' => "k", 'گ' | 'ګ' => "g",
        'ل' => "l", 'م' => "m", 'ن' | 'ں' | 'ڼ' => "n",
        // Hebrew: mothers of reading stay visible.
        'א' | 'ע' => "a", 'ב' => "b", 'ו' => "v", 'י' => "y", 'כ' | 'ך' => "k", 'פ' | 'ף' => "p", 'ח' => "h", 'ק' => "k",
        'ט' | 'ת' => "t", 'צ' | 'ץ' => "ts", 'ש' => "sh", 'ס' => "s",
        // Greek digraph letters are handled by the folding; single letters as usually passported (ELOT 743).
        'χ' => "ch", 'ξ' => "x", 'ψ' => "ps", 'η' => "i", 'υ' => "y", 'β' => "v", 'ω' => "o",
        _ => return None,
    })
}

/// Combining signs that carry a vowel or virama and must not be dropped with the accents.
pub fn is_vowel_sign(c: char) -> bool {
    matches!(c as u32, 0x0900..=0x0DFF | 0x0E30..=0x0E4E | 0x0EB0..=0x0EBC | 0x1000..=0x109F | 0x1780..=0x17D3)
}
