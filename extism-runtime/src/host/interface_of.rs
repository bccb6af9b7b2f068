//! Host functions without a trait, as an interface.

use extism_interface::declare::extend;

use super::{DEFAULT_NAMESPACE, DescribedBy, Function, IntoFunctions, described_interfaces};
use crate::{
    interface::{Argument, Format, Interface, Method, Role, Wire},
    value::{FuncType, ValType},
};

/// Describes host functions that are no `#[host_interface]`: `#[host_fn]` functions and types, and dynamic
/// [`Function`]s, of which only the signature is known.
///
/// The result is data like that of a trait: `to_json` writes it into a file, of which `extism-call schema` makes a page for
/// plug-in authors and `extism-call stamp` a plug-in's section.
///
/// ```
/// use extism_runtime::{host, host_fn, host_fns};
///
/// /// Returns the price of an article in cents.
/// #[host_fn]
/// fn price(article: &str) -> Option<u64> {
///     (article == "mug").then_some(800)
/// }
///
/// let shop = host::interface_of("Shop", host_fns![price]);
/// let price = shop.method("price").unwrap();
/// assert_eq!(price.docs, "Returns the price of an article in cents.");
/// assert_eq!(price.arguments[0].wire.format.as_ref().unwrap().as_str(), "utf8");
/// assert_eq!(price.output.format.as_ref().unwrap().as_str(), "optional<u64>");
/// ```
#[must_use]
pub fn interface_of(name: &str, functions: impl IntoFunctions) -> Interface {
    let functions = functions.into_functions();
    let described = functions.iter().map(|function| (function.description(), function.namespace()));
    let described = described_interfaces(name, described);
    let dynamic = functions.iter().filter(|function| matches!(function.description(), DescribedBy::No));
    let mut interface = Interface::new(name.to_owned());
    interface.role = Role::Host;
    interface.methods = dynamic.map(of_signature).collect();
    extend(interface, &described.iter().map(AsRef::as_ref).collect::<Vec<_>>())
}

/// A function of which only the signature is known.
fn of_signature(function: &Function) -> Method {
    let mut method = Method::new(function.name().to_owned());
    if function.namespace() != DEFAULT_NAMESPACE {
        method.namespace = Some(function.namespace().to_owned().into());
    }
    let FuncType { params, results, .. } = function.ty();
    let arguments = params.iter().enumerate();
    method.arguments = arguments.map(|(index, ty)| argument(index, *ty)).collect();
    if let [result] = **results {
        method.output = wire(result);
    }
    method
}

fn argument(index: usize, ty: ValType) -> Argument {
    let mut argument = Argument::new(format!("argument_{}", index + 1), ty.to_string());
    argument.wire = wire(ty);
    argument
}

/// An `i64` may be a number, or a block's offset.
fn wire(ty: ValType) -> Wire {
    match ty {
        ValType::I64 => Wire::default(),
        other => Wire::new(Format::new(format!("scalar<{other}>")), None),
    }
}
