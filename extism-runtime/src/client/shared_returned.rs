use super::{shared::SharedPlugin, typed::Returned};
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

/// STUB
pub struct SharedFuture<O>(SharedPlugin, RawExport, Option<Vec<u8>>, std::marker::PhantomData<fn() -> O>);
pub struct ReturnedSharedFuture<R, V>(SharedFuture<V>, std::marker::PhantomData<fn() -> R>);
pub struct OptionalSharedFuture<O>(Option<SharedFuture<O>>);

impl SharedPlugin {
    pub fn call_async<I, O>(&self, export: RawExport, input: I) -> SharedFuture<O>
    where
        I: Encode,
        O: for<'p> Decode<'p>,
    {
        let bytes = crate::codec::to_vec(&input).unwrap();
        SharedFuture(self.clone(), export, Some(bytes), std::marker::PhantomData)
    }
    pub fn call_optional_async<I, O>(&self, export: Option<RawExport>, input: I) -> OptionalSharedFuture<O>
    where
        I: Encode,
        O: for<'p> Decode<'p>,
    {
        OptionalSharedFuture(export.map(|export| self.call_async(export, input)))
    }
    pub fn call_returned_async<R, I, V, O>(&self, export: RawExport, input: I) -> ReturnedSharedFuture<R, V>
    where
        R: for<'p> Returned<'p, Value = V, Output = O>,
        I: Encode,
        V: for<'p> Decode<'p>,
    {
        ReturnedSharedFuture(self.call_async(export, input), std::marker::PhantomData)
    }
}

impl<O: for<'p> Decode<'p>> Future for SharedFuture<O> {
    type Output = Result<O, Error>;
    fn poll(mut self: std::pin::Pin<&mut Self>, _: &mut std::task::Context<'_>) -> std::task::Poll<Self::Output> {
        let input = self.2.take().unwrap();
        std::task::Poll::Ready(self.0.call(self.1, &input[..]))
    }
}

impl<O: for<'p> Decode<'p>> Future for OptionalSharedFuture<O> {
    type Output = Result<Option<O>, Error>;
    fn poll(mut self: std::pin::Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<Self::Output> {
        match &mut self.0 {
            Some(call) => std::pin::Pin::new(call).poll(context).map_ok(Some),
            None => std::task::Poll::Ready(Ok(None)),
        }
    }
}

impl<R: Returned<'static, Value = V>, V: for<'p> Decode<'p>> Future for ReturnedSharedFuture<R, V> {
    type Output = R::Output;
    fn poll(mut self: std::pin::Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<Self::Output> {
        std::pin::Pin::new(&mut self.0).poll(context).map(R::from_call)
    }
}
