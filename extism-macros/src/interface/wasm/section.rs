//! Compares what a module says of itself with the interface: as far as the trait's tokens show what that means, and, by the
//! schemas in the interface's own description, the types. These are known only to the compiled program, so they come from
//! the file that its test keeps current.

use std::fs;

use extism_interface::{
    Description, Method as Described, SECTION,
    compare::{Difference, compare, described},
};
use proc_macro2::Span;
use syn::spanned::Spanned;

use super::{
    super::{
        guest::section::describe,
        model::{Interface, Method},
    },
    report::{report, report_outdated},
};
use crate::common::{Errors, peel};

pub(super) fn check(interface: &mut Interface, module: &[u8], errors: &mut Errors) {
    let Some(wasm) = &interface.wasm else { return };
    let file = wasm.path.display();
    let theirs = Description::from_module(module);
    let mut own = extism_interface::Interface::new("");
    own.require_section = interface.require_section;
    let theirs = match described(&own, theirs.as_ref().map(Option::as_ref)) {
        Ok(None) => return,
        Ok(Some(theirs)) => theirs,
        Err(refused) => return errors.at(&wasm.path, format!("`{file}`: {refused}")),
    };
    let schemas = schemas(interface, errors);
    for index in 0..interface.methods.len() {
        // Each by itself: of two with the same export, conditions exclude one.
        let Some(own) = of_method(interface, index) else { continue };
        let differences = compare(&own, theirs);
        let own = schemas.as_ref().and_then(|schemas| with_schemas(&own, schemas));
        let mut of_types = own.map(|own| compare(&own, theirs)).unwrap_or_default();
        of_types.retain(|difference| !differences.contains(difference));
        let description = interface.description.as_ref().map(|path| path.display()).unwrap_or_default();
        let Some(method) = interface.methods.get_mut(index) else { continue };
        for difference in differences {
            let message = format!("{difference}, as the section `{SECTION}` of `{file}` says");
            report(method, syn::Error::new(span(method, &difference), message), errors);
        }
        for difference in of_types {
            let message = format!(
                "{difference}, as the schemas in `{description}` and in `{file}` say (if `{description}` is out of \
                 date, `cargo test --lib` or `--bins` updates it)"
            );
            report_outdated(method, syn::Error::new(span(method, &difference), message));
        }
    }
}

/// The interface's own description, if there is a file with it.
fn schemas(interface: &mut Interface, errors: &mut Errors) -> Option<extism_interface::Interface> {
    let file = interface.description.as_ref()?;
    // Without the file, the test writes it.
    let json = fs::read(file.locate().ok()?).ok()?;
    if let Some(wasm) = &mut interface.wasm {
        wasm.described = true;
    }
    match Description::from_json(&json) {
        Ok(description) => description.interfaces.into_iter().next(),
        Err(error) => {
            let shown = file.display();
            errors.at(file, format!("`{shown}`: {error}: delete it, and `cargo test` writes it again"));
            None
        }
    }
}

/// The interface of a single method with the schemas of its types; `None` if its description is that of another
/// declaration.
fn with_schemas(
    own: &extism_interface::Interface,
    described: &extism_interface::Interface,
) -> Option<extism_interface::Interface> {
    let method = own.methods.first()?;
    let found = described.method(&method.export).filter(|found| is_same(method, found))?;
    let mut interface = described.clone();
    interface.methods = vec![found.clone()].into();
    Some(interface)
}

/// Whether two descriptions are of the same declaration.
fn is_same(one: &Described, other: &Described) -> bool {
    let arguments = one.arguments.iter().zip(other.arguments.iter());
    one.arguments.len() == other.arguments.len()
        && arguments.into_iter().all(|(one, other)| (&one.name, &one.ty) == (&other.name, &other.ty))
        && (&one.name, one.encoding, &one.result, &one.codec)
            == (&other.name, other.encoding, &other.result, &other.codec)
}

/// The interface with one of its methods, of the same JSON that a plug-in of it carries.
fn of_method(interface: &Interface, index: usize) -> Option<extism_interface::Interface> {
    let json = describe(interface, interface.methods.get(index));
    Description::from_json(json.as_bytes()).ok()?.interfaces.into_iter().next()
}

/// The argument's type, or the result's, or the method.
fn span(method: &Method, difference: &Difference) -> Span {
    let root = difference.place.split(['.', '[']).next().unwrap_or_default();
    let argument = method.arguments.iter().find(|argument| argument.name == root);
    match (argument, &method.output.ok, root) {
        (Some(argument), ..) => peel(&argument.ty).span(),
        (None, Some(ok), "result") => ok.span(),
        _ => method.export_span,
    }
}

