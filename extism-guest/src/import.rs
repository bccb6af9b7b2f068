//! What host functions expand to: arguments that are sent, and the result that is received.

use extism_codec::__private::{Crossed, FromHost, ToHost};

use crate::{Error, PluginError, block::Kernel};

/// An argument on its way; its block is freed after the call.
#[derive(Debug)]
pub struct Sent<T: ToHost>(T::Wire);

impl<T: ToHost> Sent<T> {
    /// Encodes an argument.
    ///
    /// # Panics
    ///
    /// Panics if it cannot be encoded: the type of the host function has no place for the error.
    pub fn new(value: T, function: &str) -> Self {
        match value.to_wire::<Kernel>() {
            Ok(wire) => Self(wire),
            Err(error) => panic!("host function `{function}`: an argument cannot be encoded: {error}"),
        }
    }

    /// What crosses.
    #[must_use]
    pub fn wire(&self) -> T::Wire {
        self.0
    }
}

impl<T: ToHost> Drop for Sent<T> {
    fn drop(&mut self) {
        T::free::<Kernel>(self.0);
    }
}

/// Decodes a result.
///
/// # Panics
///
/// Panics if it cannot be decoded: its type has no place for the error.
pub fn receive<T: FromHost>(wire: T::Wire, function: &str) -> T {
    match T::from_wire::<Kernel>(wire) {
        Ok(value) => value,
        Err(error) => panic!("{}", unreadable(function, &*error)),
    }
}

/// Decodes a result that is a `Result`.
///
/// # Errors
///
/// Returns the host's error, or, as an error that does not cross as a value, why the result cannot be decoded.
pub fn receive_result<T, E: PluginError>(wire: u64, function: &str) -> Result<T, E>
where
    Crossed<T, E>: FromHost<Wire = u64>,
{
    match Crossed::from_wire::<Kernel>(wire) {
        Ok(Crossed(result)) => result,
        Err(error) => Err(E::from_other(Error::other(unreadable(function, &*error)))),
    }
}

#[cold]
fn unreadable(function: &str, error: &(dyn std::error::Error + 'static)) -> String {
    format!("host function `{function}`: the result cannot be decoded: {error}")
}

/// The body of a host function where there is no host.
///
/// # Panics
///
/// Always.
#[cold]
pub fn no_host(namespace: &str, name: &str) -> ! {
    panic!(
        "`{name}` of `{namespace}` is a function of the host: call it in WebAssembly, or test with your own implementation of its trait"
    )
}
