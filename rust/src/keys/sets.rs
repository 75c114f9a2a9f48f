//! Threshold-minimal evidence sets: which sets of atoms become match keys.
//!
//! spec/match-keys-v1.md, section 5. Two records share a key if and only if the evidence they share weighs at least T.

use super::atoms::{DateAtom, KeyWeights, NameAtoms};

/// How far the parts in a key are all the parts of a name: of neither side's, of the holder's, of the asker's, of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Complete {
    Neither,
    Holder,
    Asker,
    Both,
}

impl Complete {
    pub fn letter(self) -> char {
        match self {
            Complete::Neither => 'n',
            Complete::Holder => 'h',
            Complete::Asker => 'a',
            Complete::Both => 'b',
        }
    }

    pub fn weight(self, w: &KeyWeights) -> i32 {
        match self {
            Complete::Neither => w.complete_neither,
            Complete::Holder | Complete::Asker => w.complete_one,
            Complete::Both => w.complete_both,
        }
    }
}

/// Who makes the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Holder,
    Asker,
}

/// A set of class atoms of one name: for every part 0 (not in the set), 1 (its coarse class) or 2 (its fine class).
pub type Choice = [u8; super::atoms::KEY_PARTS];

fn weight(name: &NameAtoms, choice: &Choice, w: &KeyWeights) -> i32 {
    let mut total = 0;
    let mut used = 0;
    for (part, &c) in name.iter().zip(choice) {
        used += i32::from(c > 0);
        total += [0, part.coarse_weight, part.fine_weight][c as usize];
    }
    if used == 1 { total - w.single } else { total }
}

/// Every set of the name that keys are made of when `need` tenths are wanted, for one kind of completeness.
///
/// `Neither`: minimal sets, nothing can be left out or made coarser. The others are about whole names: the side whose name is
/// whole gives all its parts, the other any of its subsets; only the grain of the classes is minimal.
///
/// A set that weighs enough without being whole is left to the kind that does not ask for it.
pub fn sets(name: &NameAtoms, need: i32, complete: Complete, role: Role, w: &KeyWeights) -> Vec<Choice> {
    let enough = match complete {
        Complete::Neither => i32::MAX,
        Complete::Holder | Complete::Asker => need + w.complete_one - w.complete_neither,
        Complete::Both => need + w.complete_both - w.complete_one,
    };
    let whole = matches!((complete, role), (Complete::Both, _) | (Complete::Holder, Role::Holder) | (Complete::Asker, Role::Asker));
    let n = name.len();
    let mut out = Vec::new();
    for mask in 1u32..1 << n {
        if whole && mask != (1 << n) - 1 {
            continue;
        }
        grains(name, mask, need, complete == Complete::Neither, w, &mut out);
    }
    out.retain(|choice| weight(name, choice, w) < enough);
    out
}

/// The minimal choices of grain for the parts in `mask`.
fn grains(name: &NameAtoms, mask: u32, need: i32, minimal: bool, w: &KeyWeights, out: &mut Vec<Choice>) {
    let members: Vec<usize> = (0..name.len()).filter(|k| mask >> k & 1 == 1).collect();
    'grain: for fine in 0u32..1 << members.len() {
        let mut choice: Choice = Default::default();
        for (m, &k) in members.iter().enumerate() {
            choice[k] = 1 + (fine >> m & 1) as u8;
        }
        if weight(name, &choice, w) < need {
            continue;
        }
        for &k in &members {
            let mut less = choice;
            less[k] -= 1;
            let removed = less[k] == 0;
            if removed && (!minimal || members.len() == 1) {
                continue;
            }
            if weight(name, &less, w) >= need {
                continue 'grain;
            }
            if minimal && choice[k] == 2 {
                less[k] = 0;
                if members.len() > 1 && weight(name, &less, w) >= need {
                    continue 'grain;
                }
            }
        }
        out.push(choice);
    }
}

/// The canonical text of a key.
pub fn text(name: &NameAtoms, choice: &Choice, complete: Complete, date: &DateAtom, place: Option<&DateAtom>) -> String {
    let mut classes: Vec<&str> = name.iter().zip(choice).filter(|(_, c)| **c > 0).map(|(p, &c)| if c == 2 { &*p.fine } else { &*p.coarse }).collect();
    classes.sort_unstable();
    let place = place.map_or("", |p| p.text.as_str());
    format!("k1;{};{};{};{place}", complete.letter(), classes.join("+"), date.text)
}
