//! Detects which plug-in development kit (PDK) a module was written with. Modules do not state it, but their
//! functions' names and their compiler reveal it.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{ModuleInfo, Producer};
use crate::fuse::environment;

/// The plug-in development kit that a module was written with.
///
/// In JSON, `certain` says whether the [`evidence`](Self::evidence) is [`Names`](PdkEvidence::Names), and `before_1_0`
/// is left out if it is false.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Pdk {
    /// The language that the kit is for.
    pub language: &'static str,
    /// The kit's name.
    pub name: &'static str,
    /// Whether it is a version from before 1.0, which uses other function names.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub before_1_0: bool,
    /// How it was detected.
    #[serde(rename = "certain", serialize_with = "certain")]
    pub evidence: PdkEvidence,
}

/// How a [`Pdk`] was detected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PdkEvidence {
    /// By the names of functions that belong to the kit.
    Names,
    /// Only by the compiler: the kit is the one for its language.
    Compiler,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
fn certain<S: Serializer>(evidence: &PdkEvidence, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_bool(*evidence == PdkEvidence::Names)
}

impl fmt::Display for Pdk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { language, name, before_1_0, evidence } = self;
        let probably = if *evidence == PdkEvidence::Compiler { "probably " } else { "" };
        let age = if *before_1_0 { ", before version 1.0" } else { "" };
        write!(f, "{probably}{language} ({name}{age})")
    }
}

/// Part of a function's name, and the kit that uses such names: language and name. Kits that are written in another
/// kit's language come before that kit.
const BY_NAME: &[(&str, &str, &str)] = &[
    ("__arg_start", "JavaScript", "extism-js"),
    ("pyo3", "Python", "extism-py"),
    ("extism_guest", "Rust", "extism-guest"),
    ("extism_pdk", "Rust", "extism-pdk"),
    ("github.com/extism/go-pdk", "Go", "go-pdk"),
    ("@extism/as-pdk", "AssemblyScript", "as-pdk"),
    ("ExtismziPDK", "Haskell", "extism-pdk"),
    ("extism/moonbit-pdk", "MoonBit", "moonbit-pdk"),
    ("mono_wasm", ".NET", "Extism.Pdk"),
    ("extism_load_input", "C", "c-pdk"),
];

/// The start of a compiler's name in `producers`, and the kit for its language.
const BY_COMPILER: &[(&str, &str, &str)] =
    &[("rustc", "Rust", "extism-pdk"), ("TinyGo", "Go", "go-pdk"), ("Go", "Go", "go-pdk"), ("Zig", "Zig", "zig-pdk")];

/// Returns the kit of a module with a `name` section of these bytes; `None` for a module that does not use Extism.
pub(super) fn detect(info: &ModuleInfo, names: &[u8]) -> Option<Pdk> {
    let dialects = info.imports.iter().filter_map(|import| Some(environment(&import.namespace, &import.name)?.0));
    // A module that uses both is a current one with an old part.
    let before_1_0 = dialects.map(|dialect| dialect.is_old).min()?;
    let names = String::from_utf8_lossy(names);
    let exported = |part: &str| info.exports.iter().any(|export| export.name.contains(part));
    if let Some((_, language, name)) = BY_NAME.iter().find(|(part, ..)| names.contains(part) || exported(part)) {
        return Some(Pdk { language, name, before_1_0, evidence: PdkEvidence::Names });
    }
    let made_by = |compiler: &str| info.producers.iter().any(|producer| is_compiler(producer, compiler));
    let (_, language, name) = BY_COMPILER.iter().find(|(compiler, ..)| made_by(compiler))?;
    Some(Pdk { language, name, before_1_0, evidence: PdkEvidence::Compiler })
}

fn is_compiler(producer: &Producer, name: &str) -> bool {
    producer.name.starts_with(name) && producer.field != "sdk"
}
