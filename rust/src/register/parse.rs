//! One line of the native format to what comparison needs. Text is borrowed where it can be.

use serde::Deserialize;
use std::borrow::Cow;

pub const MAX_LINE_BYTES: usize = 1 << 20;
const MAX_VALUES: usize = 1000;
const MAX_TEXT_CHARS: usize = 1000;

type Text<'a> = Cow<'a, str>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row<'a> {
    #[serde(borrow)]
    pub id: Text<'a>,
    #[serde(borrow, default)]
    pub names: Vec<Text<'a>>,
    #[serde(borrow, default)]
    pub weak_names: Vec<Text<'a>>,
    #[serde(borrow, default)]
    pub birth_dates: Vec<Text<'a>>,
    #[serde(borrow, default)]
    pub birth_places: Vec<Text<'a>>,
    #[serde(borrow, default)]
    pub nationalities: Vec<Text<'a>>,
    #[serde(borrow, default)]
    pub identifiers: Vec<Identifier<'a>>,
    #[serde(borrow, default)]
    pub gender: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub addresses: Vec<Address<'a>>,
    #[serde(borrow, default)]
    pub phones: Vec<Text<'a>>,
    #[serde(borrow, default)]
    pub emails: Vec<Text<'a>>,
    #[serde(default, rename = "custody")]
    _custody: serde::de::IgnoredAny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identifier<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Text<'a>,
    #[serde(borrow, default)]
    pub country: Option<Text<'a>>,
    #[serde(borrow)]
    pub number: Text<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address<'a> {
    #[serde(borrow, default)]
    pub street: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub city: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub postcode: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub country: Option<Text<'a>>,
}

/// Reads and checks a line; the error says which field is wrong, never what it holds.
pub fn parse(line: &[u8]) -> Result<Row<'_>, &'static str> {
    if line.len() > MAX_LINE_BYTES {
        return Err("line is longer than 1048576 bytes");
    }
    let text = std::str::from_utf8(line).map_err(|_| "line is not UTF-8")?;
    let row: Row = serde_json::from_str(text).map_err(|e| match e.classify() {
        serde_json::error::Category::Data => "a field is unknown, missing or of the wrong type",
        _ => "line is not a JSON object",
    })?;
    check(&row).map(|()| row)
}

fn check(row: &Row) -> Result<(), &'static str> {
    if blank(&row.id) || too_long(&row.id) {
        return Err("record has no usable id");
    }
    if row.names.iter().all(|n| blank(n)) {
        return Err("record has no name");
    }
    let lists = [&row.names, &row.weak_names, &row.birth_dates, &row.birth_places, &row.nationalities, &row.phones, &row.emails];
    if lists.iter().any(|l| l.len() > MAX_VALUES) || row.identifiers.len() > MAX_VALUES || row.addresses.len() > MAX_VALUES {
        return Err("a field holds more than 1000 values");
    }
    if lists.iter().any(|l| l.iter().any(|t| too_long(t))) {
        return Err("a field holds a value of more than 1000 characters");
    }
    if row.nationalities.iter().any(|c| !is_country(c)) {
        return Err("country is not an ISO 3166-1 alpha-2 code in lower case");
    }
    match row.gender.as_deref() {
        None | Some("f" | "m" | "x") => Ok(()),
        Some(_) => Err("gender is none of f, m, x"),
    }
}

pub fn blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c.is_control() || is_unseen(c))
}

/// Characters that join, part or turn others and show nothing themselves: texts made of them are as good as empty.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn too_long(text: &str) -> bool {
    text.len() > MAX_TEXT_CHARS && text.chars().count() > MAX_TEXT_CHARS
}

fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase())
}
