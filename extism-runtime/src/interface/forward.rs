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
