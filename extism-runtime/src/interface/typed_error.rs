//! Errors that cross as values, among the types that an interface describes.

use extism_interface::{
    ErrorType,
    declare::{Pair, Probe, error},
};

use crate::error::PluginError;

/// Of an error type that crosses as a value.
pub trait TypedError {
    /// Describes it.
    fn error(&self, name: &'static str, schemas: Pair) -> Option<ErrorType>;
}

impl<E: PluginError> TypedError for &Probe<E> {
    fn error(&self, name: &'static str, schemas: Pair) -> Option<ErrorType> {
        Some(error(name, schemas))
    }
}

/// Of any other error type.
pub trait NoError {
    /// Returns that it does not cross.
    fn error(&self, _: &'static str, _: Pair) -> Option<ErrorType> {
        None
    }
}

impl<T: ?Sized> NoError for Probe<T> {}
