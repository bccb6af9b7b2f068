use std::slice;

use extism_codec::__private::{Kind, Number, Source, WasmArgument};

use super::{
    super::{CurrentPlugin, MissingState, State, States},
    Bound,
};
use crate::{
    Decode,
    error::BoxError,
    value::{Val, ValType},
};

/// An argument of a [`#[host_fn]`](macro@crate::host_fn) function: any [`Decode`] type, [`State<T>`](State), [`Scalar`](crate::host::Scalar)
/// and `&CurrentPlugin`.
///
/// Compiler errors name this trait; programs implement [`Decode`] instead. Its items change without notice.
/// `'p` is the lifetime for which the argument may borrow from the calling plug-in.
#[diagnostic::on_unimplemented(
    message = "a host function cannot take an argument of type `{Self}`",
    label = "neither a type with a codec nor a value of the host",
    note = "to receive a value from the plug-in, wrap it in a codec such as `Json<..>`, or put `#[derive(Decode)] #[codec(Json)]` on the type",
    note = "to use a value of the host, pass it to `PluginBuilder::with_state` and take `State<T>`, not `T` or `&T`; `T` has to be `Send + Sync`",
    note = "a raw WebAssembly value is a `Scalar<i32>`, `Scalar<i64>`, `Scalar<f32>` or `Scalar<f64>`; the calling plug-in is a `&mut CurrentPlugin` or `&CurrentPlugin`"
)]
pub trait HostArgument<'p, 'c>: Sized {
    /// The WebAssembly parameters that make up the argument.
    #[doc(hidden)]
    const PARAMS: &'static [ValType];

    /// Finds the argument among the builder's states, if it is a state.
    ///
    /// # Errors
    ///
    /// Returns an error if it is a state that was never set.
    #[doc(hidden)]
    fn bind(states: &States) -> Result<Bound, MissingState>;

    /// Reads the argument of one call.
    ///
    /// # Errors
    ///
    /// Returns an error if the plug-in passed bytes that cannot be decoded, or a handle that is not that of a block.
    #[doc(hidden)]
    fn read_argument(
        bound: &Bound,
        plugin: &'p CurrentPlugin<'c>,
        arguments: &mut WasmArguments<'_>,
    ) -> Result<Self, BoxError>;
}

/// The WebAssembly arguments of a call that have not been taken yet.
#[derive(Debug)]
pub struct WasmArguments<'a>(slice::Iter<'a, Val>);

impl<'a> WasmArguments<'a> {
    pub(super) fn new(values: &'a [Val]) -> Self {
        Self(values.iter())
    }

    fn next(&mut self) -> Result<&'a Val, BoxError> {
        self.0.next().ok_or_else(|| "the plug-in passed too few arguments".into())
    }
}

/// What an argument or a result crosses as.
pub(super) const fn val_type(kind: Kind) -> ValType {
    match kind {
        Kind::I32 => ValType::I32,
        Kind::I64 => ValType::I64,
        Kind::F32 => ValType::F32,
        Kind::F64 => ValType::F64,
    }
}

/// The arguments of a call, and the plug-in that their handles belong to.
struct Passed<'p, 'c, 'a, 'v> {
    plugin: &'p CurrentPlugin<'c>,
    arguments: &'a mut WasmArguments<'v>,
}

impl<'p> Source<'p> for Passed<'p, '_, '_, '_> {
    #[inline]
    fn value<T: Decode<'p>>(&mut self) -> Result<T, BoxError> {
        self.plugin.get(self.arguments.next()?).map_err(Into::into)
    }

    #[inline]
    fn number(&mut self) -> Result<Number, BoxError> {
        Ok(match *self.arguments.next()? {
            Val::I32(value) => Number::I32(value),
            Val::I64(value) => Number::I64(value),
            Val::F32(value) => Number::F32(value),
            Val::F64(value) => Number::F64(value),
        })
    }
}

// The advice of `HostArgument` is more helpful than that of `Decode`, which still decides.
#[diagnostic::do_not_recommend]
impl<'p, 'c, T: WasmArgument<'p>> HostArgument<'p, 'c> for T {
    const PARAMS: &'static [ValType] = &[val_type(T::KIND)];

    fn bind(_: &States) -> Result<Bound, MissingState> {
        Ok(Bound::nothing())
    }

    #[inline]
    fn read_argument(
        _: &Bound,
        plugin: &'p CurrentPlugin<'c>,
        arguments: &mut WasmArguments<'_>,
    ) -> Result<Self, BoxError> {
        T::read(&mut Passed { plugin, arguments })
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + ?Sized + 'static> HostArgument<'_, '_> for State<T> {
    const PARAMS: &'static [ValType] = &[];

    fn bind(states: &States) -> Result<Bound, MissingState> {
        states.get::<T>().map(Bound::of)
    }

    #[inline]
    fn read_argument(bound: &Bound, _: &CurrentPlugin<'_>, _: &mut WasmArguments<'_>) -> Result<Self, BoxError> {
        bound.state().ok_or_else(|| "the state was never set".into())
    }
}

#[diagnostic::do_not_recommend]
impl<'p, 'c> HostArgument<'p, 'c> for &'p CurrentPlugin<'c> {
    const PARAMS: &'static [ValType] = &[];

    fn bind(_: &States) -> Result<Bound, MissingState> {
        Ok(Bound::nothing())
    }

    #[inline]
    fn read_argument(_: &Bound, plugin: &'p CurrentPlugin<'c>, _: &mut WasmArguments<'_>) -> Result<Self, BoxError> {
        Ok(plugin)
    }
}
