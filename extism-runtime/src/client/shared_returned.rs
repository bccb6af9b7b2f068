use super::{
    future::{OptionalFuture, ReturnedFuture},
    shared::SharedPlugin,
    typed::Returned,
};
use crate::{Decode, Encode, plugin::export::RawExport, pool::SharedFuture};

/// Calls whose method's return type decides what is returned; see [`Returned`]. What the plug-in returns is owned, and so
/// the same for every lifetime.
impl SharedPlugin {
    /// Calls an export of an instance.
    #[inline]
    pub fn call_returned<R, I, V, O>(&self, export: RawExport, input: I) -> O
    where
        R: for<'p> Returned<'p, Value = V, Output = O>,
        I: Encode,
        V: for<'p> Decode<'p>,
    {
        <R as Returned<'static>>::from_call(self.call(export, input))
    }

    /// Like [`call_returned`](Self::call_returned), with `on_error = "panic"`.
    ///
    /// # Panics
    ///
    /// Panics with the error's text if the call fails and the type is not a `Result`.
    #[inline]
    #[track_caller]
    pub fn call_returned_or_panic<R, I, V, O>(&self, export: RawExport, input: I) -> R
    where
        R: for<'p> Returned<'p, Value = V, Output = O>,
        I: Encode,
        V: for<'p> Decode<'p>,
    {
        <R as Returned<'static>>::or_panic(self.call(export, input))
    }
}

/// The same, as futures.
impl SharedPlugin {
    /// Calls an export that may be missing; the future returns `None` if it is. The input is encoded before this returns.
    pub fn call_optional_async<I, O>(&self, export: Option<RawExport>, input: I) -> OptionalFuture<SharedFuture<O>>
    where
        I: Encode,
        O: for<'p> Decode<'p>,
    {
        OptionalFuture(export.map(|export| self.call_async(export, input)))
    }

    /// Calls an export whose method's return type decides what is returned. The input is encoded before this returns.
    pub fn call_returned_async<R, I, V, O>(
        &self,
        export: RawExport,
        input: I,
    ) -> ReturnedFuture<'static, SharedFuture<V>, R>
    where
        R: for<'p> Returned<'p, Value = V, Output = O>,
        I: Encode,
        V: for<'p> Decode<'p>,
    {
        ReturnedFuture::new(self.call_async(export, input))
    }
}
