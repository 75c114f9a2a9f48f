//! How well every name part of one record agrees with every part of another: each two parts looked at once, however many
//! aliases repeat them.

use super::names::{Agreement, Alike, INITIAL_BITS, LEAST_BITS, MOST_PARTS, NOTHING, NameComparer};
use crate::names::Script;
use crate::register::Register;
use crate::register::parts::{Classes, Outline};

/// Rows kept for one pair of records: a bound on memory where a record has thousands of aliases.
const MOST_ROWS: usize = 64;
/// Parts of one record times parts of the other of which it is foreseen what they can say.
const MOST_FORESEEN: usize = 4096;

/// What a look at two parts takes, side by side in memory.
#[derive(Clone, Copy)]
struct Sight {
    part: u32,
    outline: Outline,
    classes: Classes,
    /// Bits of an agreement on the exact form, the most that being nearly alike can say, and the most that anything can.
    exact: f32,
    nearly: f32,
    most: f32,
}

/// The distinct parts of one record, and its names as numbers into them.
#[derive(Default)]
struct Side {
    sights: Vec<Sight>,
    /// Numbers into `sights`, name after name.
    part: Vec<u16>,
    end: Vec<u32>,
    /// For each name the parts it has, one bit each; parts from the 64th on share the last bit.
    mask: Vec<u64>,
}

fn bit(part: u16) -> u64 {
    1 << part.min(63)
}

impl Side {
    fn fill(&mut self, register: &Register, i: usize, names: &NameComparer) {
        self.sights.clear();
        self.part.clear();
        self.end.clear();
        self.mask.clear();
        for name in register.names(i) {
            let mut mask = 0;
            for &p in name.parts.iter().take(MOST_PARTS) {
                let known = self.sights.iter().position(|s| s.part == p);
                let number = known.unwrap_or_else(|| {
                    self.sights.push(names.sight(p));
                    self.sights.len() - 1
                }) as u16;
                self.part.push(number);
                mask |= bit(number);
            }
            self.end.push(self.part.len() as u32);
            self.mask.push(mask);
        }
    }

    fn name(&self, n: usize) -> &[u16] {
        let from = if n == 0 { 0 } else { self.end[n - 1] as usize };
        &self.part[from..self.end[n] as usize]
    }
}

/// The agreements of two records, row by row as they are needed.
#[derive(Default)]
pub struct Cells {
    a: Side,
    b: Side,
    /// The row of each part of a, or `UNKNOWN`.
    row: Vec<u32>,
    cells: Vec<Agreement>,
    /// For each row the parts of b that agree, as in `Side::mask`.
    alike: Vec<u64>,
    /// The most that each two parts can say, row by row of all parts of a; empty where there are too many.
    most: Vec<f32>,
}

const UNKNOWN: u32 = u32::MAX;

impl Cells {
    /// Holds a record of a, for the pairs it is in.
    pub fn hold(&mut self, a: &Register, i: usize, names: &NameComparer) {
        self.a.fill(a, i, names);
    }

    /// Turns to another partner of the record that is held.
    pub fn turn_to(&mut self, b: &Register, j: usize, names: &NameComparer) {
        self.b.fill(b, j, names);
        self.forget();
        self.most.clear();
        if self.a.sights.len() * self.b.sights.len() <= MOST_FORESEEN {
            for x in &self.a.sights {
                self.most.extend(self.b.sights.iter().map(|y| names.most(x, y)));
            }
        }
    }

    /// The most that each part of name `na` can say with any part of name `nb`, zeros left out, largest first; none where it is
    /// not known.
    pub fn foreseen(&self, na: usize, nb: usize, out: &mut Vec<f32>) -> Option<()> {
        if self.most.is_empty() {
            return None;
        }
        let (width, y) = (self.b.sights.len(), self.b.name(nb));
        out.clear();
        for &x in self.a.name(na) {
            let row = &self.most[x as usize * width..];
            let most = y.iter().map(|&y| row[y as usize]).fold(0.0, f32::max);
            if most > 0.0 {
                let at = out.iter().position(|&other| other < most).unwrap_or(out.len());
                out.insert(at, most);
            }
        }
        Some(())
    }

    fn forget(&mut self) {
        self.row.clear();
        self.row.resize(self.a.sights.len(), UNKNOWN);
        self.cells.clear();
        self.alike.clear();
    }

