//! Threshold-minimal evidence sets: which sets of atoms become match keys.
//!
//! spec/match-keys-v1.md, section 5. Two records share a key if and only if the evidence they share weighs at least T.

use super::atoms::{Along, DateAtom, KEY_PARTS, KeyWeights, NameAtoms, PartAtoms};

/// How far the parts in a key are all the parts of a name: of neither side's, of the holder's, of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Complete {
    Neither,
    Holder,
    Both,
}

impl Complete {
    pub fn letter(self) -> char {
        match self {
            Complete::Neither => 'n',
            Complete::Holder => 'h',
            Complete::Both => 'b',
        }
    }

    pub fn weight(self, w: &KeyWeights) -> i32 {
        match self {
            Complete::Neither => w.complete_neither,
            Complete::Holder => w.complete_holder,
            Complete::Both => w.complete_both,
        }
    }

    /// The kind that asks for less, if there is one along with this date.
    fn lesser(self, date: &DateAtom) -> Option<Complete> {
        match self {
            Complete::Neither => None,
            Complete::Holder => Some(Complete::Neither),
            Complete::Both => date.left_to_lesser.then_some(Complete::Holder),
        }
    }
}

/// Who makes the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Holder,
    Asker,
}

/// What is taken of one part.
pub const NOTHING: u8 = 0;
pub const ROUGH: u8 = 1;
pub const COARSE: u8 = 2;
pub const FINE: u8 = 3;

/// A set of class atoms of one name: for every part which class of it, or nothing.
pub type Choice = [u8; KEY_PARTS];

fn class(part: &PartAtoms, grain: u8) -> &str {
    match grain {
        FINE => &part.fine,
        COARSE => &part.coarse,
        _ => &part.rough,
    }
}

fn tenths(part: &PartAtoms, grain: u8, w: &KeyWeights) -> i32 {
    match grain {
        FINE => part.fine_weight,
        COARSE => part.coarse_weight,
        ROUGH => w.rough,
        _ => 0,
    }
}

/// What a choice of classes weighs.
pub fn weight(name: &NameAtoms, choice: &Choice, w: &KeyWeights) -> i32 {
    let total = name.iter().zip(choice).map(|(part, &grain)| tenths(part, grain, w)).sum::<i32>();
    if used(choice) == 1 { total - w.single } else { total }
}

fn used(choice: &Choice) -> usize {
    choice.iter().filter(|&&grain| grain != NOTHING).count()
}

/// What is asked of a set: its kind, the tenths it must reach, those from which it is left to the lesser kind, the classes it may use.
#[derive(Clone, Copy, PartialEq)]
pub struct Want {
    kind: Complete,
    need: i32,
    spare: i32,
    coarsest: u8,
    whole: bool,
}

impl Want {
    /// None where the date says nothing along with that kind.
    pub fn new(kind: Complete, role: Role, date: &DateAtom, w: &KeyWeights) -> Option<Want> {
        if date.along == Along::WholeNames && kind != Complete::Both {
            return None;
        }
        let need = w.threshold - date.weight - kind.weight(w);
        let spare = kind.lesser(date).map_or(i32::MAX, |lesser| w.threshold - date.weight - lesser.weight(w));
        let coarsest = if date.along == Along::RoughParts { ROUGH } else { COARSE };
        let whole = kind == Complete::Both || (kind == Complete::Holder && role == Role::Holder);
        Some(Want { kind, need, spare, coarsest, whole })
    }

    /// Every set of the name that becomes a key: it weighs enough, not enough for the lesser kind, and nothing of it is to spare.
    pub fn sets(&self, name: &NameAtoms, w: &KeyWeights) -> Vec<Choice> {
        let mut out = Vec::new();
        self.extend(name, &mut Choice::default(), 0, w, &mut out);
        out
    }

    fn extend(&self, name: &NameAtoms, choice: &mut Choice, at: usize, w: &KeyWeights, out: &mut Vec<Choice>) {
        if at == name.len() {
            if self.is_key(name, choice, w) {
                out.push(*choice);
            }
            return;
        }
        for grain in (NOTHING..=FINE).filter(|&grain| if grain == NOTHING { !self.whole } else { grain >= self.coarsest }) {
            choice[at] = grain;
            self.extend(name, choice, at + 1, w, out);
        }
        choice[at] = NOTHING;
    }

    fn is_key(&self, name: &NameAtoms, choice: &Choice, w: &KeyWeights) -> bool {
        let heavy = weight(name, choice, w);
        used(choice) > 0 && heavy >= self.need && heavy < self.spare && !self.has_spare(name, choice, w)
    }

    /// Whether one class can be made coarser, or (kind `n`) one part left out, and enough remains.
    fn has_spare(&self, name: &NameAtoms, choice: &Choice, w: &KeyWeights) -> bool {
        let least = if self.kind == Complete::Neither && used(choice) > 1 { NOTHING } else { ROUGH };
        (0..name.len()).any(|at| {
            (least..choice[at]).filter(|&grain| grain == NOTHING || grain >= self.coarsest).any(|grain| {
                let mut less = *choice;
                less[at] = grain;
                weight(name, &less, w) >= self.need
            })
        })
    }
}

/// The canonical text of a key.
pub fn text(name: &NameAtoms, choice: &Choice, kind: Complete, date: &DateAtom) -> String {
    let mut classes: Vec<&str> = name.iter().zip(choice).filter(|(_, grain)| **grain != NOTHING).map(|(part, &grain)| class(part, grain)).collect();
    classes.sort_unstable();
    format!("k1;{};{};{}", kind.letter(), classes.join("+"), date.text)
}
