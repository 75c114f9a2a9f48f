//! The distinct names of a register: most are borne by one record, some by hundreds, and are weighed once for all of them.

use crate::link::blocking::mix;
use crate::register::{Name, Register};
use hashbrown::HashMap;
use rapidhash::fast::RandomState;
use std::hint::black_box;

/// One distinct name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    start: u32,
    len: u8,
    weak: bool,
    /// How many names each record has that bears it; what has other ones counts as another name.
    aliases: u16,
}

#[derive(Default)]
pub struct Names {
    entries: Vec<Entry>,
    parts: Vec<u32>,
}

/// The numbers of the names of each record.
#[derive(Default)]
pub struct Numbers {
    numbers: Vec<u32>,
    end: Vec<usize>,
}

impl Numbers {
    pub fn of(&self, record: usize) -> &[u32] {
        let from = if record == 0 { 0 } else { self.end[record - 1] };
        &self.numbers[from..self.end[record]]
    }
}

impl Names {
    /// Takes all names of a register.
    pub fn new(register: &Register) -> (Names, Numbers) {
        let (mut out, mut all_numbers) = (Names::default(), Numbers::default());
        let mut known: HashMap<u64, u32, RandomState> = HashMap::default();
        for record in 0..register.len() {
            let all = register.names(record);
            let aliases = all.len().min(u16::MAX.into()) as u16;
            for name in all {
                let key = name.parts.iter().fold(u64::from(aliases) << 1 | u64::from(name.weak), |key, &part| mix(key, part.into()));
                let number = known.get(&key).copied().filter(|&number| out.is(number, name, aliases));
                let number = number.unwrap_or_else(|| out.push(name, aliases));
                known.insert(key, number);
                all_numbers.numbers.push(number);
            }
            all_numbers.end.push(all_numbers.numbers.len());
        }
        (out, all_numbers)
    }

    fn is(&self, number: u32, name: Name, aliases: u16) -> bool {
        let there = self.get(number);
        there.parts == name.parts && there.weak == name.weak && self.aliases(number) == usize::from(aliases)
    }

    fn push(&mut self, name: Name, aliases: u16) -> u32 {
        self.entries.push(Entry { start: self.parts.len() as u32, len: name.parts.len() as u8, weak: name.weak, aliases });
        self.parts.extend(name.parts);
        self.entries.len() as u32 - 1
    }

    pub fn get(&self, number: u32) -> Name<'_> {
        let Entry { start, len, weak, .. } = self.entries[number as usize];
        Name { parts: &self.parts[start as usize..start as usize + len as usize], weak }
    }

    pub fn aliases(&self, number: u32) -> usize {
        self.entries[number as usize].aliases.into()
    }

    /// Fetches names into the cache, all at once: first where they are, then what they are.
    pub fn touch(&self, numbers: impl Iterator<Item = u32> + Clone) {
        let start = |number: u32| self.entries[number as usize].start;
        black_box(numbers.clone().fold(0, |all, number| all ^ start(number)));
        black_box(numbers.fold(0, |all, number| all ^ self.parts.get(start(number) as usize).copied().unwrap_or(0)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::parts::Parts;

    #[test]
    fn records_of_one_name_share_its_number_and_no_other() {
        let (mut register, mut parts) = (Register::default(), Parts::default());
        let lines = [
            r#"{"id": "1", "names": ["Munir Tuzani"]}"#,
            r#"{"id": "2", "names": ["MUNIR Tuzani"]}"#,
            r#"{"id": "3", "names": ["Tuzani Munir"]}"#,
            r#"{"id": "4", "names": ["Munir Tuzani", "Abu Zayd"]}"#,
            r#"{"id": "5", "names": ["Zorvek"], "weak_names": ["Munir Tuzani"]}"#,
        ];
        assert!(register.append(lines.join("\n").as_bytes(), 1, &mut parts).is_empty());
        let (names, numbers) = Names::new(&register);
        assert_eq!(numbers.of(0), numbers.of(1));
        for record in 0..register.len() {
            let of = numbers.of(record);
            assert_eq!(of.len(), register.names(record).len());
            for (&number, name) in of.iter().zip(register.names(record)) {
                assert_eq!((names.get(number).parts, names.get(number).weak, names.aliases(number)), (name.parts, name.weak, of.len()));
            }
            assert!((2..register.len()).all(|other| other == record || !numbers.of(other).iter().any(|number| of.contains(number))));
        }
    }
}
