//! HTML to the text people see, with a way back from each place of the text to the place in the source.
//!
//! Not a parser of documents: it never fails, whatever the bytes. Scripts, styles, comments and attributes are left out; tags that
//! begin a new block become a blank line, so that no name reaches across; character references become the character.

use std::borrow::Cow;

/// A text, and where its characters come from.
pub struct Seen<'a> {
    pub text: Cow<'a, str>,
    pieces: Vec<Piece>,
}

/// A stretch of the text: verbatim out of the source, or standing for `source_chars` characters there.
struct Piece {
    text_byte: u32,
    source_char: u32,
    /// 0 for verbatim.
    source_chars: u32,
}

impl Seen<'_> {
    /// A source that is its own text.
    pub fn plain(source: &str) -> Seen<'_> {
        Seen { text: Cow::Borrowed(source), pieces: vec![Piece { text_byte: 0, source_char: 0, source_chars: 0 }] }
    }

    /// The blocks of the text, each with its characters in the source: what blank lines part.
    pub fn blocks(&self) -> Vec<(usize, usize, &str)> {
        let ranges: Vec<(usize, usize)> = self.block_ranges();
        let texts = ranges.iter().map(|&(from, to)| &self.text[from..to]);
        self.places(&ranges).into_iter().zip(texts).map(|((start, end), text)| (start, end, text)).collect()
    }

    fn block_ranges(&self) -> Vec<(usize, usize)> {
        let mut out = Vec::new();
        let mut from = 0;
        while from < self.text.len() {
            let to = blank_line(&self.text, from);
            let block = &self.text[from..to];
            let inside = block.trim();
            if !inside.is_empty() {
                let start = from + (block.len() - block.trim_start().len());
                out.push((start, start + inside.len()));
            }
            from = to + 1;
        }
        out
    }

    /// From byte ranges of the text, in ascending order of their beginnings, to ranges of characters in the source.
    pub fn places(&self, ranges: &[(usize, usize)]) -> Vec<(usize, usize)> {
        let mut at = Walk { seen: self, piece: 0, byte: 0, chars: 0 };
        ranges
            .iter()
            .map(|&(from, to)| {
                let start = at.source_char(from);
                let mut ahead = Walk { ..at };
                (start, ahead.end_char(to))
            })
            .collect()
    }
}

/// The next line feed from `from` on that has only blanks before another one.
fn blank_line(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(found) = memchr::memchr(b'\n', &bytes[at..]) {
        let line = at + found;
        let blanks = bytes[line + 1..].iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
        if bytes.get(line + 1 + blanks) == Some(&b'\n') {
            return line;
        }
        at = line + 1;
    }
    text.len()
}

/// Walks forward through a text, counting the characters of the piece it is in.
struct Walk<'a> {
    seen: &'a Seen<'a>,
    piece: usize,
    byte: usize,
    chars: usize,
}

impl Walk<'_> {
    fn go(&mut self, byte: usize) {
        let pieces = &self.seen.pieces;
        while self.piece + 1 < pieces.len() && pieces[self.piece + 1].text_byte as usize <= byte {
            self.piece += 1;
            (self.byte, self.chars) = (pieces[self.piece].text_byte as usize, 0);
        }
        if self.byte < pieces[self.piece].text_byte as usize {
            self.byte = pieces[self.piece].text_byte as usize;
        }
        self.chars += count_chars(&self.seen.text.as_bytes()[self.byte..byte]);
        self.byte = byte;
    }

    fn source_char(&mut self, byte: usize) -> usize {
        self.go(byte);
        let piece = &self.seen.pieces[self.piece];
        piece.source_char as usize + if piece.source_chars == 0 { self.chars } else { 0 }
    }

    /// The end of what stands right before `byte`.
    fn end_char(&mut self, byte: usize) -> usize {
        let mut last = byte - 1;
        while !self.seen.text.is_char_boundary(last) {
            last -= 1;
        }
        self.go(last);
        let piece = &self.seen.pieces[self.piece];
        piece.source_char as usize + if piece.source_chars == 0 { self.chars + 1 } else { piece.source_chars as usize }
    }
}

fn count_chars(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&b| b & 0xc0 != 0x80).count()
}

/// Reads HTML.
pub fn html(source: &str) -> Seen<'static> {
    let mut reader = Reader { source, at: 0, chars: 0, text: String::with_capacity(source.len() / 2), pieces: Vec::new() };
    reader.whole();
    if reader.pieces.is_empty() {
        reader.pieces.push(Piece { text_byte: 0, source_char: 0, source_chars: 0 });
    }
    Seen { text: Cow::Owned(reader.text), pieces: reader.pieces }
}

struct Reader<'a> {
    source: &'a str,
    at: usize,
    /// Characters before `at`.
    chars: usize,
    text: String,
    pieces: Vec<Piece>,
}

