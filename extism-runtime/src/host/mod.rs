//! Host functions that plug-ins import, and their access to the calling plug-in.

mod current;
mod described;
mod function;
mod guest_error;
mod handle;
mod interface_of;
pub(crate) mod memory;
mod slice;
mod state;
pub(crate) mod typed;

#[doc(inline)]
pub use extism_codec::Scalar;

pub use self::{
    current::CurrentPlugin,
    function::{DEFAULT_NAMESPACE, Function, HostFuture, IntoFunctions},
    handle::Handle,
    interface_of::interface_of,
    state::State,
    typed::{ExclusiveArgument, HostArgument, HostFunctions, HostOutput},
};
pub(crate) use self::{
    described::{Describe, DescribedBy, interfaces as described_interfaces},
    function::{AsyncCallback, Callback},
    state::{MissingState, States},
};
