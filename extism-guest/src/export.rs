//! What exports expand to: input, arguments, and the answer.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use extism_codec::{__private::Answer, Decode, Encode};

use crate::{
    PluginState,
    block::{self, Input},
    env,
    failure::{self, Failure},
    states,
};

/// Runs an export; returns what it returns to the host.
pub fn export<T: PluginState>(call: impl FnOnce(&mut T, Input<'_>) -> Result<(), Failure>) -> i32 {
    report_panics();
    finish(states::with(|state| block::with_input(|input| call(state, input))))
}

fn finish(result: Result<(), Failure>) -> i32 {
    match result {
        Ok(()) => 0,
        Err(failure) => failure.tell(),
    }
}

/// Lets a panic end the call with its text as Extism's error. WebAssembly cannot unwind: the plug-in traps.
#[cfg(target_family = "wasm")]
fn report_panics() {
    use std::sync::Once;

    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        std::panic::set_hook(Box::new(|panic| failure::tell(&panic.to_string())));
    });
}

#[cfg(not(target_family = "wasm"))]
fn report_panics() {
    let _ = failure::tell;
}

/// Decodes the input.
///
/// # Errors
///
/// Returns an error if it is not such a value.
pub fn argument<'a, T: Decode<'a>>(input: Input<'a>) -> Result<T, Failure> {
    input.decode().map_err(|error| Failure::of_input(&error))
}

/// Encodes a method's answer as the output.
///
/// # Errors
///
/// Returns the error that it is.
pub fn answered<T: Answer>(answer: T) -> Result<Result<(), Failure>, T::Error> {
    answer.answer().map(|value| output(&value))
}

fn output<T: Encode>(value: &T) -> Result<(), Failure> {
    let block = block::encode(value).map_err(|error| Failure::of_output(&error))?;
    if block.length > 0 {
        env::output_set(block.offset, block.length);
    }
    Ok(())
}

/// Runs an `async` method. Nothing in a plug-in can wake it later: a host function has returned when it is called, so
/// futures that wait for anything else never end.
///
/// # Errors
///
/// Returns an error if the future waits.
pub fn wait<F: Future>(future: F) -> Result<F::Output, Failure> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Ok(value),
        Poll::Pending => Err(crate::Error::other(
            "the method waits for something that never happens: in a plug-in, only calls of the host return later, and \
             those are not `async`",
        )
        .into()),
    }
}

/// The body of a method that the plug-in does not export.
///
/// # Panics
///
/// Always.
#[cold]
pub fn not_exported(method: &str) -> ! {
    panic!("the plug-in does not implement `{method}`")
}
