//! How a name part changes between two writings, as a memoryless edit channel in bits.
//!
//! For two romanized parts x and y the channel gives -log2 P(y | x), the best alignment's cost. One channel for each script that
//! x can come from, learned by expectation maximization from pairs of writings (Ristad and Yianilos, 1998).

use crate::names::{SCRIPTS, Script};
use crate::register::parts::Outline;

pub const LETTERS: usize = 27;
const GAP: usize = LETTERS;
/// A transposition of neighbours, in bits; typing errors are not in the transliteration pairs the channels learn from.
const TRANSPOSED: f32 = 7.0;
/// More than sums of the same costs in another order differ by, in bits.
const ROUNDING: f32 = 0.01;
/// Longest part the channel looks at; the rest is ignored.
pub const MAX_LEN: usize = 24;

/// Costs in bits: `cost[a][b]` letter a written as b, `cost[a][27]` a left out, `cost[27][b]` b put in.
#[derive(Clone)]
pub struct Channel {
    cost: [[f32; LETTERS + 1]; LETTERS + 1],
    /// The cheapest way to lose a letter, and to gain one: a bound that costs nothing to compute.
    least_lost: [f32; LETTERS],
    least_gained: [f32; LETTERS],
}

pub fn letter(byte: u8) -> usize {
    if byte.is_ascii_lowercase() { (byte - b'a') as usize } else { LETTERS - 1 }
}

/// The set of letters of a part, one bit each.
pub fn letters(part: &[u8]) -> u32 {
    part.iter().take(MAX_LEN).fold(0, |mask, &b| mask | 1 << letter(b))
}

impl Channel {
    /// Typing errors only: what is used for a script no channel was learned for.
    pub fn plain() -> Channel {
        let mut cost = [[9.5; LETTERS + 1]; LETTERS + 1];
        for (a, row) in cost.iter_mut().enumerate().take(LETTERS) {
            row[a] = 0.1;
            row[GAP] = 6.5;
        }
        Channel::new(cost)
    }

    fn new(cost: [[f32; LETTERS + 1]; LETTERS + 1]) -> Channel {
        let least = |others: &mut dyn Iterator<Item = (usize, f32)>, letter: usize| {
            others.filter(|(other, _)| *other != letter).map(|(_, bits)| bits).fold(f32::INFINITY, f32::min)
        };
        let least_lost = std::array::from_fn(|a| least(&mut cost[a].iter().copied().enumerate(), a));
        let least_gained = std::array::from_fn(|b| least(&mut cost.iter().map(|row| row[b]).enumerate(), b));
        Channel { cost, least_lost, least_gained }
    }

    /// Whether the letters alone (`letters` of both) show that writing x as y, and y as x, costs `limit` bits or more.
    pub fn is_beyond(&self, x: u32, y: u32, limit: f32) -> bool {
        self.costs(x, y, limit) && self.costs(y, x, limit)
    }

    /// The same for writing x as y alone.
    fn costs(&self, x: u32, y: u32, limit: f32) -> bool {
        // A letter put in costs more than one left out: fewer of them decide.
        adds_up(y & !x, &self.least_gained, limit) || adds_up(x & !y, &self.least_lost, limit)
    }

    /// 28 x 28 costs in bits, row by row.
    pub fn from_costs(flat: &[f32]) -> Option<Channel> {
        let n = LETTERS + 1;
        (flat.len() == n * n).then(|| {
            let mut cost = [[0.0; LETTERS + 1]; LETTERS + 1];
            for (a, row) in cost.iter_mut().enumerate() {
                row.copy_from_slice(&flat[a * n..(a + 1) * n]);
            }
            Channel::new(cost)
        })
    }

    /// Bits it costs to write x as y, at most `limit` (returns `limit` as soon as nothing cheaper remains).
    pub fn bits(&self, x: &[u8], y: &[u8], limit: f32) -> f32 {
        let (x, y) = (&x[..x.len().min(MAX_LEN)], &y[..y.len().min(MAX_LEN)]);
        if self.costs(letters(x), letters(y), limit + ROUNDING) {
            return limit;
        }
        let (mut wanted, mut put_in) = ([0; MAX_LEN], [0.0; MAX_LEN]);
        for (j, &byte) in y.iter().enumerate() {
            wanted[j] = letter(byte);
            put_in[j] = self.cost[GAP][wanted[j]];
        }
        let [row, row2, row3] = &mut [[f32::INFINITY; MAX_LEN + 1]; 3];
        let (mut before2, mut before, mut now) = (row, row2, row3);
        before[0] = 0.0;
        for j in 0..y.len() {
            before[j + 1] = before[j] + put_in[j];
        }
        for i in 0..x.len() {
            let cost = &self.cost[letter(x[i])];
            now[0] = before[0] + cost[GAP];
            let mut best = now[0];
            for j in 0..y.len() {
                let mut c = least(before[j] + cost[wanted[j]], before[j + 1] + cost[GAP]);
                if i > 0 && j > 0 && x[i] == y[j - 1] && x[i - 1] == y[j] && x[i] != x[i - 1] {
                    c = least(c, before2[j - 1] + TRANSPOSED);
                }
                now[j + 1] = least(c, now[j] + put_in[j]);
                best = least(best, now[j + 1]);
            }
            if best >= limit {
                return limit;
            }
            (before2, before, now) = (before, now, before2);
        }
        least(before[y.len()], limit)
    }
}

