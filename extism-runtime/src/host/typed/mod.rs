//! What `#[host_fn]` expands to: how arguments are read, how results are written, and what is known of a host function
//! at compile time.

mod argument;
mod binder;
mod declaration;
mod future;
mod import;
mod result;

pub use self::{
    argument::{HostArgument, WasmArguments},
    binder::{AsyncCall, Binder, Bound, Call, ExclusiveArgument, PlainCall, bind, owned, read_argument, write_result},
    declaration::{
        Declaration, Declares, HostFn, HostFunction, HostFunctions, Next, NoNext, Part, Signature, declared,
        declared_part, function, under,
    },
    future::{host_future, send},
    import::{Import, check_import, provider},
    result::HostOutput,
};
