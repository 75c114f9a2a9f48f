//! What is seen at a look must be what reading letter by letter would find.

use super::cells::Cells;
use super::frequency::Frequencies;
use super::names::NameComparer;
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
