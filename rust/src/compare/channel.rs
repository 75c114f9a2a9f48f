//! How a name part changes between two writings, as a memoryless edit channel in bits.
//!
//! For two romanized parts x and y the channel gives -log2 P(y | x), the best alignment's cost. One channel for each script that
//! x can come from, learned by expectation maximization from pairs of writings (Ristad and Yianilos, 1998).

use super::letters::{Bounds, LETTERS, Letters, MAX_LEN, letter};
use crate::names::{SCRIPTS, Script};
use crate::register::parts::Outline;

const GAP: usize = LETTERS;
/// A transposition of neighbours, in bits; typing errors are not in the transliteration pairs the channels learn from.
const TRANSPOSED: f32 = 7.0;
/// More than sums of the same costs in another order differ by, in bits.
pub const ROUNDING: f32 = 0.01;

/// Costs in bits: `cost[a][b]` letter a written as b, `cost[a][27]` a left out, `cost[27][b]` b put in.
#[derive(Clone)]
pub struct Channel {
    cost: [[f32; LETTERS + 1]; LETTERS + 1],
    gained: Bounds,
    lost: Bounds,
}

/// A part as a channel reads it, with what is seen of it before it is read.
#[derive(Clone, Copy, Debug)]
pub struct Writing<'a> {
    pub form: &'a [u8],
    pub letters: Letters,
    /// `chance_bits` of the form.
    pub chance: f32,
}

impl<'a> Writing<'a> {
    pub fn of(form: &'a [u8]) -> Writing<'a> {
        Writing { form, letters: Letters::of(form), chance: chance_bits(form) }
    }

    fn read(&self) -> &'a [u8] {
        &self.form[..self.form.len().min(MAX_LEN)]
    }
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
        let least_lost = (0..LETTERS).map(|a| cost[a][GAP]).fold(f32::INFINITY, least);
        let least_gained = (0..LETTERS).map(|b| cost[GAP][b]).fold(f32::INFINITY, least);
        let gained = Bounds::new(|b, a| cost[a][b], least_lost);
        let lost = Bounds::new(|a, b| cost[a][b], least_gained);
        Channel { cost, gained, lost }
    }

    /// Whether the letters alone show that writing x as y costs `limit` bits or more.
    fn costs(&self, x: Letters, y: Letters, limit: f32) -> bool {
        // A letter put in costs more than one left out: fewer of them decide.
        self.gained.reach(y, x, limit) || self.lost.reach(x, y, limit)
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

    /// Bits it costs to write x as y, at most `limit`. What costs `most` bits or more is of no interest: `limit` may stand for it.
    pub fn bits(&self, x: &Writing, y: &Writing, limit: f32, most: f32) -> f32 {
        if self.costs(x.letters, y.letters, most) {
            return limit;
        }
        let (x, y) = (x.read(), y.read());
        match self.band(x, y, most + ROUNDING) {
            Some(band) => self.walk(x, y, (limit, most), band),
            None => limit,
        }
    }

    /// By how much more letters of y than of x may be behind on the way to its end (least, most), if it is to cost less than `most`.
    ///
    /// Who is further ahead than the lengths differ has put in a letter and will leave one out, or the other way round.
    fn band(&self, x: &[u8], y: &[u8], most: f32) -> Option<(isize, isize)> {
        let left_out = x.iter().map(|&b| self.cost[letter(b)][GAP]).fold(f32::INFINITY, least);
        let put_in = y.iter().map(|&b| self.cost[GAP][letter(b)]).fold(f32::INFINITY, least);
        let longer = y.len() as isize - x.len() as isize;
        let needed = if longer < 0 {
            left_out * -longer as f32
        } else if longer > 0 {
            put_in * longer as f32
        } else {
            0.0
        };
        let left = most - needed;
        // Not more than all letters, whatever a channel says; the sum is no number where a part is empty or nothing costs anything.
        let more = (left / (left_out + put_in)).clamp(0.0, MAX_LEN as f32);
        let more = if more.is_nan() { MAX_LEN as isize } else { more as isize };
        (left > 0.0).then(|| (longer.min(0) - more, longer.max(0) + more))
    }

    /// The best alignment's cost among those that stay in a band; `limit` where it is `most` or more.
    ///
    /// A row all of which costs `limit` ends the walk, even where an exchange of neighbours would step over that row.
    fn walk(&self, x: &[u8], y: &[u8], (limit, most): (f32, f32), (behind, ahead): (isize, isize)) -> f32 {
        let (mut wanted, mut put_in) = ([0; MAX_LEN], [0.0; MAX_LEN]);
        for (j, &byte) in y.iter().enumerate() {
            wanted[j] = letter(byte);
            put_in[j] = self.cost[GAP][wanted[j]];
        }
        let [row, row2, row3] = &mut [[f32::INFINITY; MAX_LEN + 2]; 3];
        let (mut before2, mut before, mut now) = (row, row2, row3);
        before[0] = 0.0;
        for j in 1..=y.len().min(ahead as usize) {
            before[j] = before[j - 1] + put_in[j - 1];
        }
        let mut best_before = 0.0;
        for i in 1..=x.len() {
            let cost = &self.cost[letter(x[i - 1])];
            let (low, high) = (i as isize + behind, i as isize + ahead);
            let (from, to) = (low.max(1) as usize, y.len().min(high as usize));
            now[from - 1] = if low <= 0 { before[0] + cost[GAP] } else { f32::INFINITY };
            let mut best = now[from - 1];
            for j in from..=to {
                let mut c = least(before[j - 1] + cost[wanted[j - 1]], before[j] + cost[GAP]);
                if i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1] && x[i - 1] != x[i - 2] {
                    c = least(c, before2[j - 2] + TRANSPOSED);
                }
                now[j] = least(c, now[j - 1] + put_in[j - 1]);
                best = least(best, now[j]);
            }
            now[to + 1] = f32::INFINITY;
            let whole = low <= 0 && high >= y.len() as isize;
            if best >= limit && whole || best >= most && best_before + TRANSPOSED >= most {
                return limit;
            }
            if best >= limit {
                return self.walk(x, y, (limit, limit), WHOLE);
            }
            best_before = best;
            (before2, before, now) = (before, now, before2);
        }
        least(before[y.len()], limit)
    }
}

