//! The code behind `#[host_fn]`: how arguments are read, how results are written, and the compile-time
//! description of host functions.

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