#[cfg(test)]
mod tests {
    use std::{env, fs, path::PathBuf, process};

    use extism_interface::Description;
    use proc_macro2::TokenStream;
    use quote::quote;

    use super::super::super::expand;
    use crate::common::Side;

    /// A module that exports `pay: () -> ()`.
    const MODULE: &[u8] =
        b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x07\x07\x01\x03pay\0\0\x0a\x04\x01\x02\0\x0b";

    fn file(test: &str, name: &str, content: &[u8]) -> String {
        let path: PathBuf = env::temp_dir().join(format!("extism-macros-{}-{test}-{name}", process::id()));
        fs::write(&path, content).expect("the folder for temporary files can be written to");
        path.display().to_string()
    }

    /// The description of a shop whose cart has these fields, all of which are required.
    fn described(fields: &[&str]) -> String {
        let properties = fields.iter().map(|name| format!(r#""{name}": {{"type": "string"}}"#)).collect::<Vec<_>>();
        let required = fields.iter().map(|name| format!(r#""{name}""#)).collect::<Vec<_>>();
        format!(
            r##"{{"name": "Shop", "methods": [{{"name": "pay", "export": "pay", "docs": "",
                "arguments": [{{"name": "cart", "type": "Json<Cart>",
                    "wire": {{"format": "json", "schema": {{"$ref": "#/$defs/Cart"}}}}}}],
                "output": {{"format": "none"}}}}],
                "$defs": {{"Cart": {{"type": "object", "properties": {{{}}}, "required": [{}]}}}}}}"##,
            properties.join(","),
            required.join(",")
        )
    }

    /// What the interface becomes whose file has this description, with a module that requires a currency.
    fn expanded(test: &str, description: &[u8], method: TokenStream) -> String {
        let theirs = Description::from_json(described(&["total", "currency"]).as_bytes()).expect("a description");
        let wasm = file(test, "shop.wasm", &theirs.stamp(MODULE).expect("a module"));
        let description = file(test, "shop.json", description);
        let options = quote!(wasm = #wasm, description = #description);
        let item = quote!(trait Shop { #method });
        let expanded = expand(Side::Host, options, item).to_string();
        fs::remove_file(wasm).and_then(|()| fs::remove_file(description)).expect("the files are there");
        expanded
    }

    const DIFFERENCE: &str = "the host's `Cart` has no field `currency`, which the plug-in requires";

    #[test]
    fn types_are_compared_by_the_schemas_in_the_description() {
        let pay = quote!(
            fn pay(&mut self, cart: Json<Cart>);
        );
        let other = expanded("other", described(&["total"]).as_bytes(), pay.clone());
        assert_eq!(other.matches(DIFFERENCE).count(), 1, "{other}");
        // `cargo test` compiles, so that it can update the description.
        let (before, _) = other.split_once(DIFFERENCE).expect("it is there");
        assert!(before.contains("# [cfg (not (test))] fn __extism_check_types_0 ()"), "{before}");
        // A change of the file compiles the program again.
        assert_eq!(other.matches("include_bytes").count(), 2, "{other}");

        let same = expanded("same", described(&["currency", "total"]).as_bytes(), pay);
        assert!(!same.contains("compile_error"), "{same}");
    }

    #[test]
    fn the_description_of_another_declaration_says_nothing() {
        for (test, method) in [
            (
                "argument",
                quote!(
                    fn pay(&mut self, cart: Json<NewCart>);
                ),
            ),
            (
                "name",
                quote!(
                    fn pay(&mut self, new: Json<Cart>);
                ),
            ),
            (
                "result",
                quote!(
                    fn pay(&mut self, cart: Json<Cart>) -> Json<Receipt>;
                ),
            ),
        ] {
            let expanded = expanded(test, described(&["total"]).as_bytes(), method);
            assert!(!expanded.contains(DIFFERENCE), "{expanded}");
        }
    }

    #[test]
    fn a_description_that_cannot_be_read_is_an_error() {
        let expanded = expanded(
            "unreadable",
            b"{",
            quote!(
                fn pay(&mut self, cart: Json<Cart>);
            ),
        );
        let message = "EOF while parsing an object at line 1 column 1: delete it, and `cargo test` writes it again";
        assert!(expanded.contains(message), "{expanded}");
    }
}
