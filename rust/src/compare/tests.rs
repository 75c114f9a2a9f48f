//! What is seen at a look must be what reading letter by letter would find.

use super::cells::Cells;
use super::frequency::Frequencies;
use super::names::NameComparer;
use super::{Comparer, weigh};
use crate::params::Params;
use crate::register::{Register, parts::Parts};

const PARAMETERS: &str = include_str!("../../../src/tallystick/matching/parameters/parameters-1.json");
const FREQUENCIES: &str = include_str!("../../../src/tallystick/matching/parameters/frequencies-1.tsv");

/// Two made-up records with many aliases in several scripts, some spelled alike, some only a little.
#[rustfmt::skip] // a table of words or letters
const RECORDS: [&str; 2] = [
    r#"{"id":"1","names":["Marek Zorvek","Зорвек Марек","زورفك مارك","Marec Sorveck","al Zorvek M.","Abd ul Rahman Zorvek","Kumar Quil Mau"]}"#,
    r#"{"id":"2","names":["Zorveck Marik","Zorvekova Maria","Марик Зорвик","ماريا زورفكي","Alzorvek Mark","Abdurrahman","Quilmau Kumar","Ζόρβεκ","王小明"]}"#,
];

#[test]
fn a_look_finds_what_reading_finds() {
    let params = Params::read(PARAMETERS, FREQUENCIES).expect("shipped");
    let (mut parts, mut a, mut b) = (Parts::default(), Register::default(), Register::default());
    a.append(RECORDS[0].as_bytes(), 1, &mut parts);
    b.append(RECORDS[1].as_bytes(), 1, &mut parts);
    parts.fold_new();
    let frequencies = Frequencies::count(&[&a, &b], &parts, &params.table);
    let (mut looking, mut reading) =
        (NameComparer::new(&parts, &frequencies, &params.channels), NameComparer::new(&parts, &frequencies, &params.channels));
    let mut cells = Cells::default();
    cells.hold(&a, 0, &looking);
    cells.turn_to(&b, 0, &looking);
    let (mut agreeing, mut seen) = (0, Vec::new());
    for (na, x) in a.names(0).enumerate() {
        let alike = cells.look_at(na, &mut looking);
        for (nb, y) in b.names(0).enumerate() {
            seen.clear();
            cells.alike(na, nb, &mut seen);
            for (i, &p) in x.parts.iter().enumerate() {
                for (j, &q) in y.parts.iter().enumerate() {
                    let bits = seen.iter().find(|s| (s.i, s.j) == (i, j)).map_or(0.0, |s| s.agreement.bits);
                    assert_eq!(bits, reading.agreement(p, q).bits, "{} {}", parts.form[p as usize], parts.form[q as usize]);
                }
            }
            assert!(seen.is_empty() || cells.meets(nb, alike));
            agreeing += seen.len();
        }
    }
    assert!(agreeing > 30);
}

/// Names of which some are written as one, some left out, some replaced; with dates, places and numbers for and against.
#[rustfmt::skip] // a table of words or letters
const PERSONS: [&str; 10] = [
    r#"{"id":"1","names":["Marek Zorvek","Marek Jan Zorvek"],"birth_dates":["1964-05-03"],"birth_places":["Tuzan"],"gender":"m"}"#,
    r#"{"id":"2","names":["Marec Sorveck"],"weak_names":["Zorro"],"birth_dates":["1964-05-03"],"birth_places":["Tuzan"]}"#,
    r#"{"id":"3","names":["Marekzor Vek","Tamila Hussein"],"birth_dates":["1964-03-05"],"nationalities":["ma"],"gender":"f"}"#,
    r#"{"id":"4","names":["Зорвек Марек","Quil"],"birth_dates":["1990"],"identifiers":[{"type":"passport","country":"ma","number":"A1234567"}]}"#,
    r#"{"id":"5","names":["Tamila Hussain Quil"],"birth_dates":["1990"],"identifiers":[{"type":"passport","country":"ma","number":"A1234567"}]}"#,
    r#"{"id":"6","names":["Abd ul Rahman Zorvek","Abu Zayd Quil"],"birth_dates":["1964"],"nationalities":["ma"]}"#,
    r#"{"id":"7","names":["Abuzayd Quil","Abdurrahman"],"birth_dates":["1964-05"]}"#,
    r#"{"id":"8","names":["J. Zorvek","Marek"]}"#,
    r#"{"id":"9","names":["Marek Zorvek"]}"#,
    r#"{"id":"10","names":["زورفك مارك"],"birth_dates":["1965"],"birth_places":["Tuzan"]}"#,
];

#[test]
fn names_that_are_not_looked_at_closely_would_not_have_weighed_enough() {
    let params = Params::read(PARAMETERS, FREQUENCIES).expect("shipped");
    let (mut parts, mut persons) = (Parts::default(), Register::default());
    persons.append(PERSONS.join("\n").as_bytes(), 1, &mut parts);
    parts.fold_new();
    let frequencies = Frequencies::count(&[&persons], &parts, &params.table);
    let mut comparer = Comparer::new(&parts, &frequencies, &params.channels, &params.weights);
    let mut counts = [0; 2];
    for i in 0..PERSONS.len() {
        for j in 0..PERSONS.len() {
            comparer.hold(&persons, i);
            let bits = weigh(&comparer.compare_held(&persons, i, &persons, j).evidence, &params.weights);
            for least in (-60..60).map(|step| step as f32 * 0.75).chain([bits, f32::NEG_INFINITY]) {
                let found = comparer.weigh_held(&persons, i, &persons, j, least);
                assert_eq!(found, (bits >= least).then_some(bits), "persons {i} and {j}, at least {least}");
                counts[usize::from(found.is_some())] += 1;
            }
        }
    }
    assert!(counts.iter().all(|&n| n > 1000), "{counts:?}");
}
