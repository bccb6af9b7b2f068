//! What the clients of [`#[plugin_interface]`](macro@crate::plugin_interface) are made of, and what a trait's types have
//! to satisfy.
//!
//! A program need not name anything here. The compiler does, in what it says of a type that does not fit, and
//! documentation shows [`Returns`] in the signature of a client's method whose return type may be an alias of `Result`.

pub use super::{
    call::{call, call_optional},
    forward::{Calls, Forwards},
    many::Argument,
    outcome::{MethodError, Outcome, Returned, Returns},
};
