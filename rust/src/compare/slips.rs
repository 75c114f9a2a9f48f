//! Letters in which two writings differ: typing errors of names that stand alone.

/// More slips than this are not counted: the writings are two names.
pub const MOST_SLIPS: usize = 4;
/// Letters from which two slips are still called nearly the same: where the first letter agrees, and where it does not. One slip
/// is from `ONE_SLIP` on.
const TWO_SLIPS: usize = 5;
const TWO_SLIPS_FIRST: usize = 7;
const ONE_SLIP: usize = 3;
/// Writings further apart are not nearly the same.
pub const MOST_NEARLY: u32 = 2;
const MANY_SLIPS: usize = 3;
const MAX_LEN: usize = 24;

/// Letters put in, left out, changed or exchanged with their neighbour (optimal string alignment), at most `MOST_SLIPS`.
pub fn slips(x: &[u8], y: &[u8]) -> usize {
    let (x, y) = (&x[..x.len().min(MAX_LEN)], &y[..y.len().min(MAX_LEN)]);
    if x.len().abs_diff(y.len()) >= MOST_SLIPS {
        return MOST_SLIPS;
    }
    let mut rows = [[0u8; MAX_LEN + 1]; 3];
    rows[0].iter_mut().enumerate().for_each(|(j, cell)| *cell = j as u8);
    for i in 1..=x.len() {
        let (now, before, before2) = (i % 3, (i + 2) % 3, (i + 1) % 3);
        rows[now][0] = i as u8;
        for j in 1..=y.len() {
            let changed = rows[before][j - 1] + u8::from(x[i - 1] != y[j - 1]);
            let mut least = changed.min(rows[before][j] + 1).min(rows[now][j - 1] + 1);
            if i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1] {
                least = least.min(rows[before2][j - 2] + 1);
            }
            rows[now][j] = least;
        }
    }
    usize::from(rows[x.len() % 3][y.len()]).min(MOST_SLIPS)
}

/// How many slips apart two parts are, if so few, for their length, that one may be the other mistyped. Where people mistype,
/// they seldom mistype the first letter.
pub fn nearly(x: &[u8], y: &[u8]) -> Option<usize> {
    let length = x.len().min(y.len());
    let allowed = match x[..1] == y[..1] {
        _ if length < ONE_SLIP => 0,
        true if length >= TWO_SLIPS => 2,
        false if length >= TWO_SLIPS_FIRST => 2,
        _ => 1,
    };
    Some(slips(x, y)).filter(|found| *found <= allowed)
}

/// Whether so many letters differ, as `slips` found, that two parts only sound alike.
pub fn unlike(slips: usize, x: &[u8], y: &[u8]) -> bool {
    slips >= MANY_SLIPS && 3 * slips > x.len().max(y.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted_up_to_the_most() {
        let of = |x: &str, y: &str| slips(x.as_bytes(), y.as_bytes());
        assert_eq!(of("abdul", "abdul"), 0);
        assert_eq!(of("abdul", "adbul"), 1);
        assert_eq!(of("choe", "chooe"), 1);
        assert_eq!(of("kitten", "sitting"), 3);
        assert_eq!(of("a", "bcdefgh"), MOST_SLIPS);
        assert_eq!(of("", ""), 0);
    }

    #[test]
    fn short_parts_are_nearly_the_same_with_one_slip_only() {
        let of = |x: &str, y: &str| nearly(x.as_bytes(), y.as_bytes());
        assert_eq!((of("jon", "john"), of("jo", "joe"), of("juan", "joel"), of("sonja", "tanja")), (Some(1), None, None, None));
        assert_eq!((of("jonas", "jenos"), of("shevchenko", "chevchenka")), (Some(2), Some(2)));
        let sounds_alike_only = |x: &str, y: &str| unlike(slips(x.as_bytes(), y.as_bytes()), x.as_bytes(), y.as_bytes());
        assert!(sounds_alike_only("hassan", "hussein") && !sounds_alike_only("mohammed", "muhammad"));
    }
}
