//! The tables by which names in Han characters are read: those of the specification, spec/tables.

use hashbrown::{HashMap, HashSet};
use rapidhash::fast::RandomState;
use std::sync::LazyLock;

pub type Map<K, V> = HashMap<K, V, RandomState>;
/// Readings and what each costs, in tenths of a bit.
pub type Readings = Vec<(&'static str, u32)>;

pub struct Tables {
    pub chinese_surnames: HashSet<char, RandomState>,
    pub korean_surnames: HashSet<char, RandomState>,
    pub cantonese: Map<char, &'static str>,
    pub cantonese_surnames: Map<char, &'static str>,
    pub wade_giles: Map<&'static str, &'static str>,
    pub hanja: Map<char, char>,
    pub japanese_surnames: Map<&'static str, &'static str>,
    pub family: Map<char, Readings>,
    pub given: Map<char, Readings>,
    pub given_alone: Map<char, Readings>,
}

pub static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let surnames: Map<&str, &str> = rows(include_str!("../../../spec/tables/surnames.tsv")).collect();
    Tables {
        chinese_surnames: surnames["chinese"].chars().collect(),
        korean_surnames: surnames["korean"].chars().collect(),
        cantonese: of_characters(include_str!("../../../spec/tables/cantonese.tsv")),
        cantonese_surnames: of_characters(include_str!("../../../spec/tables/cantonese-surnames.tsv")),
        wade_giles: rows(include_str!("../../../spec/tables/wade-giles.tsv")).collect(),
        hanja: of_characters(include_str!("../../../spec/tables/hanja.tsv")).into_iter().map(|(c, syllable)| (c, first(syllable))).collect(),
        japanese_surnames: rows(include_str!("../../../spec/tables/japanese-surnames.tsv"))
            .flat_map(|(reading, names)| names.split(' ').map(move |name| (name, reading)))
            .collect(),
        family: with_costs(include_str!("../../../spec/tables/japanese-family.tsv")),
        given: with_costs(include_str!("../../../spec/tables/japanese-given.tsv")),
        given_alone: with_costs(include_str!("../../../spec/tables/japanese-alone.tsv")),
    }
});

fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split_once('\t').expect("two columns"))
}

/// Reading, all characters that have it.
fn of_characters(table: &'static str) -> Map<char, &'static str> {
    rows(table).flat_map(|(reading, characters)| characters.chars().map(move |c| (c, reading))).collect()
}

/// Character, its readings with their costs.
fn with_costs(table: &'static str) -> Map<char, Readings> {
    let pairs = |row: &'static str| {
        let cells: Vec<&str> = row.split(' ').collect();
        cells.chunks(2).map(|pair| (pair[0], pair[1].parse().expect("a number"))).collect()
    };
    rows(table).map(|(character, row)| (first(character), pairs(row))).collect()
}

fn first(text: &str) -> char {
    text.chars().next().expect("not empty")
}
