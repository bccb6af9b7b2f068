//! What the macros' expansions name. No part of the public interface: it changes without notice.

pub use std::{any::Any, sync::Arc};

pub use extism_macros::host_fns;

pub use crate::{
    codec::Writer,
    host::typed::{
        Arguments, Binder, HostArgument, HostFn, HostFunction, HostFunctions, HostResult, Import, Signature, bind,
        check_import, function, give, plugin_mut, provider, take,
    },
    interface::{
        Exports, MethodDeclaration, call, call_optional, error,
        many::{
            arguments_1, arguments_2, arguments_3, arguments_4, arguments_5, arguments_6, arguments_7, arguments_8,
            arguments_9, arguments_10, arguments_11, arguments_12,
        },
        unwrap,
    },
    plugin::RawExport,
    value::{Val, ValType},
};