/// The band that holds every alignment.
const WHOLE: (isize, isize) = (-(MAX_LEN as isize), MAX_LEN as isize);

/// The smaller of two numbers that are numbers: `f32::min` would look for others, in the innermost loop of all.
fn least(x: f32, y: f32) -> f32 {
    if x < y { x } else { y }
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
    pub fn slip(&self, x: &Writing, y: &Writing, limit: f32, rare: f32) -> f32 {
        // From here on chance alone takes the whole limit.
        let most = least(limit, limit - rare + y.chance + ROUNDING);
        let cost = self.of[0].bits(x, y, limit, most);
        if cost >= most {
            return limit;
        }
        cost.max(rare - (y.chance - cost)).min(limit)
    }

    /// Bits that writing x (of a script) as y takes from an agreement of `rare` bits, at most `limit`.
    ///
    /// A script without vowels costs much even where the name is the same: only what is beyond the usual cost of true pairs
    /// speaks against it. But where a sign is a syllable, or nearly, and is read in many ways, forgiving makes anything alike: there
    /// two writings hardly say more than chance lets them, as in `slip`.
    pub fn excess(&self, script: Script, x: &Writing, y: &Writing, limit: f32, rare: f32) -> f32 {
        let usual = self.usual(script, x.form.len(), y.form.len());
        let chance = y.chance;
        let most = (limit + usual).min(chance);
        let cost = self.of[script as usize].bits(x, y, most, most);
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
        self.of[script as usize].costs(x.letters, y.letters, most)
    }

    /// Whether the letters alone show that `slip`, there and back, leaves no more than `left` of an agreement of `left + limit` bits.
    pub fn is_slip_beyond(&self, (x, x_chance): (Letters, f32), (y, y_chance): (Letters, f32), limit: f32, left: f32) -> bool {
        let most = |chance: f32| least(limit, chance - left);
        self.of[0].costs(x, y, most(y_chance)) && self.of[0].costs(y, x, most(x_chance))
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
        let (x, y) = (Writing::of(b"zorvek"), Writing::of(b"tamilahu"));
        for script in (1..SCRIPTS as u8).map(Script::from_index) {
            for step in 1..2_000 {
                let limit = step as f32 * 0.0071;
                assert_eq!(channels.excess(script, &x, &y, limit, limit + 1.0), limit, "{script:?}, {limit} bits");
            }
        }
    }

    /// Words of a few letters, so that many are alike, and whatever a channel may cost: bounds and bands may not change a result.
    #[test]
    fn what_is_passed_over_would_have_cost_too_much() {
        let mut state = 7u64;
        let mut dice = move |most: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % most
        };
        for _ in 0..40 {
            let costs: Vec<f32> = (0..28 * 28).map(|k| if k % 29 == 0 { 0.01 } else { 1.0 } * (1 + dice(1400)) as f32 / 100.0).collect();
            let channel = Channel::from_costs(&costs).expect("784 numbers");
            for _ in 0..500 {
                let mut word = || -> Vec<u8> { (0..1 + dice(8)).map(|_| b'a' + dice(5) as u8).collect() };
                let (x, y) = (word(), word());
                let limit = dice(3000) as f32 / 100.0;
                let most = limit - dice(300) as f32 / 100.0;
                let whole = channel.walk(&x, &y, (limit, limit), WHOLE);
                let found = channel.bits(&Writing::of(&x), &Writing::of(&y), limit, most);
                assert!(found == whole || whole >= most && found >= most, "{found} for {whole} below {most}");
            }
        }
    }
}