impl Reader<'_> {
    fn whole(&mut self) {
        while self.at < self.source.len() {
            let rest = &self.source[self.at..];
            let stop = rest.find(['<', '&']).unwrap_or(rest.len());
            if stop > 0 {
                self.verbatim(stop);
                continue;
            }
            let used = if rest.starts_with('&') { self.reference(rest) } else { self.markup(rest) };
            if used == 0 {
                self.verbatim(1);
            }
        }
    }

    fn verbatim(&mut self, bytes: usize) {
        self.pieces.push(Piece { text_byte: self.text.len() as u32, source_char: self.chars as u32, source_chars: 0 });
        self.text.push_str(&self.source[self.at..self.at + bytes]);
        self.pass(bytes);
    }

    fn pass(&mut self, bytes: usize) {
        self.chars += count_chars(&self.source.as_bytes()[self.at..self.at + bytes]);
        self.at += bytes;
    }

    /// Puts in something else for the next bytes of the source.
    fn stand_in(&mut self, text: &str, bytes: usize) {
        let source_chars = count_chars(&self.source.as_bytes()[self.at..self.at + bytes]) as u32;
        if !text.is_empty() {
            self.pieces.push(Piece { text_byte: self.text.len() as u32, source_char: self.chars as u32, source_chars });
            self.text.push_str(text);
        }
        self.pass(bytes);
    }

    /// A character reference; 0 where it is none.
    fn reference(&mut self, rest: &str) -> usize {
        let longest = rest.bytes().take(34).position(|b| b == b';');
        let Some(c) = longest.and_then(|end| character(&rest[1..end])) else { return 0 };
        let used = longest.expect("just found") + 1;
        self.stand_in(c.encode_utf8(&mut [0; 4]), used);
        used
    }

    /// A tag, a comment, or an element that holds no text; 0 where it is none.
    fn markup(&mut self, rest: &str) -> usize {
        let used = if rest.starts_with("<!--") {
            rest.find("-->").map_or(rest.len(), |end| end + 3)
        } else {
            let name = tag_name(rest);
            if name.is_empty() && !rest.starts_with("<!") && !rest.starts_with("<?") && !rest.starts_with("</") {
                return 0;
            }
            let end = tag_end(rest);
            if SILENT.contains(&name.as_str()) { end + silent_end(&rest[end..], &name) } else { end }
        };
        let is_inline = INLINE.contains(&tag_name(rest).trim_start_matches('/'));
        self.stand_in(if is_inline || rest.starts_with("<!--") { "" } else { "\n\n" }, used);
        used
    }
}

const SILENT: [&str; 6] = ["script", "style", "noscript", "template", "svg", "iframe"];
#[rustfmt::skip] // a table of words
const INLINE: [&str; 27] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "dfn", "em", "font", "i", "ins", "kbd", "mark", "q", "ruby", "s", "small", "span", "strong",
    "sub", "sup", "tt", "u", "var", "wbr",
];

/// The name of a tag in small letters, with its slash; empty where it is no tag.
fn tag_name(rest: &str) -> String {
    let inside = &rest.as_bytes()[1..];
    let slash = usize::from(inside.first() == Some(&b'/'));
    let letters = inside[slash..].iter().take(24).take_while(|b| b.is_ascii_alphanumeric()).count();
    if !inside.get(slash).is_some_and(u8::is_ascii_alphabetic) {
        return String::new();
    }
    String::from_utf8_lossy(&inside[..slash + letters]).to_ascii_lowercase()
}

/// Where a tag ends: behind the first `>` outside of quotes.
fn tag_end(rest: &str) -> usize {
    let mut quote = None;
    let mut value = false;
    for (i, &b) in rest.as_bytes().iter().enumerate() {
        match (quote, b) {
            (Some(q), _) if b == q => quote = None,
            (Some(_), _) => {}
            (None, b'>') => return i + 1,
            (None, b'"' | b'\'') if value => quote = Some(b),
            _ => {}
        }
        value = b == b'=' || value && b.is_ascii_whitespace();
    }
    // Quotes that never close: the tag ends at the first bracket after all.
    rest.find('>').map_or(rest.len(), |end| end + 1)
}

/// Where the element ends that begins right before `rest`.
fn silent_end(rest: &str, name: &str) -> usize {
    let close = format!("</{name}");
    let bytes = rest.as_bytes();
    let mut at = 0;
    while let Some(found) = rest[at..].find("</") {
        at += found;
        if bytes.len() >= at + close.len() && bytes[at..at + close.len()].eq_ignore_ascii_case(close.as_bytes()) {
            return at + tag_end(&rest[at..]);
        }
        at += 2;
    }
    rest.len()
}

/// The character a reference names: `#233`, `#xe9`, `eacute`.
fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| *c != '\0');
    }
    let at = NAMES.binary_search_by(|entry| entry.0.cmp(name)).ok()?;
    Some(NAMES[at].1)
}

include!("entities.rs");

#[cfg(test)]
mod tests {
    use super::*;

    fn slices(source: &str, words: &[&str]) -> Vec<String> {
        let seen = html(source);
        let mut ranges: Vec<(usize, usize)> = words.iter().map(|w| seen.text.find(w).map(|at| (at, at + w.len())).expect(w)).collect();
        ranges.sort_unstable();
        let chars: Vec<char> = source.chars().collect();
        seen.places(&ranges).into_iter().map(|(from, to)| chars[from..to].iter().collect()).collect()
    }

    #[test]
    fn places_lead_back_to_the_source() {
        let page = "<p title='a>b'>Zoé &amp; <b>El</b>&#8209;Kh&aacute;zani</p><script>Ali</script>é&eacute;<!-- x -->nd";
        assert_eq!(slices(page, &["Zoé", "El\u{2011}Kházani", "éénd"]), ["Zoé", "El</b>&#8209;Kh&aacute;zani", "é&eacute;<!-- x -->nd"]);
        assert!(!html(page).text.contains("Ali"));
    }

    #[test]
    fn whatever_comes_is_read() {
        for source in ["", "<", "&", "<a href=\"", "<script>", "&#0;&#99999999;&nosuch;", "a < b > c", "</", "<!--", "<b", "é<é>", "&#x110000;"] {
            let seen = html(source);
            let whole = (0, seen.text.len());
            if whole.1 > 0 {
                let (from, to) = seen.places(&[whole])[0];
                assert!(from < to && to <= source.chars().count(), "{source}");
            }
        }
    }
}
