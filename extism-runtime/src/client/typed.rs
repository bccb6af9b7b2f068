//! The parts that the clients of [`#[plugin_interface]`](macro@crate::plugin_interface) are built from, and the bounds
//! on a trait's types.
//!
//! Programs need not name anything here. The compiler does, in errors about types that do not fit, and documentation
//! shows [`Returns`] or [`SharedReturns`] in the signature of a client's method whose return type may be an alias of
//! `Result`.

pub use super::{
    call::{call, call_async, call_optional, call_optional_async},
    forward::{Calls, Forwards},
    forward_shared::ForwardsShared,
    future::{Converted, OptionalFuture, ReturnedFuture, SharedReturnedFuture},
    outcome::{MethodError, Outcome, Returned, Returns},
    several::SerializeArgument,
    shared_returned::{SharedReturned, SharedReturns},
};
