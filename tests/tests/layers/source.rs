use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Item, UseTree,
    visit::{self, Visit},
};

use crate::graph::Uses;

/// A crate's modules by their paths: `""` for the root, `a::b` for a nested module.
pub(crate) struct Crate {
    modules: BTreeMap<String, Module>,
}

/// The parts of a module's source that matter here.
#[derive(Default)]
struct Module {
    /// The items that it brings into scope: the name, and the path from the root. `*` for all items of the
    /// path's module.
    imports: Vec<(String, Vec<String>)>,
    /// The paths that it uses, from the root.
    paths: BTreeSet<Vec<String>>,
}

impl Crate {
    pub(crate) fn read(root: &Path) -> Self {
        let mut sources = Vec::new();
        collect(root, String::new(), &mut sources);
        Self::of(sources.iter().map(|(path, text)| (path.as_str(), text.as_str())))
    }

    pub(crate) fn of<'s>(sources: impl IntoIterator<Item = (&'s str, &'s str)>) -> Self {
        let mut modules = BTreeMap::new();
        for (path, text) in sources {
            let file = syn::parse_file(text).unwrap_or_else(|error| panic!("`{path}`: {error}"));
            let mut reader = Reader { path: segments(path), module: Module::default() };
            reader.visit_file(&file);
            modules.insert(path.to_owned(), reader.module);
        }
        Self { modules }
    }

    pub(crate) fn modules(&self) -> impl Iterator<Item = &str> {
        self.modules.keys().map(String::as_str)
    }

    /// The modules that contain modules.
    pub(crate) fn folders(&self) -> impl Iterator<Item = String> {
        let parents: BTreeSet<_> = self.modules().filter(|path| !path.is_empty()).map(parent).collect();
        parents.into_iter()
    }

    /// Returns which modules in a folder use which others, including their nested modules.
    pub(crate) fn uses_within(&self, folder: &str) -> Uses {
        let mut uses = Uses::new();
        for (path, module) in &self.modules {
            let Some(from) = child(folder, path) else { continue };
            for used in &module.paths {
                let Some(target) = self.resolve(used, 0) else { continue };
                let Some(to) = child(folder, &target).filter(|to| *to != from) else { continue };
                let why = format!("{path} uses crate::{}", self.item(used, &target));
                uses.entry((from.clone(), to)).or_insert(why);
            }
        }
        uses
    }

    /// Returns the path at the item's definition, for the message.
    fn item(&self, used: &[String], target: &str) -> String {
        match used.last() {
            Some(name) if segments(target).last() != Some(name) => format!("{target}::{name}"),
            _ => target.to_owned(),
        }
    }

    /// Returns the module that defines the item of a path. Re-exports are followed, including those of a whole module.
    fn resolve(&self, path: &[String], depth: usize) -> Option<String> {
        // Modules that glob-import each other would loop forever.
        if depth > 16 {
            return None;
        }
        let mut module = String::new();
        for (index, name) in path.iter().enumerate() {
            let inner = if module.is_empty() { name.clone() } else { format!("{module}::{name}") };
            if self.modules.contains_key(&inner) {
                module = inner;
                continue;
            }
            let imports = &self.modules.get(&module)?.imports;
            if let Some((_, target)) = imports.iter().find(|(import, _)| import == name) {
                let target: Vec<_> = target.iter().chain(&path[index + 1..]).cloned().collect();
                return self.resolve(&target, depth + 1);
            }
            let globs = imports.iter().filter(|(import, _)| import == "*");
            for (_, target) in globs {
                let target: Vec<_> = target.iter().chain(&path[index..]).cloned().collect();
                let found = self.resolve(&target, depth + 1);
                // An item that a module does not define resolves to the module itself; only a deeper module
                // is a result.
                if let Some(found) = found.filter(|found| *found != module) {
                    return Some(found);
                }
            }
            return Some(module);
        }
        Some(module)
    }
}

