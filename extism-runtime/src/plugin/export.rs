use std::{fmt, marker::PhantomData};

use super::{CallFuture, Plugin};
use crate::{
    Decode, Encode, Error,
    compile::CompiledInner,
    error::{InterfaceError, Mismatch, MismatchKind},
};

/// An export of a plug-in, found and checked once: [`call`](Self::call) needs no look-up.
///
/// It works with every instance of the compiled plug-in that it came from. `I` is the input's type and `O` the
/// output's; either may borrow: `plugin.export::<&str, &str>("shout")`.
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// use extism_runtime::Plugin;
///
/// let mut plugin = Plugin::new("examples/plugins/echo.wasm")?;
/// let echo = plugin.export::<&str, &str>("echo")?;
/// for text in ["one", "two"] {
///     assert_eq!(echo.call(&mut plugin, text)?, text);
/// }
/// # Ok(())
/// # }
/// ```
pub struct Export<I, O> {
    raw: RawExport,
    // Covariant in both, so that an export obtained for `&str` accepts every `&str`, however short its lifetime.
    types: PhantomData<fn() -> (I, O)>,
}

/// An [`Export`] without its types, for the generated clients.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawExport {
    /// Its index among the main module's exports.
    pub(crate) index: u32,
    /// The compiled plug-in that it belongs to.
    pub(crate) compiled: u64,
}

impl RawExport {
    /// An export that belongs to no plug-in, so that its calls fail.
    pub(crate) const NONE: Self = Self { index: u32::MAX, compiled: u64::MAX };

    /// Returns the export's index, if it belongs to this compiled plug-in.
    #[inline]
    pub(super) fn index_in(self, compiled: &CompiledInner) -> Result<u32, Error> {
        if self.compiled == compiled.serial { Ok(self.index) } else { Err(self.foreign(compiled)) }
    }

    #[cold]
    fn foreign(self, compiled: &CompiledInner) -> Error {
        let export = compiled.exports.name(self.index).to_owned();
        let (plugin, mismatch) = (compiled.settings.name.to_string(), Mismatch { export, kind: MismatchKind::Foreign });
        InterfaceError { plugin, interface: None, mismatches: vec![mismatch] }.into()
    }
}

impl<I, O> Export<I, O> {
    pub(crate) fn new(raw: RawExport) -> Self {
        Self { raw, types: PhantomData }
    }

    /// Calls the export.
    ///
    /// # Errors
    ///
    /// Returns an error if the input cannot be encoded, the plug-in fails or exceeds a limit, or the output cannot be
    /// decoded.
    #[inline]
    pub fn call<'p>(self, plugin: &'p mut Plugin, input: I) -> Result<O, Error>
    where
        I: Encode,
        O: Decode<'p>,
    {
        plugin.call_raw(self.raw, input)
    }

    /// Begins to call the export, and encodes the input; see [`Plugin::call_async`].
    ///
    /// # Errors
    ///
    /// The future returns the same errors as [`call`](Self::call).
    #[inline]
    pub fn call_async<'p>(self, plugin: &'p mut Plugin, input: I) -> CallFuture<'p, O>
    where
        I: Encode,
        O: Decode<'p>,
    {
        plugin.call_raw_async(self.raw, input)
    }
}

impl<I, O> Clone for Export<I, O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<I, O> Copy for Export<I, O> {}

impl<I, O> fmt::Debug for Export<I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Export").field(&self.raw.index).finish()
    }
}