/// The smaller of two numbers that are numbers: `f32::min` would look for others, in the innermost loop of all.
fn least(x: f32, y: f32) -> f32 {
    if x < y { x } else { y }
}

/// Whether the letters of a set cost `limit` together; costs are never negative, so the first that reach it decide.
fn adds_up(mut letters: u32, cost: &[f32; LETTERS], limit: f32) -> bool {
    let mut total = 0.0;
    while letters != 0 && total < limit {
        total += cost[letters.trailing_zeros() as usize];
        letters &= letters - 1;
    }
    total >= limit
}

/// Bits it costs to spell a name by drawing letters as they come in names: a channel that needs more explains nothing.
pub fn chance_bits(y: &[u8]) -> f32 {
    y.iter().take(MAX_LEN).map(|&b| LETTER_BITS[letter(b)]).sum()
}

/// What a syllabic script may say beyond chance: another reading of the same sign costs as much.
const FORGIVEN_BITS: f32 = 5.0;

/// -log2 of how often a letter stands in romanized names, a to z, then digits.
const LETTER_BITS: [f32; LETTERS] =
    [2.9, 5.5, 5.4, 4.9, 3.4, 6.1, 5.3, 4.6, 3.5, 5.8, 4.9, 4.2, 4.9, 3.7, 4.0, 5.9, 8.9, 4.0, 4.2, 4.5, 4.5, 5.8, 6.4, 8.4, 5.3, 6.2, 10.0];

/// One channel for each script.
pub struct Channels {
    pub of: Vec<Channel>,
    /// What a true pair costs on average, in bits for each letter of the longer writing.
    pub usual: [f32; SCRIPTS],
}

impl Default for Channels {
    fn default() -> Self {
        Channels { of: vec![Channel::plain(); SCRIPTS], usual: [0.0; SCRIPTS] }
    }
}

impl Channels {
    /// Bits that a slip within one script takes from an agreement of `rare` bits, at most `limit`.
    ///
    /// Two writings never say more than y is likelier out of x than out of letters drawn by chance: short parts are soon alike.
    pub fn slip(&self, x: &[u8], y: &[u8], limit: f32, rare: f32) -> f32 {
        let cost = self.of[0].bits(x, y, limit);
        cost.max(rare - (chance_bits(y) - cost)).min(limit)
    }

    /// Bits that writing x (of a script) as y takes from an agreement of `rare` bits, at most `limit`.
    ///
    /// A script without vowels costs much even where the name is the same: only what is beyond the usual cost of true pairs
    /// speaks against it. But where a sign is a syllable, or nearly, and is read in many ways, forgiving makes anything alike: there
    /// two writings hardly say more than chance lets them, as in `slip`.
    pub fn excess(&self, script: Script, x: &[u8], y: &[u8], limit: f32, rare: f32) -> f32 {
        let usual = self.usual(script, x.len(), y.len());
        let chance = chance_bits(y);
        let most = (limit + usual).min(chance);
        let cost = self.of[script as usize].bits(x, y, most);
        // Taking the usual cost away again may lose the last digit: what reaches the most is the limit, not a little less.
        if cost >= most {
            return limit;
        }
        let beyond_chance = if script.is_syllabic() { chance - cost + FORGIVEN_BITS } else { f32::INFINITY };
        (cost - usual).max(rare - beyond_chance).max(0.0).min(limit)
    }
}

impl Channels {
    /// Whether the letters alone show that `excess` of x and y is `limit`.
    pub fn is_beyond(&self, script: Script, x: &Outline, y: &Outline, limit: f32) -> bool {
        let usual = self.usual(script, x.length.into(), y.length.into());
        let most = (limit + usual).min(y.chance);
        self.of[script as usize].costs(x.letters, y.letters, most + ROUNDING)
    }

    fn usual(&self, script: Script, x: usize, y: usize) -> f32 {
        self.usual[script as usize] * x.max(y).min(MAX_LEN) as f32
    }
}

