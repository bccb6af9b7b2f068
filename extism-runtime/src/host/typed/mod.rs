//! What `#[host_fn]` expands to: how arguments are read, how results are written, and what is known of a host
//! function while compiling.

mod argument;
mod binder;
mod declaration;
mod import;
mod result;

pub use self::{
    argument::{Arguments, HostArgument},
    binder::{Binder, Bound, Call, bind, give, plugin_mut, take},
    declaration::{HostFn, HostFunction, HostFunctions, Signature, function},
    import::{Import, check_import, provider},
    result::HostResult,
};
