//! Says how alike two records are: evidence, feature by feature.

pub mod births;
pub mod bound;
mod cells;
pub mod channel;
pub mod features;
pub mod frequency;
mod joins;
pub mod letters;
pub mod names;
pub mod slips;

use crate::names::Script;
use crate::register::{Attribute, Kind, Name, Register, parts::Parts};
use bound::{MARGIN, most_bits};
use cells::Cells;
use channel::Channels;
use features::{Evidence, FEATURES, Feature, is_alone, set_alone, set_unsaid};
use frequency::Frequencies;
use names::{Alignment, Alike, MOST_PARTS, NameComparer, Scripts, describe};

/// Compares records of two registers; one for each thread, because it remembers what it has compared.
pub struct Comparer<'a> {
    names: NameComparer<'a>,
    parts: &'a Parts,
    frequencies: &'a Frequencies,
    weights: &'a Evidence,
    cells: Cells,
    alike: Vec<Alike>,
    alignment: Alignment,
    foreseen: Vec<f32>,
    /// Whether the records that are held are what somebody asks for: what a name of one part does not say is unknown then.
    asking: bool,
}

/// The names that decided, by number within their records.
pub struct Compared {
    pub evidence: Evidence,
    pub name_a: usize,
    pub name_b: usize,
    /// Whether the name that was asked for is one part, and the other name has more.
    pub unsaid: bool,
}

impl<'a> Comparer<'a> {
    pub fn new(parts: &'a Parts, frequencies: &'a Frequencies, channels: &'a Channels, weights: &'a Evidence) -> Self {
        let names = NameComparer::new(parts, frequencies, channels);
        Comparer {
            names,
            parts,
            frequencies,
            weights,
            cells: Cells::default(),
            alike: Vec::new(),
            alignment: Alignment::default(),
            foreseen: Vec::new(),
            asking: false,
        }
    }

    /// Takes the records that are held for what somebody asks for: one part alone may be all he knows of a name.
    pub fn asking(mut self) -> Self {
        self.asking = true;
        self
    }

    pub fn compare(&mut self, a: &Register, i: usize, b: &Register, j: usize) -> Compared {
        self.hold(a, i);
        self.compare_held(a, i, b, j)
    }

    /// Fetches what several records consist of into the cache; one after the other each would be waited for.
    pub fn touch(&self, register: &Register, records: impl Iterator<Item = usize> + Clone) {
        register.touch(records.clone());
        self.names.touch(records.flat_map(|i| register.names(i)).flat_map(|name| name.parts.iter().copied()));
    }

    /// Holds a record of a, for the pairs it is in: `compare_held` comes next.
    pub fn hold(&mut self, a: &Register, i: usize) {
        self.cells.hold(a, i, &self.names);
    }

    /// Compares the record that is held with another.
    pub fn compare_held(&mut self, a: &Register, i: usize, b: &Register, j: usize) -> Compared {
        let fields = self.fields(a, i, b, j);
        self.compare_names(a, i, b, j, &fields, f32::NEG_INFINITY)
    }

    /// What the record that is held weighs together with another, in bits, if it is `least` or more.
    ///
    /// The same weight as that of `compare_held`; names that cannot make it that much are not looked at closely.
    pub fn weigh_held(&mut self, a: &Register, i: usize, b: &Register, j: usize, least: f32) -> Option<f32> {
        let fields = self.fields(a, i, b, j);
        let none = self.weights[Feature::NameNone as usize] + self.weights[Feature::NameNoneScript as usize].max(0.0);
        let kin = self.weights[Feature::PlaceKin as usize].max(0.0) * places(&fields);
        let beside = weigh(&fields, self.weights) + kin + self.weights[Feature::NameAliases as usize] * aliases(a, i, b, j) + MARGIN;
        // Where a pair may weigh enough without a name, every name matters: the least alike is still not none.
        let wanted = if none + beside < least { least - beside } else { f32::NEG_INFINITY };
        let bits = weigh(&self.compare_names(a, i, b, j, &fields, wanted).evidence, self.weights);
        (bits >= least).then_some(bits)
    }

