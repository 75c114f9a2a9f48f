//! Which writing system a name part is in, as far as comparison cares.

/// Writing systems that need a channel of their own. The numbers are part of the parameter file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(u8)]
pub enum Script {
    Latin = 0,
    Cyrillic = 1,
    Greek = 2,
    Caucasian = 3,
    Arabic = 4,
    Hebrew = 5,
    Indic = 6,
    Han = 7,
    Kana = 8,
    Hangul = 9,
    Other = 10,
}

pub const SCRIPTS: usize = 11;

pub const SCRIPT_NAMES: [&str; SCRIPTS] = ["latin", "cyrillic", "greek", "caucasian", "arabic", "hebrew", "indic", "han", "kana", "hangul", "other"];

impl Script {
    /// The script of one letter; digits and ASCII count as Latin.
    pub fn of(c: char) -> Script {
        match c as u32 {
            0..=0x024F | 0x0250..=0x02AF | 0x1E00..=0x1EFF | 0x2C60..=0x2C7F | 0xA720..=0xA7FF => Script::Latin,
            0x0370..=0x03FF | 0x1F00..=0x1FFF => Script::Greek,
            0x0400..=0x052F | 0x1C80..=0x1C8F | 0x2DE0..=0x2DFF | 0xA640..=0xA69F => Script::Cyrillic,
            0x0530..=0x058F | 0x10A0..=0x10FF | 0x1C90..=0x1CBF | 0x2D00..=0x2D2F => Script::Caucasian,
            0x0590..=0x05FF | 0xFB1D..=0xFB4F => Script::Hebrew,
            0x0600..=0x06FF | 0x0750..=0x077F | 0x08A0..=0x08FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFF => Script::Arabic,
            0x0900..=0x0DFF => Script::Indic,
            0x3040..=0x30FF | 0x31F0..=0x31FF | 0xFF66..=0xFF9F => Script::Kana,
            0x3005 | 0x3007 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF => Script::Han,
            0x1100..=0x11FF | 0x3130..=0x318F | 0xA960..=0xA97F | 0xAC00..=0xD7FF => Script::Hangul,
            _ => Script::Other,
        }
    }

    #[rustfmt::skip] // a table of words or letters
    pub fn from_index(index: u8) -> Script {
        const ALL: [Script; SCRIPTS] = [
            Script::Latin, Script::Cyrillic, Script::Greek, Script::Caucasian, Script::Arabic, Script::Hebrew,
            Script::Indic, Script::Han, Script::Kana, Script::Hangul, Script::Other,
        ];
        ALL[(index as usize).min(SCRIPTS - 1)]
    }

    /// Scripts written without blanks between the parts of a name.
    pub fn is_unspaced(self) -> bool {
        matches!(self, Script::Han | Script::Hangul)
    }

    /// Scripts of which a sign is a syllable or a word, and is read in several ways.
    pub fn is_syllabic(self) -> bool {
        matches!(self, Script::Han | Script::Hangul | Script::Kana)
    }
}
