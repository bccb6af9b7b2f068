use super::super::HostFuture;
use crate::error::BoxError;

/// Requires the future of an `async` host function to be `Send`, so that the error names the function.
pub fn send<F: Future + Send>(future: F) -> impl Future<Output = F::Output> + Send {
    future
}

/// Boxes the future of a call of an `async` host function.
pub fn host_future<'a>(future: impl Future<Output = Result<(), BoxError>> + Send + 'a) -> HostFuture<'a> {
    Box::pin(future)
}