    /// What two records say without their names.
    pub fn beside_names(&self, a: &Register, i: usize, b: &Register, j: usize) -> Evidence {
        self.fields(a, i, b, j)
    }

    /// What all but the names say.
    fn fields(&self, a: &Register, i: usize, b: &Register, j: usize) -> Evidence {
        let mut fields = [0.0; FEATURES];
        if let Some(level) = births::level(a.dates(i), b.dates(j)) {
            fields[level as usize] = 1.0;
        }
        let (x, y) = (a.gender(i), b.gender(j));
        if x != 0 && y != 0 {
            let f = if x == y { Feature::GenderSame } else { Feature::GenderConflict };
            fields[f as usize] = 1.0;
        }
        self.attributes(a.attributes(i), b.attributes(j), &mut fields);
        fields
    }

    fn compare_names(&mut self, a: &Register, i: usize, b: &Register, j: usize, fields: &Evidence, wanted: f32) -> Compared {
        let mut out = self.best_names((a, i), (b, j), is_alone(fields), wanted);
        out.evidence[Feature::NameAliases as usize] = aliases(a, i, b, j);
        out.evidence.iter_mut().zip(fields).for_each(|(name, field)| *name += field);
        discount_kin(&mut out.evidence);
        out
    }

    pub fn names(&mut self) -> &mut NameComparer<'a> {
        &mut self.names
    }

    /// The two names that say most, or any where none says `wanted` bits.
    fn best_names(&mut self, (a, i): (&Register, usize), (b, j): (&Register, usize), alone: bool, wanted: f32) -> Compared {
        let mut best = Compared { evidence: [0.0; FEATURES], name_a: 0, name_b: 0, unsaid: false };
        best.evidence[Feature::NameNone as usize] = 1.0;
        let scripts = |r: &Register, k: usize| r.names(k).fold(0u32, |m, n| m | 1 << self.script(n.parts) as u8);
        if scripts(a, i) & scripts(b, j) == 0 {
            best.evidence[Feature::NameNoneScript as usize] = 1.0;
        }
        let mut most = f32::NEG_INFINITY;
        self.cells.turn_to(b, j, &self.names);
        for (na, x) in a.names(i).enumerate() {
            let mut looked_at = None;
            for (nb, y) in b.names(j).enumerate() {
                let scripts = Scripts::of(self.script(x.parts), self.script(y.parts));
                if !(alone && scripts == Scripts::Same) && self.says_less((na, x), (nb, y), scripts, most.max(wanted)) {
                    continue;
                }
                let alike = *looked_at.get_or_insert_with(|| self.cells.look_at(na, &mut self.names));
                self.alike.clear();
                if self.cells.meets(nb, alike) {
                    self.cells.alike(na, nb, &mut self.alike);
                }
                self.names.take(x.parts, y.parts, &mut self.alike, &mut self.alignment);
                let alignment = &self.alignment;
                if alignment.pairs.is_empty() {
                    continue;
                }
                let mut phi = describe(alignment, x, y, scripts);
                let unsaid = alone && self.asking && x.parts.len() == 1 && alignment.left_b > 0;
                if unsaid {
                    set_unsaid(&mut phi);
                // Across scripts a part that is left over may be one that was not recognized: no reason to be stricter.
                } else if alone && scripts == Scripts::Same {
                    set_alone(&mut phi);
                    self.names.look_closer(alignment, x.parts, y.parts, &mut phi);
                }
                let bits = weigh(&phi, self.weights);
                if bits > most {
                    most = bits;
                    best = Compared { evidence: phi, name_a: na, name_b: nb, unsaid };
                }
            }
        }
        best
    }

    /// Whether it can be foreseen that two names, which do not stand alone, say less than `bits`.
    fn says_less(&mut self, (na, x): (usize, Name), (nb, y): (usize, Name), scripts: Scripts, bits: f32) -> bool {
        if bits == f32::NEG_INFINITY || self.cells.foreseen(na, nb, &mut self.foreseen).is_none() {
            return false;
        }
        let lengths = (x.parts.len().min(MOST_PARTS), y.parts.len().min(MOST_PARTS));
        let less = self.foreseen.is_empty() || most_bits(self.weights, lengths, &self.foreseen, scripts, x.weak || y.weak) + MARGIN < bits;
        less && !self.names.may_join(x.parts, y.parts)
    }

    fn script(&self, parts: &[u32]) -> Script {
        parts.first().map_or(Script::Latin, |&p| self.parts.outline[p as usize].script)
    }

    fn attributes(&self, a: &[Attribute], b: &[Attribute], phi: &mut Evidence) {
        for (kind, same, conflict, most) in KINDS {
            let (x, y) = (of_kind(a, kind), of_kind(b, kind));
            if x.is_empty() || y.is_empty() {
                continue;
            }
            let shared = x.iter().filter(|p| y.iter().any(|q| q.value == p.value));
            let total: f32 = match kind {
                Kind::Identifier | Kind::Phone | Kind::Email => shared.take(1).count() as f32,
                Kind::Nationality => shared.map(|p| self.frequencies.attribute(kind, p.value)).fold(0.0, f32::max),
                _ => shared.map(|p| self.frequencies.attribute(kind, p.value)).sum(),
            };
            if total > 0.0 {
                phi[same as usize] = total.min(most);
            } else if kind != Kind::Identifier || x.iter().any(|p| y.iter().any(|q| q.class == p.class)) {
                phi[conflict as usize] = 1.0;
            }
        }
    }
}

