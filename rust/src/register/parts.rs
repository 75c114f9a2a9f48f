//! Every distinct name part once, with its classes and how many records hold it.

use crate::compare::channel::chance_bits;
use crate::compare::letters::Letters;
use crate::compare::names::joined_article;
use crate::names::{Part, SCRIPTS, Script, fold};
use hashbrown::HashMap;
use rapidhash::fast::RandomState;
use rapidhash::v3::rapidhash_v3 as rapidhash;

/// The classes of one part: 64-bit hashes that are the same on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Classes {
    pub fine: u64,
    pub coarse: u64,
}

/// What is seen of a part without reading it letter by letter.
#[derive(Clone, Copy, Debug)]
pub struct Outline {
    pub letters: Letters,
    /// What its letters cost when drawn by chance (`compare::channel::chance_bits`).
    pub chance: f32,
    pub length: u16,
    pub first: u8,
    pub script: Script,
    /// Whether it begins with a written-together article (`compare::names::joined_article`).
    pub article: bool,
}

impl Outline {
    fn of(form: &str, script: Script) -> Outline {
        let bytes = form.as_bytes();
        Outline {
            letters: Letters::of(bytes),
            chance: chance_bits(bytes),
            length: bytes.len().min(u16::MAX as usize) as u16,
            first: bytes[0],
            script,
            article: joined_article(form).is_some(),
        }
    }
}

pub fn classes_of(form: &str) -> Classes {
    // One letter apart, so that a fine and a coarse class never collide by having the same letters.
    let fine = format!("f{}", fold::fine(form));
    let coarse = format!("c{}", fold::coarse(form));
    Classes { fine: rapidhash(fine.as_bytes()), coarse: rapidhash(coarse.as_bytes()) }
}

pub fn exact_class(script: Script, form: &str) -> u64 {
    rapidhash(format!("e{}{form}", script as u8).as_bytes())
}

#[derive(Default)]
pub struct Parts {
    /// One index for each script: the same letters out of two scripts are two parts.
    index: [HashMap<String, u32, RandomState>; SCRIPTS],
    pub form: Vec<Box<str>>,
    pub script: Vec<Script>,
    pub classes: Vec<Classes>,
    pub outline: Vec<Outline>,
}

impl Parts {
    pub fn len(&self) -> usize {
        self.form.len()
    }

    pub fn is_empty(&self) -> bool {
        self.form.is_empty()
    }

    /// The number of a part, new or known. Classes are not computed here: a part met a million times is folded once.
    pub fn intern(&mut self, part: &Part) -> u32 {
        let Parts { index, form, script, .. } = self;
        *index[part.script as usize].entry_ref(part.form.as_str()).or_insert_with(|| {
            form.push(part.form.as_str().into());
            script.push(part.script);
            form.len() as u32 - 1
        })
    }

    /// The same, where the classes are known: a new part needs no `fold_new`, if none before it does.
    pub fn intern_folded(&mut self, part: &Part, classes: Classes) -> u32 {
        let p = self.intern(part);
        if p as usize == self.classes.len() {
            self.classes.push(classes);
            self.outline.push(Outline::of(&part.form, part.script));
        }
        p
    }

    /// A hash of form and script, the same on every machine.
    pub fn exact_class(&self, p: u32) -> u64 {
        exact_class(self.script[p as usize], &self.form[p as usize])
    }

    /// Takes over the parts of a chunk; the result maps the chunk's numbers to ours.
    pub fn absorb(&mut self, other: Parts) -> Vec<u32> {
        other.form.iter().zip(&other.script).map(|(form, &script)| self.intern(&Part { form: form.to_string(), script })).collect()
    }

    /// Folds the parts that came since the last call.
    pub fn fold_new(&mut self) {
        use rayon::prelude::*;
        let from = self.classes.len();
        let new: Vec<Classes> = self.form[from..].par_iter().map(|f| classes_of(f)).collect();
        self.classes.extend(new);
        self.outline.extend(self.form[from..].iter().zip(&self.script[from..]).map(|(f, &s)| Outline::of(f, s)));
    }
}
