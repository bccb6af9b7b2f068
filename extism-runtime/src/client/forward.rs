use super::{PluginInterface, View, WithContext, WithTimeout};

/// A value that forwards an interface's calls to another value, and so implements the interface's trait if the other
/// one does.
///
/// `C` is the interface's client, which identifies the interface. Implemented for `&mut T`, `Box<T>` (including
/// `Box<dyn Trait>`), [`WithContext`], [`WithTimeout`] and [`View`], and by `#[plugin_interface(extends(..))]` for the client of an
/// interface that extends another.
pub trait Forward<C> {
    /// The type that answers the calls.
    type Target: ?Sized;

    /// Returns the value that answers the calls.
    fn forward(&mut self) -> &mut Self::Target;
}

impl<C, T: ?Sized> Forward<C> for &mut T {
    type Target = T;

    fn forward(&mut self) -> &mut T {
        self
    }
}

impl<C, T: ?Sized> Forward<C> for Box<T> {
    type Target = T;

    fn forward(&mut self) -> &mut T {
        self
    }
}

impl<C, P: PluginInterface> Forward<C> for WithContext<'_, P> {
    type Target = P;

    fn forward(&mut self) -> &mut P {
        self
    }
}

impl<C, P: PluginInterface> Forward<C> for WithTimeout<'_, P> {
    type Target = P;

    fn forward(&mut self) -> &mut P {
        self
    }
}

impl<C, P: PluginInterface> Forward<C> for View<'_, P> {
    type Target = P;

    fn forward(&mut self) -> &mut P {
        self
    }
}

/// A substitute for a type that implements [`Forward`].
///
/// The generated implementations for all forwarding types are bounded by [`Forwards`] instead of [`Forward`],
/// since the compiler explains a bound only if it is on a type other than the one that does not implement the trait.
#[derive(Clone, Copy, Debug)]
pub struct Calls;

/// States that `T` forwards the calls of `C`'s interface.
#[diagnostic::on_unimplemented(
    message = "`{T}` does not implement the trait that `{C}` is the client of",
    label = "the trait is not implemented for `{T}`",
    note = "a client implements its trait only if all methods return `Result`s, because a call can fail; with `#[plugin_interface(on_error = \"panic\")]`, it implements the trait as written, and a failed call panics",
    note = "the client of an interface that extends this one implements its trait too if it has `#[plugin_interface(extends({C}))]`"
)]
pub trait Forwards<T, C> {
    /// The type that answers the calls.
    type Target: ?Sized;

    /// Returns the value that answers the calls.
    fn forward(forwarding: &mut T) -> &mut Self::Target;
}

#[diagnostic::do_not_recommend]
impl<C, T: Forward<C>> Forwards<T, C> for Calls {
    type Target = T::Target;

    #[inline]
    fn forward(forwarding: &mut T) -> &mut T::Target {
        forwarding.forward()
    }
}