/// Reads a folder's modules, except tests.
fn collect(folder: &Path, path: String, sources: &mut Vec<(String, String)>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let entry = entry.expect("a folder can be read").path();
        let stem = entry.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        if stem == "tests" || stem == "fuzzing" {
            continue;
        }
        let inner = if path.is_empty() { stem.clone() } else { format!("{path}::{stem}") };
        if entry.is_dir() {
            collect(&entry, inner, sources);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&entry).expect("a source can be read");
            let root = ["mod", "lib", "main"].contains(&stem.as_str());
            sources.push((if root { path.clone() } else { inner }, text));
        }
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split("::").filter(|segment| !segment.is_empty()).map(str::to_owned).collect()
}

fn parent(path: &str) -> String {
    path.rsplit_once("::").map_or("", |(parent, _)| parent).to_owned()
}

/// Returns the module directly within `folder` that contains `path`.
fn child(folder: &str, path: &str) -> Option<String> {
    let rest = match folder {
        "" => path,
        _ => path.strip_prefix(folder)?.strip_prefix("::")?,
    };
    rest.split("::").next().filter(|name| !name.is_empty()).map(str::to_owned)
}

struct Reader {
    /// The module's own path.
    path: Vec<String>,
    module: Module,
}

impl Reader {
    /// Returns the path from the root for one that begins with `crate`, `self` or `super`; `None` for any other.
    fn absolute(&self, path: &[String]) -> Option<Vec<String>> {
        let first = path.first()?;
        let mut base = match first.as_str() {
            "crate" => Vec::new(),
            "self" => self.path.clone(),
            "super" => self.path.get(..self.path.len().checked_sub(1)?)?.to_vec(),
            _ => return None,
        };
        let mut rest = &path[1..];
        while let Some((_, tail)) = rest.split_first().filter(|(name, _)| *name == "super") {
            base.pop();
            rest = tail;
        }
        base.extend(rest.iter().cloned());
        Some(base)
    }

    fn add(&mut self, path: &[String]) {
        if let Some(path) = self.absolute(path).filter(|path| !path.is_empty()) {
            self.module.paths.insert(path);
        }
    }

    fn import(&mut self, prefix: &mut Vec<String>, tree: &UseTree) {
        match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.import(prefix, &path.tree);
                prefix.pop();
            }
            UseTree::Group(group) => group.items.iter().for_each(|item| self.import(prefix, item)),
            UseTree::Name(name) if name.ident == "self" => {
                let last = prefix.last().cloned().unwrap_or_default();
                self.bind(&last, prefix.clone());
            }
            UseTree::Name(name) => self.bind_within(prefix, &name.ident.to_string(), &name.ident.to_string()),
            UseTree::Rename(rename) => self.bind_within(prefix, &rename.ident.to_string(), &rename.rename.to_string()),
            UseTree::Glob(_) => self.bind("*", prefix.clone()),
        }
    }

    fn bind_within(&mut self, prefix: &[String], item: &str, name: &str) {
        let path = prefix.iter().cloned().chain([item.to_owned()]).collect();
        self.bind(name, path);
    }

    fn bind(&mut self, name: &str, path: Vec<String>) {
        self.add(&path);
        if let Some(path) = self.absolute(&path) {
            self.module.imports.push((name.to_owned(), path));
        }
    }

    /// Finds paths in a macro's tokens.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(name) if colons == 2 && !path.is_empty() => path.push(name.to_string()),
                TokenTree::Ident(name) => {
                    self.add(&path);
                    path = vec![name.to_string()];
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                TokenTree::Group(group) => {
                    self.tokens(group.stream());
                    self.add(&std::mem::take(&mut path));
                }
                _ => self.add(&std::mem::take(&mut path)),
            }
            colons = 0;
        }
        self.add(&path);
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Mod(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        let test = attributes.iter().any(|attribute| {
            attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
        });
        if !test {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.import(&mut Vec::new(), &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.add(&segments);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invocation: &'ast syn::Macro) {
        self.visit_path(&invocation.path);
        self.tokens(invocation.tokens.clone());
    }
}
