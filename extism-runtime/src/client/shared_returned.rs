use super::{
    future::{OptionalFuture, ReturnedFuture},
    shared::SharedPlugin,
    typed::Returned,
};
use crate::{Decode, Encode, Error, plugin::export::RawExport};

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

/// Stands in for the future of pools.
#[derive(Debug)]
pub struct SharedFuture<O>(
    SharedPlugin,
    RawExport,
    Result<Vec<u8>, Option<Error>>,
    std::marker::PhantomData<fn() -> O>,
);

impl SharedPlugin {
    /// Stands in for the call of pools.
    pub fn call_async<I, O>(&self, export: RawExport, input: I) -> SharedFuture<O>
    where
        I: Encode,
        O: for<'p> Decode<'p>,
    {
        let input = crate::codec::to_vec(&input).map_err(|_| None);
        SharedFuture(self.clone(), export, input, std::marker::PhantomData)
    }
}

impl<O: for<'p> Decode<'p>> Future for SharedFuture<O> {
    type Output = Result<O, Error>;

    fn poll(self: std::pin::Pin<&mut Self>, _: &mut std::task::Context<'_>) -> std::task::Poll<Self::Output> {
        match &self.2 {
            Ok(input) => std::task::Poll::Ready(self.0.call(self.1, &input[..])),
            Err(_) => std::task::Poll::Pending,
        }
    }
}
