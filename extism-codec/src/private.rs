//! What the crates of the two sides share besides codecs.
//!
//! Not part of the public interface: it changes without notice.

pub use crate::{
    Format, MAX_ATTEMPTS,
    budget::within,
    crossed::Crossed,
    guest::{FromHost, HostMemory, ToHost},
    returned::{Answer, Received, ReceivedOwned},
    to_vec_within,
    wasm::{Kind, Number, Sink, Source, WasmArgument, WasmResult},
};
