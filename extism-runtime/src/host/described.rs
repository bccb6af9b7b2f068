//! What is known of the types of host functions.

use std::borrow::Cow;

use extism_interface::declare::{Schemas, host_functions};

use crate::interface::{Interface, Method};

/// What describes a host function.
#[derive(Clone, Copy)]
pub(crate) enum DescribedBy {
    /// Nothing but its signature.
    No,
    /// The interface that it belongs to.
    Interface(&'static Interface),
    /// What `#[host_fn]` found in the function.
    Function(&'static dyn Describe),
}

/// A function that describes itself.
pub(crate) trait Describe: Send + Sync {
    /// Returns the function, imported from this namespace. The schemas of its types are collected.
    fn method(&self, schemas: &mut Schemas, namespace: &str) -> Method;
}

/// Returns the interfaces of functions, each with its namespace: those that functions belong to, and one, with this name,
/// of all that describe themselves.
pub(crate) fn interfaces<'f>(
    name: &str,
    functions: impl Iterator<Item = (DescribedBy, &'f str)>,
) -> Vec<Cow<'static, Interface>> {
    let mut all: Vec<Cow<'static, Interface>> = Vec::new();
    let mut single = Vec::new();
    for (described, namespace) in functions {
        match described {
            DescribedBy::Interface(interface) => {
                let known = |known: &Cow<'_, Interface>| std::ptr::eq::<Interface>(known.as_ref(), interface);
                if !all.iter().any(known) {
                    all.push(Cow::Borrowed(interface));
                }
            }
            DescribedBy::Function(function) => single.push((function, namespace)),
            DescribedBy::No => {}
        }
    }
    if !single.is_empty() {
        all.push(Cow::Owned(host_functions(name, |schemas| {
            single.into_iter().map(|(function, namespace)| function.method(schemas, namespace)).collect()
        })));
    }
    all
}
