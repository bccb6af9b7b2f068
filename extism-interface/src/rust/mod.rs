//! An interface as Rust: the trait, and its types.

mod both;
mod defaults;
mod definitions;
mod enums;
mod errors;
mod functions;
mod names;
mod shape;
mod structures;
mod types;

use std::fmt::Write as _;

use self::{functions::function, names::type_name, types::RustTypes};
use crate::{Description, Interface, Role, text};

/// Writes a module with the traits of the interfaces (`#[plugin_interface]`, `#[host_interface]`) and their types. It needs
/// `extism-runtime` with the feature `schema`, `serde`, `serde_json` and `schemars`. Errors that are returned as values
/// become enums with `derive(PluginError)`. Types that serde's derives cannot express become `serde_json::Value`.
///
/// The description of what is written is the one that was given, apart from what a trait does not show: the texts of
/// types, `protobuf` and `raw` (which become bytes), and schemas of types that serde's derives cannot express.
#[must_use]
pub fn write(description: &Description) -> String {
    let mut types = RustTypes::new(description.interfaces.iter().flat_map(promised).collect());
    let traits: Vec<String> = description.interfaces.iter().map(|interface| item(interface, &mut types)).collect();
    let definitions = types.finish();
    let mut out = String::new();
    let mut line = |text: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{text}");
    };
    line(&format!("use extism_runtime::{};", imports(description, &traits, &definitions)));
    let has = |what: &str| definitions.iter().any(|definition| definition.contains(what));
    if has(" JsonSchema") {
        line("use schemars::JsonSchema;");
    }
    if has("Serialize, ") {
        line("use serde::{Deserialize, Serialize};");
    }
    for item in traits.iter().chain(&definitions) {
        line("");
        line(item.trim_end());
    }
    out
}

/// What is used of `extism-runtime`.
fn imports(description: &Description, traits: &[String], definitions: &[String]) -> String {
    let errors = definitions.iter().any(|definition| definition.contains(", PluginError)]"));
    let mut names = Vec::new();
    names.extend(errors.then_some("Error"));
    names.extend(traits.iter().any(|text| text.contains("Json<")).then_some("Json"));
    names.extend(errors.then_some("PluginError"));
    let host = description.with_role(Role::Host).next().is_some();
    names.extend(host.then_some("host_interface"));
    let plugin = !host || description.with_role(Role::Plugin).next().is_some();
    names.extend(plugin.then_some("plugin_interface"));
    if let [only] = names.as_slice() { (*only).to_owned() } else { format!("{{{}}}", names.join(", ")) }
}

/// The names of a trait, and of what its macro adds.
fn promised(interface: &Interface) -> [String; 2] {
    let name = type_name(&interface.name);
    let suffix = if interface.role == Role::Host { "Functions" } else { "Plugin" };
    let client = format!("{name}{suffix}");
    [name, client]
}

fn item(interface: &Interface, types: &mut RustTypes) -> String {
    let mut out = docs(&interface.docs, "");
    let mut options = Vec::new();
    options.extend(interface.version.as_ref().map(|version| format!("version = {version:?}")));
    options.extend(interface.require_section.then(|| "require = \"section\"".to_owned()));
    let options = if options.is_empty() { String::new() } else { format!("({})", options.join(", ")) };
    let attribute = if interface.role == Role::Host { "host_interface" } else { "plugin_interface" };
    let _ = writeln!(out, "#[{attribute}{options}]\npub trait {} {{", type_name(&interface.name));
    let mut taken = Vec::new();
    for (index, method) in interface.methods.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        out.push_str(&function(interface, method, types, &mut taken));
    }
    out.push_str("}\n");
    out
}

/// Documentation as comments.
fn docs(text: &str, indent: &str) -> String {
    let text = text::docs(text);
    text::lines(&text).map(|line| format!("{indent}/// {line}").trim_end().to_owned() + "\n").collect()
}