/// Kind, its two features, and the most the agreement may weigh before the learned factor.
const KINDS: [(Kind, Feature, Feature, f32); 7] = [
    (Kind::Nationality, Feature::NationalitySame, Feature::NationalityConflict, 8.0),
    (Kind::Place, Feature::PlaceSame, Feature::PlaceConflict, 14.0),
    (Kind::Identifier, Feature::IdentifierSame, Feature::IdentifierConflict, 1.0),
    (Kind::City, Feature::CitySame, Feature::CityConflict, 12.0),
    (Kind::Postcode, Feature::PostcodeSame, Feature::PostcodeConflict, 12.0),
    (Kind::Phone, Feature::PhoneSame, Feature::PhoneConflict, 1.0),
    (Kind::Email, Feature::EmailSame, Feature::EmailConflict, 1.0),
];

/// Families share places: where a name part is replaced or the birth dates contradict, a shared place may mean kin.
fn discount_kin(phi: &mut Evidence) {
    let has = |f: Feature| phi[f as usize] > 0.0;
    if has(Feature::NameReplaced) || has(Feature::NameReplacedScript) || has(Feature::BirthFar) || has(Feature::BirthConflict) {
        phi[Feature::PlaceKin as usize] = places(phi);
    }
}

fn places(phi: &Evidence) -> f32 {
    [Feature::PlaceSame, Feature::CitySame, Feature::PostcodeSame].iter().map(|&f| phi[f as usize]).sum()
}

/// How many pairs of names two records have to choose from, as a power of two.
fn aliases(a: &Register, i: usize, b: &Register, j: usize) -> f32 {
    ((a.names(i).len() * b.names(j).len()).max(1) as f32).log2()
}

fn of_kind(attributes: &[Attribute], kind: Kind) -> &[Attribute] {
    let from = attributes.partition_point(|a| a.kind < kind);
    let to = attributes.partition_point(|a| a.kind <= kind);
    &attributes[from..to]
}

/// The match weight in bits: evidence times weights, summed.
///
/// Blocks of evidence that say nothing are passed over: they are most of it, and adding nothing changes nothing.
pub fn weigh(evidence: &Evidence, weights: &Evidence) -> f32 {
    const BLOCK: usize = 8;
    let blocks = evidence.chunks(BLOCK).zip(weights.chunks(BLOCK));
    let speaking = blocks.filter(|(evidence, _)| evidence.iter().fold(0, |any, e| any | e.to_bits()) != 0);
    speaking.flat_map(|(evidence, weights)| evidence.iter().zip(weights)).fold(0.0, |sum, (e, w)| sum + e * w)
}

#[cfg(test)]
mod tests;