    /// Looks at the parts of name `na` of a; says which parts of b agree with any of them.
    pub fn look_at(&mut self, na: usize, names: &mut NameComparer) -> u64 {
        if self.alike.len() + MOST_PARTS > MOST_ROWS {
            self.forget();
        }
        let mut alike = 0;
        for k in 0..self.a.name(na).len() {
            let x = self.a.name(na)[k] as usize;
            if self.row[x] == UNKNOWN {
                self.row[x] = self.alike.len() as u32;
                self.add_row(x, names);
            }
            alike |= self.alike[self.row[x] as usize];
        }
        alike
    }

    fn add_row(&mut self, x: usize, names: &mut NameComparer) {
        let (number, x) = (x, self.a.sights[x]);
        let mut alike = 0;
        for (k, y) in self.b.sights.iter().enumerate() {
            let other = match self.most.get(number * self.b.sights.len() + k) {
                Some(&most) => most == 0.0,
                None => names.plainly_other(&x, y),
            };
            let agreement = if other { NOTHING } else { names.agreement(x.part, y.part) };
            if agreement.bits > 0.0 {
                alike |= bit(k as u16);
            }
            self.cells.push(agreement);
        }
        self.alike.push(alike);
    }

    /// Whether name `nb` of b has any of the parts that `look_at` named.
    pub fn meets(&self, nb: usize, alike: u64) -> bool {
        self.b.mask[nb] & alike != 0
    }

    /// Which parts of two names agree; `look_at(na)` comes first.
    pub fn alike(&self, na: usize, nb: usize, out: &mut Vec<Alike>) {
        let (width, y) = (self.b.sights.len(), self.b.name(nb));
        for (i, &x) in self.a.name(na).iter().enumerate() {
            let row = self.row[x as usize] as usize;
            if self.alike[row] & self.b.mask[nb] == 0 {
                continue;
            }
            let cells = &self.cells[row * width..(row + 1) * width];
            for (j, &y) in y.iter().enumerate() {
                let agreement = cells[y as usize];
                if agreement.bits > 0.0 {
                    out.push(Alike { i, j, agreement });
                }
            }
        }
    }
}

impl NameComparer<'_> {
    fn sight(&self, p: u32) -> Sight {
        let (parts, at) = (self.parts, p as usize);
        let bits = self.bits[at];
        let (nearly, most) = (bits.exact.min(bits.coarse), bits.exact.max(bits.fine).max(bits.coarse));
        Sight { part: p, outline: parts.outline[at], classes: parts.classes[at], exact: bits.exact, nearly, most }
    }

    /// The most that `agreement` can say; 0 where it finds nothing.
    fn most(&self, x: &Sight, y: &Sight) -> f32 {
        if x.part == y.part {
            return x.exact;
        }
        if self.plainly_other(x, y) {
            return 0.0;
        }
        let (one, other) = (&x.outline, &y.outline);
        if one.length == 1 || other.length == 1 {
            return INITIAL_BITS;
        }
        let same = one.letters == other.letters || x.classes.fine == y.classes.fine || x.classes.coarse == y.classes.coarse;
        let nearly = x.nearly.min(y.nearly);
        if same { nearly.max(x.most).max(y.most) } else { nearly }
    }

    /// Whether a look is enough to see that `agreement` would find nothing.
    ///
    /// The same bounds as there, without the letters in order: most parts have nothing to do with each other, and need neither be
    /// fetched from memory nor remembered.
    fn plainly_other(&self, x: &Sight, y: &Sight) -> bool {
        let (one, other) = (&x.outline, &y.outline);
        let classes = x.classes.fine == y.classes.fine || x.classes.coarse == y.classes.coarse;
        if one.length == 1 || other.length == 1 {
            return one.first != other.first;
        }
        if one.letters == other.letters || classes {
            return false;
        }
        let limit = x.exact.max(y.exact) - LEAST_BITS;
        if x.nearly.min(y.nearly) <= LEAST_BITS {
            return true;
        }
        one.article == other.article
            && match (one.script, other.script) {
                (Script::Latin, Script::Latin) => {
                    self.channels.is_slip_beyond((one.letters, one.chance), (other.letters, other.chance), limit, LEAST_BITS)
                }
                (script, Script::Latin) => self.channels.is_beyond(script, one, other, limit),
                (Script::Latin, script) => self.channels.is_beyond(script, other, one, limit),
                _ => false,
            }
    }
}
