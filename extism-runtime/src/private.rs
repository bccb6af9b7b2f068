//! Names used in the macros' expansions and by `extism-call`. Not part of the public interface: they change without
//! notice.

pub use std::{any::Any, sync::LazyLock, time::Duration};

pub use extism_macros::host_fns;

pub use crate::{
    __extism_undeclared as undeclared,
    client::{
        Either, Holder, ResolvedExports, SameForClient, SeveralArguments, Together, client, client_of, either, flatten,
        map_present, then, value_or_panic,
    },
    codec::Writer,
    display::line,
    host::typed::{
        AsyncCall, Binder, Bound, Call, Declaration, Declares, HostFn, HostFunction, Import, Next, NoNext, Part,
        PlainCall, Signature, WasmArguments, bind, check_import, declared, declared_part, function, host_future, owned,
        provider, read_argument, send, write_result,
    },
    interface::MethodDeclaration,
    plugin::RawExport,
    value::{Val, ValType},
};
