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
    /// What was taken for unknown because it cannot be read; the birth dates still stand in the row.
    #[serde(skip)]
    pub dropped: Dropped,
}

const FIELDS: [&str; 12] = [
    "id", "names", "weak_names", "birth_dates", "birth_places", "nationalities", "identifiers", "gender", "addresses", "phones", "emails", "custody",
];

/// How many values of a record are taken for unknown, by what they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    pub dates: usize,
    pub countries: usize,
    pub genders: usize,
    pub fields: usize,
}

impl Dropped {
    pub fn is_empty(&self) -> bool {
        *self == Dropped::default()
    }

    /// Each sort with its number, those that are there.
    pub fn each(&self) -> impl Iterator<Item = (&'static str, usize)> {
        [("birth date", self.dates), ("country", self.countries), ("gender", self.genders), ("field", self.fields)]
            .into_iter()
            .filter(|(_, count)| *count > 0)
    }
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
///
/// What only says less where it cannot be read (a country, a gender, a field nobody knows) is dropped and counted; the person stays.
pub fn parse(line: &[u8]) -> Result<Row<'_>, &'static str> {
    if line.len() > MAX_LINE_BYTES {
        return Err("line is longer than 1048576 bytes");
    }
    let text = std::str::from_utf8(line).map_err(|_| "line is not UTF-8")?;
    let mut row: Row = match serde_json::from_str(text) {
        Ok(row) => row,
        Err(e) if e.classify() == serde_json::error::Category::Data => known_fields(text)?,
        Err(_) => return Err("line is not a JSON object"),
    };
    check(&row)?;
    settle(&mut row);
    Ok(row)
}

/// Reads a line that is no row as it stands: without its unknown fields, and with `null` for a field that is not there.
fn known_fields(text: &str) -> Result<Row<'static>, &'static str> {
    const WRONG: &str = "a field is missing or of the wrong type";
    let mut fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).map_err(|_| "line is not a JSON object")?;
    fields.retain(|_, value| !value.is_null());
    let given = fields.len();
    fields.retain(|name, _| FIELDS.contains(&name.as_str()));
    let dropped = given - fields.len();
    let mut row = Row::deserialize(serde_json::Value::Object(fields)).map_err(|_| WRONG)?;
    row.dropped.fields = dropped;
    Ok(row)
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
    Ok(())
}

/// Brings countries and gender into the writing of the format, and takes for unknown what is none.
fn settle(row: &mut Row) {
    let (mut countries, mut genders) = (0, 0);
    let mut kept = |code: &mut Text| {
        let known = as_country(code);
        countries += usize::from(!known && !blank(code));
        known
    };
    row.nationalities.retain_mut(&mut kept);
    for country in row.identifiers.iter_mut().map(|each| &mut each.country).chain(row.addresses.iter_mut().map(|each| &mut each.country)) {
        if country.as_mut().is_some_and(|code| !kept(code)) {
            *country = None;
        }
    }
    if let Some(written) = row.gender.take() {
        row.gender = as_gender(&written).map(Text::Borrowed);
        genders = usize::from(row.gender.is_none() && !blank(&written));
    }
    (row.dropped.countries, row.dropped.genders) = (countries, genders);
}

/// Folds a country code to lower case; whether it is one.
fn as_country(code: &mut Text) -> bool {
    if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_alphabetic()) {
        return false;
    }
    if code.bytes().any(|b| b.is_ascii_uppercase()) {
        code.to_mut().make_ascii_lowercase();
    }
    true
}

fn as_gender(written: &str) -> Option<&'static str> {
    const WORDS: [(&str, &str); 5] = [("f", "f"), ("m", "m"), ("x", "x"), ("female", "f"), ("male", "m")];
    let written = written.trim();
    WORDS.iter().find(|(word, _)| written.eq_ignore_ascii_case(word)).map(|(_, code)| *code)
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