/// Learns a channel from (x, y) pairs of writings by expectation maximization.
///
/// `smoothing` is the number of pseudo-counts spread evenly over all ways to write a letter.
pub fn learn(pairs: &[(Vec<u8>, Vec<u8>)], rounds: usize, smoothing: f64) -> Vec<f32> {
    let n = LETTERS + 1;
    let mut p = vec![0.3 / n as f64; n * n];
    for a in 0..LETTERS {
        p[a * n + a] = 0.6;
        p[a * n + GAP] = 0.1;
        p[GAP * n + a] = 0.1 / LETTERS as f64;
    }
    for _ in 0..rounds {
        let mut counts = vec![0.0f64; n * n];
        let mut letters = 0.0;
        for (x, y) in pairs {
            letters += x.len() as f64;
            count_ways(&p, x, y, &mut counts);
        }
        p = normalized(&counts, letters, smoothing);
    }
    p.iter().map(|&v| (-v.max(1e-6).log2()) as f32).collect()
}

/// Rows of letters are distributions over what they become; the gap row is insertions per letter of x.
fn normalized(counts: &[f64], letters: f64, smoothing: f64) -> Vec<f64> {
    let n = LETTERS + 1;
    let mut p = vec![0.0; n * n];
    for a in 0..LETTERS {
        let row = &counts[a * n..(a + 1) * n];
        let total: f64 = row.iter().sum::<f64>() + smoothing;
        for b in 0..n {
            // Half of what is not observed goes to the letter itself.
            let prior = if a == b { 0.5 + 0.5 / n as f64 } else { 0.5 / n as f64 };
            p[a * n + b] = (row[b] + smoothing * prior) / total;
        }
    }
    let row = &counts[GAP * n..];
    for b in 0..LETTERS {
        p[GAP * n + b] = (row[b] + 0.02 * smoothing) / (letters + smoothing);
    }
    p[GAP * n + GAP] = 1e-6;
    p
}

/// Adds the expected number of times each edit was used (forward-backward).
fn count_ways(p: &[f64], x: &[u8], y: &[u8], counts: &mut [f64]) {
    let n = LETTERS + 1;
    let w = y.len() + 1;
    let at = |i: usize, j: usize| i * w + j;
    let mut f = vec![0.0; (x.len() + 1) * w];
    let mut r = f.clone();
    f[0] = 1.0;
    for i in 0..=x.len() {
        for j in 0..=y.len() {
            let mut v = f[at(i, j)];
            if i > 0 {
                v += f[at(i - 1, j)] * p[letter(x[i - 1]) * n + GAP];
            }
            if j > 0 {
                v += f[at(i, j - 1)] * p[GAP * n + letter(y[j - 1])];
            }
            if i > 0 && j > 0 {
                v += f[at(i - 1, j - 1)] * p[letter(x[i - 1]) * n + letter(y[j - 1])];
            }
            f[at(i, j)] = v;
        }
    }
    let total = f[at(x.len(), y.len())];
    // A pair this unlikely is two different names, or a mistake in the source: it teaches nothing.
    if total < 2f64.powf(-3.4 * x.len().max(y.len()) as f64) {
        return;
    }
    r[at(x.len(), y.len())] = 1.0;
    for i in (0..=x.len()).rev() {
        for j in (0..=y.len()).rev() {
            let mut v = r[at(i, j)];
            let mut way = |cell: usize, next: f64| {
                let share = p[cell] * next;
                v += share;
                counts[cell] += f[at(i, j)] * share / total;
            };
            if i < x.len() {
                way(letter(x[i]) * n + GAP, r[at(i + 1, j)]);
            }
            if j < y.len() {
                way(GAP * n + letter(y[j]), r[at(i, j + 1)]);
            }
            if i < x.len() && j < y.len() {
                way(letter(x[i]) * n + letter(y[j]), r[at(i + 1, j + 1)]);
            }
            r[at(i, j)] = v;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rounding of sums must never make an agreement: whatever the limit, what no channel explains takes all of it.
    #[test]
    fn what_is_hopeless_takes_the_whole_limit() {
        let channels = Channels { usual: [1.37; SCRIPTS], ..Channels::default() };
        let (x, y): (&[u8], &[u8]) = (b"zorvek", b"tamilahu");
        for script in (1..SCRIPTS as u8).map(Script::from_index) {
            for step in 1..2_000 {
                let limit = step as f32 * 0.0071;
                assert_eq!(channels.excess(script, x, y, limit, limit + 1.0), limit, "{script:?}, {limit} bits");
            }
        }
    }
}
