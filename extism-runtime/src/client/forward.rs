use super::{PluginInterface, View, WithContext};

/// A value that hands an interface's calls on to another, and so implements the interface's trait wherever that one
/// does.
///
/// `C` is the interface's client, which stands for the interface. Implemented for `&mut T`, `Box<T>` (also of `dyn
/// Trait`), [`WithContext`] and [`View`], and by `#[plugin_interface(extends(..))]` for the client of an interface that
/// extends another.
pub trait Forward<C> {
    /// What answers the calls.
    type Target: ?Sized;

    /// What answers the calls.
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

impl<C, W: PluginInterface> Forward<C> for WithContext<'_, W> {
    type Target = W;

    fn forward(&mut self) -> &mut W {
        self
    }
}

impl<C, W: PluginInterface> Forward<C> for View<'_, W> {
    type Target = W;

    fn forward(&mut self) -> &mut W {
        self
    }
}

/// The calls of an interface, as what hands them on: a stand-in for a type that implements [`Forward`].
///
/// The generated implementations for all that hand calls on are bound by [`Forwards`] instead of by [`Forward`], since
/// the compiler only gives the reasons of a bound on another type than the one that lacks the trait.
#[derive(Clone, Copy, Debug)]
pub struct Calls;

/// That `T` hands the calls of `C`'s interface on.
#[diagnostic::on_unimplemented(
    message = "`{T}` does not implement the trait that `{C}` is the client of",
    label = "the trait is not implemented for `{T}`",
    note = "a client implements its trait where all the methods return `Result`s, since a call can fail; with `#[plugin_interface(on_error = \"panic\")]` it implements the trait as it is, and a failed call panics",
    note = "the client of an interface that extends this one implements its trait too with `#[plugin_interface(extends({C}))]`"
)]
pub trait Forwards<T, C> {
    /// What answers the calls.
    type Target: ?Sized;

    /// What answers the calls.
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
