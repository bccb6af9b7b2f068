//! XTP documents (`v1-draft`), of which bindings for other languages are generated.
//!
//! An XTP document has functions with at most one argument, whose bytes are JSON, text, or binary, and types that are
//! structures, maps, lists, enums of names, texts, numbers, booleans and binary. [`write`](write()) leaves out the
//! functions that need more, and tells why and how to write them instead; [`read`](read()) reads all there is.

mod limits;
mod read;
mod types;
mod write;
mod yaml;

pub use self::{
    read::{XtpError, read},
    write::{Document, Omission, write},
};
