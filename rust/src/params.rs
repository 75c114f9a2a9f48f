//! The parameter file: channels, weights, calibration, thresholds, and the table of frequencies.

use crate::compare::channel::{Channel, Channels};
use crate::compare::features::{Evidence, FEATURE_NAMES, START};
use crate::compare::frequency::DefaultTable;
use crate::keys::KeyWeights;
use crate::names::SCRIPT_NAMES;
use rapidhash::v3::rapidhash_v3 as rapidhash;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: u32,
    #[serde(rename = "version")]
    _version: String,
    #[serde(rename = "learned_from", default)]
    _learned_from: Vec<String>,
    #[serde(default)]
    weights: BTreeMap<String, f32>,
    #[serde(default)]
    channels: BTreeMap<String, Vec<f32>>,
    #[serde(default)]
    usual_cost: BTreeMap<String, f32>,
    calibration: Calibration,
    thresholds: Thresholds,
    keys: KeyWeights,
}

/// log2 odds = slope * (weight + prior) + offset.
#[derive(Deserialize, Clone, Copy)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    pub slope: f32,
    pub offset: f32,
}

/// Match probabilities from which a pair is a link, a possible link.
#[derive(Deserialize, Clone, Copy)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    pub link: f32,
    pub possible: f32,
}

pub struct Params {
    pub weights: Evidence,
    pub channels: Channels,
    pub calibration: Calibration,
    pub thresholds: Thresholds,
    pub table: DefaultTable,
    pub keys: KeyWeights,
}

impl Params {
    /// Reads the JSON parameter file and the frequency table (lines `class TAB bits`).
    pub fn read(json: &str, frequencies: &str) -> Result<Params, String> {
        let file: File = serde_json::from_str(json).map_err(|e| format!("parameter file: {e}"))?;
        if file.format != 1 {
            return Err(format!("parameter file has format {}, this version reads 1", file.format));
        }
        let mut weights = START;
        for (name, value) in &file.weights {
            let at = FEATURE_NAMES.iter().position(|n| n == name).ok_or(format!("parameter file: no feature is called {name}"))?;
            weights[at] = *value;
        }
        let mut channels = Channels::default();
        for (name, costs) in &file.channels {
            let at = SCRIPT_NAMES.iter().position(|n| n == name).ok_or(format!("parameter file: no script is called {name}"))?;
            channels.of[at] = Channel::from_costs(costs).ok_or(format!("parameter file: channel {name} needs 784 numbers"))?;
        }
        for (name, bits) in &file.usual_cost {
            let at = SCRIPT_NAMES.iter().position(|n| n == name).ok_or(format!("parameter file: no script is called {name}"))?;
            channels.usual[at] = *bits;
        }
        file.keys.check().map_err(|e| format!("parameter file: {e}"))?;
        let table = read_table(frequencies)?;
        Ok(Params { weights, channels, calibration: file.calibration, thresholds: file.thresholds, table, keys: file.keys })
    }
}

fn read_table(text: &str) -> Result<DefaultTable, String> {
    let mut table = DefaultTable { rare_fine: (-16.0f32).exp2(), rare_coarse: (-13.0f32).exp2(), ..DefaultTable::default() };
    for (n, line) in text.lines().enumerate().filter(|(_, l)| !l.is_empty() && !l.starts_with('#')) {
        let bad = || format!("frequency table: line {} is not class, tab, bits", n + 1);
        let (class, bits) = line.split_once('\t').ok_or_else(bad)?;
        let bits: f32 = bits.parse().map_err(|_| bad())?;
        match class {
            "f?" => table.rare_fine = (-bits).exp2(),
            "c?" => table.rare_coarse = (-bits).exp2(),
            _ => {
                table.probability.insert(rapidhash(class.as_bytes()), (-bits).exp2());
            }
        }
    }
    Ok(table)
}
