//! What the macros' expansions name. No part of the public interface: it changes without notice.

pub use std::{any::Any, sync::LazyLock};

pub use extism_macros::host_fns;

pub use crate::{
    codec::Writer,
    host::typed::{
        Arguments, Binder, Bound, Call, HostArgument, HostFn, HostFunction, HostFunctions, HostResult, Import,
        Signature, bind, check_import, function, give, plugin_mut, provider, take,
    },
    interface::{
        Exports, Holder, ManyArguments, MethodDeclaration, SameForClient, Together, client, client_of, unwrap,
    },
    plugin::RawExport,
    value::{Val, ValType},
};
