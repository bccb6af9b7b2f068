//! A plug-in's exports, and how they are called.

use std::collections::HashMap;

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

/// An export of the main module.
#[derive(Debug)]
pub(crate) struct Exported {
    pub(crate) name: String,
    pub(crate) ty: ExternType,
}

impl Exported {
    /// Returns how it is called; `None` if it cannot be called.
    pub(crate) fn kind(&self) -> Option<CallKind> {
        match &self.ty {
            ExternType::Func(ty) => call_kind(ty),
            _ => None,
        }
    }
}

/// Returns how a function with this signature is called; `None` if it cannot be called.
pub(crate) fn call_kind(ty: &FuncType) -> Option<CallKind> {
    match (ty.params.as_slice(), ty.results.as_slice()) {
        ([], []) => Some(CallKind::Unit),
        ([], [ValType::I32]) => Some(CallKind::Code),
        _ => None,
    }
}

/// The main module's exports.
#[derive(Debug)]
pub(crate) struct Exports {
    entries: Vec<Exported>,
    by_name: HashMap<String, u32>,
}

impl Exports {
    pub(crate) fn of(module: &wasmtime::Module, artifact: &Artifact) -> Self {
        let entries: Vec<_> = module
            .exports()
            .filter(|export| !artifact.is_ours(export.name()))
            .map(|export| Exported { name: export.name().to_owned(), ty: from_extern_type(&export.ty()) })
            .collect();
        let by_name = (0..).zip(&entries).map(|(index, entry)| (entry.name.clone(), index)).collect();
        Self { entries, by_name }
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &Exported> {
        self.entries.iter()
    }

    pub(crate) fn get(&self, index: u32) -> Option<&Exported> {
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
