//! The human-readable output.

use std::{collections::BTreeMap, fmt::Write as _};

use extism_runtime::{
    inspect::{Access, ExportInfo, ImportInfo, ImportOrigin, Inspection, ModuleInfo},
    interface::{Method, Role, Wire},
    value::ExternType,
};

use crate::style::{Style, printable};

/// Formats the inspection as text, with a line break at the end.
pub(super) fn render(inspection: &Inspection, style: Style) -> String {
    let mut page = Page { text: String::new(), style };
    page.heading(0, &format!("plug-in {}", inspection.plugin));
    for (index, module) in inspection.modules.iter().enumerate() {
        page.module(module, index == 0);
    }
    page.needs(inspection);
    page.description(inspection);
    page.text
}

struct Page {
    text: String,
    style: Style,
}

impl Page {
    fn line(&mut self, depth: usize, text: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{:width$}{text}", "", width = depth * 2);
    }

    fn heading(&mut self, depth: usize, text: &str) {
        let heading = self.style.heading(&printable(text));
        self.line(depth, &heading);
    }

    fn module(&mut self, module: &ModuleInfo, main: bool) {
        let title = match (main, module.name.as_str()) {
            (true, "main") => "main module".to_owned(),
            (true, name) => format!("main module {name}"),
            (false, name) => format!("linked module {name}"),
        };
        self.heading(1, &title);
        self.line(2, &format!("from      {}, {} bytes", printable(&module.origin), module.size));
        self.line(2, &format!("sha256    {}", module.sha256));
        if let Some(pdk) = &module.pdk {
            self.line(2, &format!("PDK       {pdk}"));
        }
        for producer in &module.producers {
            let version = printable(&producer.version);
            self.line(2, format!("{:<9} {} {version}", field(&producer.field), printable(&producer.name)).trim_end());
        }
        if module.initial_pages > 0 {
            self.line(2, &format!("memory    {} pages of 64 KiB at the start", module.initial_pages));
        }
        self.exports(module);
        self.imports(module);
    }

    fn exports(&mut self, module: &ModuleInfo) {
        let (callable, other): (Vec<_>, Vec<_>) = module.exports.iter().partition(|export| export.is_callable());
        for (title, exports) in [("functions that can be called", callable), ("other exports", other)] {
            if !exports.is_empty() {
                self.heading(2, title);
                self.table(3, exports.into_iter().map(|ExportInfo { name, ty, .. }| (name.as_str(), ty)));
            }
        }
    }

    fn imports(&mut self, module: &ModuleInfo) {
        let mut namespaces: BTreeMap<(&str, &str), Vec<&ImportInfo>> = BTreeMap::new();
        for import in &module.imports {
            namespaces.entry((&import.namespace, origin(import.origin))).or_default().push(import);
        }
        for ((namespace, origin), imports) in namespaces {
            self.heading(2, &format!("imports from {namespace} ({origin})"));
            self.table(3, imports.into_iter().map(|import| (import.name.as_str(), &import.ty)));
        }
    }

    /// What the plug-in says of itself.
    fn description(&mut self, inspection: &Inspection) {
        let description = match &inspection.description {
            Ok(None) => return,
            Ok(Some(description)) => description,
            Err(error) => {
                self.heading(1, "describes itself");
                return self.line(
                    2,
                    &format!("but the section `extism:interface` cannot be read: {}", printable(&error.to_string())),
                );
            }
        };
        for interface in &description.interfaces {
            let kind = if interface.role == Role::Host { "uses the interface" } else { "says that it implements" };
            let version = interface.version.as_ref().map_or_else(String::new, |version| format!(" {version}"));
            self.heading(1, &format!("{kind} {}{version}", interface.name));
            self.docs(2, &interface.docs);
            for method in interface.methods.iter() {
                let signature = printable(&signature(method));
                self.line(2, &signature);
                self.docs(3, &method.docs);
            }
        }
    }

    fn docs(&mut self, depth: usize, docs: &str) {
        for line in docs.lines() {
            let line = self.style.dim(&printable(line.trim()));
            self.line(depth, line.trim_end());
        }
    }

    fn table<'a>(&mut self, depth: usize, entries: impl Iterator<Item = (&'a str, &'a ExternType)>) {
        let entries: Vec<_> = entries.map(|(name, ty)| (printable(name), ty)).collect();
        let width = entries.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).min(40);
        for (name, ty) in entries {
            let ty = match ty {
                ExternType::Func(ty) => ty.to_string(),
                other => other.to_string(),
            };
            self.line(depth, &format!("{name:<width$}  {}", self.style.dim(&ty)));
        }
    }

    fn needs(&mut self, inspection: &Inspection) {
        self.heading(1, "needs from its host");
        let mut needs: Vec<(String, &ExternType)> = Vec::new();
        for import in inspection.host_imports() {
            let need = (format!("{}.{}", import.namespace, import.name), &import.ty);
            if !needs.contains(&need) {
                needs.push(need);
            }
        }
        if needs.is_empty() && !inspection.uses_wasi() {
            self.line(2, "nothing");
        }
        if inspection.uses_wasi() {
            self.line(2, "WASI (--wasi)");
        }
        self.table(2, needs.iter().map(|(name, ty)| (name.as_str(), *ty)));
        self.allowed(inspection);
    }

    /// What its manifest allows, of what it can use.
    fn allowed(&mut self, inspection: &Inspection) {
        let allowed = inspection.permissions.iter().filter(|permission| {
            permission.granted && matches!(permission.access, Access::Http { .. } | Access::Path { .. })
        });
        let allowed: Vec<_> = allowed.map(ToString::to_string).collect();
        if !allowed.is_empty() {
            self.heading(1, "allowed by its manifest");
            for permission in &allowed {
                self.line(2, permission);
            }
        }
    }
}

/// A function with its types, as the interface has them.
fn signature(method: &Method) -> String {
    let ty = |ty: &str, wire: &Wire| match (ty, &wire.format) {
        ("", Some(format)) => format.to_string(),
        (ty, _) => ty.to_owned(),
    };
    let arguments = method.arguments.iter().map(|one| format!("{}: {}", one.name, ty(&one.ty, &one.wire)));
    let arguments = arguments.collect::<Vec<_>>().join(", ");
    let result = ty(&method.result, &method.output);
    let result = match &method.error {
        Some(error) => format!("Result<{result}, {}>", error.ty),
        None => result,
    };
    let arrow = if result == "()" { String::new() } else { format!(" -> {result}") };
    let optional = if method.optional { " (optional)" } else { "" };
    format!("{}({arguments}){arrow}{optional}", method.export)
}

/// The title of a `producers` field.
fn field(name: &str) -> &str {
    match name {
        "processed-by" => "built by",
        other => other,
    }
}

fn origin(origin: ImportOrigin) -> &'static str {
    match origin {
        ImportOrigin::Runtime => "the runtime",
        ImportOrigin::Wasi => "WASI",
        ImportOrigin::Module => "a module",
        _ => "the host",
    }
}
