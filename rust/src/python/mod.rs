//! What Python sees. Every call that computes lets go of the interpreter lock.

mod exchange;
mod finder;
mod functions;
mod key_maker;
mod key_trial;
mod linker;
mod oprf;
mod screener;
mod searcher;

use crate::params::Params;
use crate::register::Register;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

#[pymodule(name = "_native")]
mod native {
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
    #[pymodule_export]
    use super::exchange::{
        IndexBuilder, exchange_apply, exchange_ascending, exchange_handles, exchange_key_secrets, exchange_notch, exchange_open, exchange_plan,
        exchange_step, exchange_touched,
    };
    #[pymodule_export]
    use super::functions::{channel_cost, feature_names, fit_weights, learn_channel, read_name, read_names, start_weights};
    #[pymodule_export]
    use super::oprf::{Blinds, SecretKey, oprf_is_element, oprf_lengths};
    #[pymodule_export]
    use super::screener::text_blocks;
    #[pymodule_export]
    use super::{finder::Finder, key_maker::KeyMaker, key_trial::KeyTrial, linker::Linker, screener::Screener, searcher::Searcher};
}

type BadLines = Vec<(usize, &'static str)>;

fn bad_lines(bad: Vec<crate::register::BadLine>) -> BadLines {
    bad.into_iter().map(|b| (b.line, b.reason)).collect()
}

/// Records of which something could not be read: line number, id, what, how many of it.
type DroppedValues = Vec<(usize, String, &'static str, usize)>;

fn dropped_values(register: &Register) -> DroppedValues {
    let of = |d: &crate::register::DroppedValues| (d.line, register.id(d.record).to_string());
    register.dropped_values.iter().flat_map(|d| d.values.each().map(move |(what, n)| (of(d).0, of(d).1, what, n))).collect()
}

fn read_params(parameters: &str, frequencies: &str) -> PyResult<Params> {
    Params::read(parameters, frequencies).map_err(PyValueError::new_err)
}

/// A field of a CSV row, quoted where RFC 4180 asks for it.
fn push_field(out: &mut String, text: &str) {
    if text.contains(['"', ',', '\n', '\r']) {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(text);
    }
}

fn push_row(out: &mut String, a: &str, b: &str, bits: f32, probability: f32, decision: &str) {
    use std::fmt::Write;
    push_field(out, a);
    out.push(',');
    push_field(out, b);
    let _ = writeln!(out, ",{bits:.2},{probability:.4},{decision}");
}
