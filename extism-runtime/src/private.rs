//! Names used in the macros' expansions. Not part of the public interface: they change without notice.

pub use std::{any::Any, sync::LazyLock};

pub use extism_macros::host_fns;

pub use crate::{
    __extism_undeclared as undeclared,
    client::{
        Exports, Holder, ManyArguments, SameForClient, Together, client, client_of, flatten, map_present, unwrap,
    },
    codec::Writer,
    host::typed::{
        Arguments, Binder, Bound, Call, Declaration, Declares, HostFn, HostFunction, Import, Next, NoNext, Part,
        Signature, bind, check_import, declared, declared_part, function, give, owned, provider, take,
    },
    interface::MethodDeclaration,
    plugin::RawExport,
    value::{Val, ValType},
};
