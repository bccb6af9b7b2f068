//! Tests that the expansions of `#[host_fn]` trigger no lints, not even those that are off by default.
#![deny(warnings)]
#![deny(
    absolute_paths_not_starting_with_crate,
    ambiguous_negative_literals,
    deprecated_in_future,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    ffi_unwind_calls,
    impl_trait_redundant_captures,
    keyword_idents,
    let_underscore_drop,
    macro_use_extern_crate,
    meta_variable_misuse,
    missing_abi,
    missing_copy_implementations,
    missing_debug_implementations,
    missing_docs,
    non_ascii_idents,
    non_local_definitions,
    redundant_imports,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unsafe_code,
    unused_extern_crates,
    unused_import_braces,
    unused_lifetimes,
    unused_macro_rules,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]

use extism_runtime::{
    CurrentPlugin, Function, Json, State,
    host::{IntoFunctions, Scalar},
    host_fn, host_fns,
};

/// A public module.
pub mod public {
    use extism_runtime::{State, host_fn};

    /// A function.
    #[host_fn]
    #[must_use]
    pub fn shout(prefix: State<String>, text: &str) -> String {
        format!("{}{text}", *prefix)
    }

    /// A function with a macro's name.
    #[host_fn(name = "print-text")]
    pub fn print(text: &str) {
        std::print!("{text}");
    }

    /// A deprecated function.
    #[host_fn]
    #[deprecated]
    pub const fn old() {}
}

mod private {
    use extism_runtime::{host::Scalar, host_fn};

    #[host_fn]
    pub(super) const fn r#match(Scalar(number): Scalar<i32>, _: Scalar<i64>) -> Scalar<i32> {
        Scalar(number)
    }

    #[host_fn]
    #[inline]
    #[track_caller]
    #[cold]
    pub(crate) fn attributes(mut text: String) -> String {
        text.push('!');
        text
    }

    #[host_fn]
    #[expect(unused_variables)]
    #[allow(clippy::too_many_arguments)]
    pub(in crate::private) fn expected(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8) {}

    pub(crate) fn functions() -> [extism_runtime::Function; 1] {
        extism_runtime::host_fns![expected]
    }
}

use private::{attributes, r#match};
use public::shout as cry;

/// The methods of a value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Set {
    number: u32,
}

#[host_fn]
impl Set {
    /// A number.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// A method with every feature.
    ///
    /// # Errors
    ///
    /// None.
    pub fn all(&self, plugin: &mut CurrentPlugin<'_>, Json((a, mut b)): Json<(u8, u8)>) -> Result<u8, String> {
        let _ = plugin.id();
        b += a;
        Ok(b)
    }

    #[host_fn(skip)]
    fn skipped() {}
}

#[host_fn(part = 2)]
impl Set {
    fn second(&self, state: State<u8>) -> Scalar<f32> {
        Self::skipped();
        Scalar(f32::from(*state))
    }
}

#[test]
fn the_expansions_are_quiet() {
    #[host_fn]
    fn local<'a>(first: &'a str, second: Option<&'a [u8]>) -> u64 {
        (first.len() + second.map_or(0, <[u8]>::len)) as u64
    }
    let functions = host_fns![cry, public::print, public::old, attributes, r#match, local, self::public::shout];
    let functions = functions.into_iter().chain(Set::default().into_functions()).chain(private::functions());
    let names: Vec<_> = functions.map(|function: Function| function.name().to_owned()).collect();
    assert_eq!(
        names,
        ["shout", "print-text", "old", "attributes", "match", "local", "shout", "number", "all", "second", "expected"]
    );
}
