//! Single functions: names, weights, learning.

use crate::compare::channel::{Channel, Writing};
use crate::compare::features;
use crate::learn;
use crate::names;
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::PyBytes;
use rayon::prelude::*;

/// The readings of a written name: lists of (form, script, fine class, coarse class).
#[pyfunction]
pub(super) fn read_name(written: &str) -> Vec<Vec<(String, &'static str, String, String)>> {
    names::readings(written).iter().map(|r| r.iter().map(show_part).collect()).collect()
}

/// Distinct parts as (form, script, fine class, coarse class); then, as little-endian 32-bit columns, the parts of all readings
/// one after the other, where each reading ends among them, and where the readings of each name end.
pub(super) type NameColumns<'py> = (Vec<(String, &'static str, String, String)>, [Bound<'py, PyBytes>; 3]);

/// The readings of many written names, as columns.
#[pyfunction]
pub(super) fn read_names<'py>(py: Python<'py>, written: Vec<PyBackedStr>) -> NameColumns<'py> {
    let (columns, shown) = py.detach(|| {
        let columns = names::columns::read_all(&written);
        let shown: Vec<_> = columns.parts.par_iter().map(show_part).collect();
        (columns, shown)
    });
    let bytes = |column: &[u32]| PyBytes::new(py, &column.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>());
    (shown, [bytes(&columns.part), bytes(&columns.reading_end), bytes(&columns.name_end)])
}

fn show_part(p: &names::Part) -> (String, &'static str, String, String) {
    (p.form.clone(), names::SCRIPT_NAMES[p.script as usize], names::fold::fine(&p.form), names::fold::coarse(&p.form))
}

/// Learns an edit channel from pairs of romanized parts; 784 costs in bits.
#[pyfunction]
pub(super) fn learn_channel(py: Python<'_>, pairs: Vec<(String, String)>, rounds: usize, smoothing: f64) -> Vec<f32> {
    let pairs: Vec<_> = pairs.into_iter().map(|(x, y)| (x.into_bytes(), y.into_bytes())).collect();
    py.detach(|| crate::compare::channel::learn(&pairs, rounds, smoothing))
}

/// What writing x as y costs in a channel, in bits.
#[pyfunction]
pub(super) fn channel_cost(costs: Vec<f32>, x: &str, y: &str) -> PyResult<f32> {
    let channel = Channel::from_costs(&costs).ok_or_else(|| PyValueError::new_err("a channel is 784 numbers"))?;
    Ok(channel.bits(&Writing::of(x.as_bytes()), &Writing::of(y.as_bytes()), f32::INFINITY, f32::INFINITY))
}

#[pyfunction]
pub(super) fn feature_names() -> Vec<&'static str> {
    features::FEATURE_NAMES.to_vec()
}

#[pyfunction]
pub(super) fn start_weights() -> Vec<f32> {
    features::START.to_vec()
}

/// Labelled evidence as columns of 32-bit floats: rows, labels, offsets in bits; and what a row counts for.
pub(super) type SampleColumns = (PyBuffer<f32>, PyBuffer<f32>, PyBuffer<f32>, f64);

/// Weights, information for each, surprise in nats, rounds, whether it settled.
pub(super) type Fitted = (Vec<f64>, Vec<f64>, f64, usize, bool);

/// Learns weights from samples.
#[pyfunction]
pub(super) fn fit_weights(
    py: Python<'_>,
    samples: Vec<SampleColumns>,
    start: Vec<f64>,
    penalty: Vec<f64>,
    bounds: Vec<(f64, f64)>,
    rounds: usize,
) -> PyResult<Fitted> {
    let read = |(x, y, o, importance): &SampleColumns| {
        Ok(learn::Sample { rows: x.to_vec(py)?, labels: y.to_vec(py)?, offsets: o.to_vec(py)?, importance: *importance })
    };
    let samples: Vec<learn::Sample> = samples.iter().map(read).collect::<PyResult<_>>()?;
    let (least, most) = bounds.into_iter().unzip();
    let start = learn::Start { weights: start, penalty, least, most };
    learn::check(&samples, &start).map_err(PyValueError::new_err)?;
    let f = py.detach(|| learn::fit(&samples, &start, rounds));
    Ok((f.weights, f.information, f.surprise, f.rounds, f.converged))
}
