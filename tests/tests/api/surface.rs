//! The public modules of `extism-runtime`, read from its sources.

use std::{fs, path::PathBuf};

use syn::{Item, UseTree, Visibility};

/// The names that a module of the crate exports, without hidden ones; `lib` is the root.
pub(crate) fn exports(module: &str) -> Vec<String> {
    let sources = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../extism-runtime/src");
    let candidates = [format!("{module}.rs"), format!("{module}/mod.rs")];
    let text = candidates.iter().find_map(|file| fs::read_to_string(sources.join(file)).ok());
    let text = text.unwrap_or_else(|| panic!("no file of the module `{module}`"));
    let file = syn::parse_file(&text).expect("it is Rust");
    let mut names = Vec::new();
    for item in &file.items {
        match item {
            Item::Use(item) if visible(&item.vis, &item.attrs) => collect(&item.tree, &mut names),
            Item::Mod(item) if visible(&item.vis, &item.attrs) => names.push(format!("mod {}", item.ident)),
            Item::Struct(item) if visible(&item.vis, &item.attrs) => names.push(item.ident.to_string()),
            Item::Enum(item) if visible(&item.vis, &item.attrs) => names.push(item.ident.to_string()),
            Item::Trait(item) if visible(&item.vis, &item.attrs) => names.push(item.ident.to_string()),
            Item::Type(item) if visible(&item.vis, &item.attrs) => names.push(item.ident.to_string()),
            Item::Fn(item) if visible(&item.vis, &item.attrs) => names.push(item.sig.ident.to_string()),
            Item::Const(item) if visible(&item.vis, &item.attrs) => names.push(item.ident.to_string()),
            Item::Macro(item) if item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")) => {
                names.extend(item.ident.iter().map(|name| format!("{name}!")));
            }
            _ => {}
        }
    }
    names.sort();
    names.dedup();
    names
}

/// The public modules.
pub(crate) fn modules() -> Vec<String> {
    let root = exports("lib");
    root.iter().filter_map(|name| name.strip_prefix("mod ")).map(str::to_owned).collect()
}

fn visible(visibility: &Visibility, attributes: &[syn::Attribute]) -> bool {
    let hidden = attributes.iter().any(|attribute| {
        attribute.path().is_ident("doc")
            && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string() == "hidden")
    });
    // The root is two: what it has for WebAssembly is the plug-in's side.
    let of_guest = attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string().starts_with("any"))
    });
    matches!(visibility, Visibility::Public(_)) && !hidden && !of_guest
}

/// The items of the root that do not say whether they are the host's or the plug-in's.
pub(crate) fn of_no_side() -> Vec<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../extism-runtime/src/lib.rs");
    let file = syn::parse_file(&fs::read_to_string(root).expect("the root exists")).expect("it is Rust");
    let attributes = |item: &Item| match item {
        Item::Use(item) => item.attrs.clone(),
        Item::Mod(item) => item.attrs.clone(),
        Item::Macro(item) => item.attrs.clone(),
        _ => Vec::new(),
    };
    let says = |attribute: &syn::Attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .meta
                .require_list()
                .is_ok_and(|list| list.tokens.to_string().contains("target_family = \"wasm\""))
    };
    let silent = file.items.iter().filter(|item| !attributes(item).iter().any(says));
    silent.map(|item| format!("{item:?}")).collect()
}

fn collect(tree: &UseTree, names: &mut Vec<String>) {
    match tree {
        UseTree::Path(path) => collect(&path.tree, names),
        UseTree::Group(group) => group.items.iter().for_each(|tree| collect(tree, names)),
        UseTree::Name(name) => names.push(name.ident.to_string()),
        UseTree::Rename(name) => names.push(name.rename.to_string()),
        UseTree::Glob(_) => names.push("*".to_owned()),
    }
}
