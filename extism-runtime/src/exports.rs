//! A plug-in's exports, and how they are called.

use std::collections::HashMap;

use serde::{Serialize, Serializer};

use crate::{
    artifact::Artifact,
    engine_types::from_extern_type,
    error::{Mismatch, MismatchKind},
    nearest::nearest,
    value::{ExternType, FuncType, ValType},
};

/// How an export is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallKind {
    /// `() -> i32`: 0 is success.
    Code,
    /// `() -> ()`.
    Unit,
}

/// Something that a module exports.
///
/// In JSON, the type's fields are beside `name`, and `callable` says whether the host can call it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExportInfo {
    /// Its name.
    pub name: String,
    /// Its type. A plug-in's functions have `() -> i32` or `() -> ()`.
    pub ty: ExternType,
}

impl ExportInfo {
    pub(crate) fn new(name: &str, ty: ExternType) -> Self {
        Self { name: name.to_owned(), ty }
    }

    /// Returns whether it is a function that the host can call: one of `() -> i32` or `() -> ()`.
    #[must_use]
    pub fn is_callable(&self) -> bool {
        self.kind().is_some()
    }

    /// Returns how it is called; `None` if it cannot be called.
    pub(crate) fn kind(&self) -> Option<CallKind> {
        match &self.ty {
            ExternType::Func(ty) => call_kind(ty),
            _ => None,
        }
    }
}

impl Serialize for ExportInfo {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields<'a> {
            name: &'a str,
            callable: bool,
            #[serde(flatten)]
            ty: &'a ExternType,
        }
        Fields { name: &self.name, callable: self.is_callable(), ty: &self.ty }.serialize(to)
    }
}

/// Returns how a function with this signature is called; `None` if it cannot be called.
fn call_kind(ty: &FuncType) -> Option<CallKind> {
    match (ty.params.as_slice(), ty.results.as_slice()) {
        ([], []) => Some(CallKind::Unit),
        ([], [ValType::I32]) => Some(CallKind::Code),
        _ => None,
    }
}

/// The main module's exports.
#[derive(Debug)]
pub(crate) struct Exports {
    entries: Vec<ExportInfo>,
    by_name: HashMap<String, u32>,
}

impl Exports {
    pub(crate) fn of(module: &wasmtime::Module, artifact: &Artifact) -> Self {
        let entries: Vec<_> = module
            .exports()
            .filter(|export| !artifact.is_ours(export.name()))
            .map(|export| ExportInfo::new(export.name(), from_extern_type(&export.ty())))
            .collect();
        let by_name = (0..).zip(&entries).map(|(index, entry)| (entry.name.clone(), index)).collect();
        Self { entries, by_name }
    }

    /// Returns all of them, in the module's order.
    pub(crate) fn all(&self) -> &[ExportInfo] {
        &self.entries
    }

    pub(crate) fn get(&self, index: u32) -> Option<&ExportInfo> {
        self.entries.get(index as usize)
    }

    /// Returns an export's name; empty for an invalid index.
    pub(crate) fn name(&self, index: u32) -> &str {
        self.get(index).map_or("", |entry| &entry.name)
    }

    /// Returns the index of the export with this name if it can be called, or else the reason why not.
    pub(crate) fn callable(&self, name: &str) -> Result<u32, Mismatch> {
        let kind = match self.by_name.get(name).and_then(|index| Some((*index, self.get(*index)?))) {
            None => MismatchKind::Missing { nearest: self.nearest(name) },
            Some((index, entry)) => match (entry.kind(), &entry.ty) {
                (Some(_), _) => return Ok(index),
                (None, ExternType::Func(ty)) => MismatchKind::Signature(ty.clone()),
                (None, _) => MismatchKind::NotAFunction,
            },
        };
        Err(Mismatch { export: name.to_owned(), kind })
    }

    fn nearest(&self, name: &str) -> Option<String> {
        let callable = self.entries.iter().filter(|entry| entry.kind().is_some());
        nearest(name, callable.map(|entry| entry.name.as_str())).map(str::to_owned)
    }
}
