//! What comes from a peer, or from a file that may be damaged: as it should be, changed in places, and drawn at random. Nothing
//! panics, nothing takes more memory than its length allows, and what is accepted is what it says.
//!
//! The parsers of documents are in Python, and are fuzzed there (tests/property/test_fuzz.py).

mod evaluation;
mod index;
mod memory;
mod mutation;
mod responder;
