//! Many names read at once: columns instead of a list for each name.

use super::{Part, readings};
use hashbrown::HashMap;
use rapidhash::fast::RandomState;
use rayon::prelude::*;

/// Distinct parts, each once, and which of them every reading of every name is made of.
#[derive(Default)]
pub struct Columns {
    pub parts: Vec<Part>,
    /// Numbers into `parts`: the readings one after the other.
    pub part: Vec<u32>,
    /// Where each reading ends in `part`.
    pub reading_end: Vec<u32>,
    /// Where the readings of each name end in `reading_end`.
    pub name_end: Vec<u32>,
}

/// Names whose readings are held as lists at one time.
const AT_ONCE: usize = 1 << 14;

/// Reads names in their order; what comes out does not depend on the number of threads.
pub fn read_all(written: &[impl AsRef<str> + Sync]) -> Columns {
    let mut out = Columns::default();
    let mut known: HashMap<Part, u32, RandomState> = HashMap::default();
    for some in written.chunks(AT_ONCE) {
        let read: Vec<Vec<Vec<Part>>> = some.par_iter().map(|name| readings(name.as_ref())).collect();
        for name in read {
            for reading in name {
                out.part.extend(reading.into_iter().map(|part| number(part, &mut known)));
                out.reading_end.push(out.part.len() as u32);
            }
            out.name_end.push(out.reading_end.len() as u32);
        }
    }
    out.parts = in_order(known);
    out
}

/// The number of a part, the next one where it is new.
fn number(part: Part, known: &mut HashMap<Part, u32, RandomState>) -> u32 {
    let next = known.len() as u32;
    *known.entry(part).or_insert(next)
}

fn in_order(known: HashMap<Part, u32, RandomState>) -> Vec<Part> {
    let mut numbered: Vec<(Part, u32)> = known.into_iter().collect();
    numbered.sort_unstable_by_key(|(_, number)| *number);
    numbered.into_iter().map(|(part, _)| part).collect()
}
