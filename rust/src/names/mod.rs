//! Written names in, comparable names out.
pub mod analyze;
pub mod columns;
pub mod fold;
pub mod romanize;
pub mod script;
mod sign_tables;
mod signs;
mod tamil;
mod token;
pub mod transcription;

pub use analyze::{Part, is_name_particle, is_name_title, joins_next, joins_previous, readings};
pub use script::{SCRIPT_NAMES, SCRIPTS, Script};
