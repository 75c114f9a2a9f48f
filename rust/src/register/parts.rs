//! Every distinct name part once, with its classes and how many records hold it.

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

pub fn classes_of(form: &str) -> Classes {
    // One letter apart, so that a fine and a coarse class never collide by having the same letters.
    let fine = format!("f{}", fold::fine(form));
    let coarse = format!("c{}", fold::coarse(form));
    Classes { fine: rapidhash(fine.as_bytes()), coarse: rapidhash(coarse.as_bytes()) }
}

#[derive(Default)]
pub struct Parts {
    /// One index for each script: the same letters out of two scripts are two parts.
    index: [HashMap<String, u32, RandomState>; SCRIPTS],
    pub form: Vec<Box<str>>,
    pub script: Vec<Script>,
    pub classes: Vec<Classes>,
    /// The set of letters of each part (`compare::channel::letters`).
    pub letters: Vec<u32>,
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

    /// A hash of form and script, the same on every machine.
    pub fn exact_class(&self, p: u32) -> u64 {
        rapidhash(format!("e{}{}", self.script[p as usize] as u8, self.form[p as usize]).as_bytes())
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
        self.letters.extend(self.form[from..].iter().map(|f| crate::compare::channel::letters(f.as_bytes())));
    }
}
