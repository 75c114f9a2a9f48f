//! Single functions: names, weights, learning.

use crate::compare::features;
use crate::learn;
use crate::names;
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// The readings of a written name: lists of (form, script, fine class, coarse class).
#[pyfunction]
pub(super) fn read_name(written: &str) -> Vec<Vec<(String, &'static str, String, String)>> {
    let show = |p: &names::Part| (p.form.clone(), names::SCRIPT_NAMES[p.script as usize], names::fold::fine(&p.form), names::fold::coarse(&p.form));
    names::readings(written).iter().map(|r| r.iter().map(show).collect()).collect()
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
    let channel = crate::compare::channel::Channel::from_costs(&costs).ok_or_else(|| PyValueError::new_err("a channel is 784 numbers"))?;
    Ok(channel.bits(x.as_bytes(), y.as_bytes(), f32::INFINITY))
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
