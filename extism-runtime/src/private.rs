//! The items that the macros' expansions name, including public ones, and those that `extism-call` shares.
//!
//! Not part of the public interface: it changes without notice.

pub use std::{any::Any, sync::LazyLock, time::Duration};

pub use extism_codec::__private::{Crossed, Format};
pub use extism_interface::declare::{
    Decoded, DecodedResult, Encoded, FunctionDeclaration, InCodec, MethodDeclaration, MethodWires, OfType, Probe,
    Undescribed, Unknown, argument, crossing as crossing_wire, describe, error as error_type, extend, host_interface,
    interface, method, part, wire,
};
pub use extism_macros::host_fns;

#[cfg(feature = "extism-convert")]
pub use crate::codec::Convert;
#[cfg(feature = "msgpack")]
pub use crate::codec::Msgpack;
#[cfg(feature = "prost")]
pub use crate::codec::Prost;
#[cfg(feature = "raw")]
pub use crate::codec::Raw;
pub use crate::{
    __extism_undeclared as undeclared,
    client::{
        Forward, ForwardShared, PluginInterface, SharedInterface, WithContext, WithTimeout,
        call::{flatten, map_present, value_or_panic},
        future::{Either, either, then},
        outcome::SameForClient,
        resolved_exports::{ResolvedExports, client, client_of},
        several::{EncodesSeveral, SeveralArguments},
        shared::{SharedPlugin, shared_client, shared_client_of},
        shared_base::SharedBase,
        shared_returned::SameForSharedClient,
        together::{Holder, Together},
        typed,
    },
    codec::{Base64, CodecError, Decode, Encode, Json, Writer},
    display::{is_unsafe, line},
    error::{
        BoxError, Error, PluginError,
        plugin::{code_of, crossing, error_of},
    },
    host::{
        ExclusiveArgument, Function, HostArgument, HostFunctions, HostFuture, HostOutput, IntoFunctions,
        typed::{
            AsyncCall, Binder, Bound, Call, Declaration, Declares, HostFn, HostFunction, Import, Next, NoNext, Part,
            PlainCall, Signature, WasmArguments, bind, check_import, declared, declared_part, function, host_future,
            owned, provider, read_argument, send, under, write_result,
        },
    },
    interface::{
        Argument, Encoding, Interface, Method,
        keep::{StaleDescription, keep_description},
        typed_error::{NoError, TypedError},
    },
    load::Source,
    plugin::{CompiledPlugin, FromPlugin, FromPool, Plugin, PluginBuilder, export::RawExport, pool::PoolOptions},
    pool::Pool,
    value::{Val, ValType},
};
