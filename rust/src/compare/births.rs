//! The comparison of birth dates: the best level over the dates both records give.

use super::features::Feature;
use crate::register::dates::BirthDate;

/// Levels from strongest to weakest; the first that any two dates reach counts.
#[rustfmt::skip] // a table of words or letters
const ORDER: [Feature; 10] = [
    Feature::BirthDay, Feature::BirthMonth, Feature::BirthSwapped, Feature::BirthNewYear, Feature::BirthTwoOfThree, Feature::BirthYear,
    Feature::BirthNear, Feature::BirthYearOnly, Feature::BirthFar, Feature::BirthConflict,
];

/// The level two records reach, or None when either gives no date.
pub fn level(a: &[BirthDate], b: &[BirthDate]) -> Option<Feature> {
    let rank = |f: Feature| ORDER.iter().position(|&o| o == f).expect("listed");
    a.iter().flat_map(|x| b.iter().map(move |y| pair(x, y))).min_by_key(|&f| rank(f))
}

fn pair(a: &BirthDate, b: &BirthDate) -> Feature {
    let (first, last) = (a.year.max(b.year), a.last_year.min(b.last_year));
    if first > last {
        return apart(a, b, first - last);
    }
    if a.last_year != a.year || b.last_year != b.year {
        return Feature::BirthNear;
    }
    match (a.is_full(), b.is_full()) {
        (true, true) if (a.month, a.day) == (b.month, b.day) => {
            if a.is_placeholder() {
                Feature::BirthNewYear
            } else {
                Feature::BirthDay
            }
        }
        (true, true) if (a.month, a.day) == (b.day, b.month) => Feature::BirthSwapped,
        (true, true) if a.is_placeholder() || b.is_placeholder() => Feature::BirthYear,
        (true, true) if a.month == b.month || a.day == b.day => Feature::BirthTwoOfThree,
        (true, true) => Feature::BirthYearOnly,
        _ if a.month != 0 && b.month != 0 => {
            if a.month == b.month {
                Feature::BirthMonth
            } else {
                Feature::BirthYearOnly
            }
        }
        _ => Feature::BirthYear,
    }
}

/// Two dates whose years differ by `years`.
fn apart(a: &BirthDate, b: &BirthDate, years: u16) -> Feature {
    let same_day = a.is_full() && b.is_full() && (a.month, a.day) == (b.month, b.day) && !a.is_placeholder();
    let partial = !a.is_full() || !b.is_full() || a.is_placeholder() || b.is_placeholder();
    if same_day && (years <= 1 || years == 10 || digits_apart(a.year, b.year) <= 1) {
        Feature::BirthTwoOfThree
    } else if years <= 1 && partial || (a.about || b.about) && years <= 3 {
        Feature::BirthNear
    } else if years <= 3 {
        Feature::BirthFar
    } else {
        Feature::BirthConflict
    }
}

fn digits_apart(a: u16, b: u16) -> usize {
    let (a, b) = (format!("{a:04}"), format!("{b:04}"));
    let differing: Vec<_> = a.bytes().zip(b.bytes()).filter(|(x, y)| x != y).collect();
    // 1968 written as 1986 is one slip too.
    if let [(x1, y1), (x2, y2)] = differing[..] { if x1 == y2 && x2 == y1 { 1 } else { 2 } } else { differing.len() }
}
