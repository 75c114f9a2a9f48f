//! The native core of tallystick.
pub mod compare;
pub mod link;
pub mod names;
pub mod params;
pub mod register;

use pyo3::prelude::*;

#[pymodule]
mod _native {
    use crate::compare::{channel, features};
    use crate::link::Linker as Core;
    use crate::link::decide::{Weighed, decision};
    use crate::names;
    use crate::params::Params;
    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;

    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");

    /// The readings of a written name: lists of (form, script, fine class, coarse class).
    #[pyfunction]
    fn read_name(written: &str) -> Vec<Vec<(String, String, String, String)>> {
        let show = |p: &names::Part| {
            let script = names::SCRIPT_NAMES[p.script as usize].to_string();
            (p.form.clone(), script, names::fold::fine(&p.form), names::fold::coarse(&p.form))
        };
        names::readings(written).iter().map(|r| r.iter().map(show).collect()).collect()
    }

    /// Learns an edit channel from pairs of romanized parts; 784 costs in bits.
    #[pyfunction]
    fn learn_channel(py: Python<'_>, pairs: Vec<(String, String)>, rounds: usize, smoothing: f64) -> Vec<f32> {
        let pairs: Vec<_> = pairs.into_iter().map(|(x, y)| (x.into_bytes(), y.into_bytes())).collect();
        py.detach(|| channel::learn(&pairs, rounds, smoothing))
    }

    #[pyfunction]
    fn feature_names() -> Vec<&'static str> {
        features::FEATURE_NAMES.to_vec()
    }

    #[pyfunction]
    fn start_weights() -> Vec<f32> {
        features::START.to_vec()
    }

    /// Two registers on their way to being linked.
    #[pyclass]
    struct Linker {
        core: Core,
        weighed: Vec<Weighed>,
    }

    #[pymethods]
    impl Linker {
        #[new]
        fn new(parameters: &str, frequencies: &str) -> PyResult<Self> {
            let params = Params::read(parameters, frequencies).map_err(PyValueError::new_err)?;
            Ok(Linker { core: Core::new(params), weighed: Vec::new() })
        }

        /// Appends whole lines to side "a" or "b"; returns (line number, reason) of lines that are no records.
        fn append(&mut self, py: Python<'_>, side: &str, lines: &[u8], first_line: usize) -> Vec<(usize, &'static str)> {
            let core = &mut self.core;
            let bad = py.detach(|| if side == "a" { core.append_a(lines, first_line) } else { core.append_b(lines, first_line) });
            bad.into_iter().map(|b| (b.line, b.reason)).collect()
        }

        fn sizes(&self) -> (usize, usize) {
            (self.core.a.len(), self.core.b.len())
        }

        fn block(&mut self, py: Python<'_>, slack_bits: f32) -> usize {
            let core = &mut self.core;
            py.detach(|| core.block(slack_bits))
        }

        fn oversized(&self) -> (usize, u64) {
            (self.core.candidates().oversized, self.core.candidates().pairs_lost)
        }

        /// Weighs candidates from..to and keeps what could become a possible link; returns how many were kept.
        fn weigh(&mut self, py: Python<'_>, from: usize, to: usize) -> usize {
            let core = &self.core;
            let found = py.detach(|| core.weigh(from, to, core.least_bits()));
            self.weighed.extend(&found);
            found.len()
        }

        /// Turns weights into probabilities; returns the prior in bits.
        fn decide(&mut self, py: Python<'_>) -> f32 {
            let (core, weighed) = (&self.core, &mut self.weighed);
            py.detach(|| core.decide(weighed))
        }

        /// Decided pairs from..to as (id_a, id_b, weight_bits, probability, decision).
        fn pairs(&self, from: usize, to: usize) -> Vec<(String, String, f32, f32, &'static str)> {
            let t = self.core.params.thresholds;
            self.weighed[from.min(self.weighed.len())..to.min(self.weighed.len())]
                .iter()
                .map(|w| {
                    let (a, b) = (self.core.a.id(w.a as usize).to_string(), self.core.b.id(w.b as usize).to_string());
                    (a, b, w.bits, w.probability, decision(w.probability, t))
                })
                .collect()
        }

        fn weighed_count(&self) -> usize {
            self.weighed.len()
        }

        /// Evidence of the candidates, for learning: ids of both sides and one row of features each.
        fn evidence(&self, py: Python<'_>, from: usize, to: usize) -> Vec<(String, String, Vec<f32>)> {
            let core = &self.core;
            let found = py.detach(|| core.evidence(from, to));
            found.into_iter().map(|(a, b, e)| (core.a.id(a as usize).to_string(), core.b.id(b as usize).to_string(), e.to_vec())).collect()
        }
    }
}
