//! What a plug-in says of itself, and how it compares with what hosts expect.

use std::{
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use extism_interface::section;

use super::CompiledInner;
use crate::{
    error::Mismatch,
    interface::{Description, DescriptionError, Interface, MAX_BYTES, differences::differences},
};

/// The section of the main module, read when a client asks for it.
pub(crate) struct Described {
    /// Its content; `None` if there is no such section.
    content: Result<Option<Box<[u8]>>, DescriptionError>,
    read: OnceLock<Result<Description, DescriptionError>>,
    /// The first interface that it was compared with, by its address, and the result: most plug-ins have one client.
    first: OnceLock<(usize, Arc<[Mismatch]>)>,
    /// The same for others.
    others: Mutex<Vec<(usize, Arc<[Mismatch]>)>>,
}

impl fmt::Debug for Described {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Described")
            .field("content", &self.content.as_ref().map(Option::is_some))
            .finish_non_exhaustive()
    }
}

impl Described {
    /// Finds the section of a module.
    pub(super) fn of(wasm: &[u8]) -> Self {
        let content = match section(wasm) {
            // Reading it is an error, and it is not kept.
            Ok(Some(content)) if content.len() > MAX_BYTES => Description::from_json(content).map(|_| None),
            Ok(content) => Ok(content.map(Box::from)),
            Err(error) => Err(error.into()),
        };
        Self { content, read: OnceLock::new(), first: OnceLock::new(), others: Mutex::default() }
    }

    /// Returns what the plug-in says of itself; `None` if it says nothing.
    pub(crate) fn read(&self) -> Result<Option<&Description>, &DescriptionError> {
        match &self.content {
            Ok(None) => Ok(None),
            Ok(Some(content)) => self.read.get_or_init(|| Description::from_json(content)).as_ref().map(Some),
            Err(error) => Err(error),
        }
    }
}

impl CompiledInner {
    /// Returns what is different from an interface that lives as long as the program. It is compared once.
    pub(crate) fn differences_from(&self, interface: &'static Interface) -> Arc<[Mismatch]> {
        let described = &self.described;
        if !interface.require_section && matches!(described.content, Ok(None)) {
            return Arc::default();
        }
        let address = std::ptr::from_ref(interface).addr();
        let (first, differences) = described.first.get_or_init(|| (address, self.differences(interface).into()));
        if *first == address {
            return Arc::clone(differences);
        }
        // A panic can only come from comparing, which happens before anything is added.
        let mut others = described.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, differences)) = others.iter().find(|(other, _)| *other == address) {
            return Arc::clone(differences);
        }
        let differences: Arc<[Mismatch]> = self.differences(interface).into();
        others.push((address, Arc::clone(&differences)));
        differences
    }

    /// Returns what is different from an interface.
    pub(crate) fn differences(&self, interface: &Interface) -> Vec<Mismatch> {
        let imported = |name: &str| self.imports.iter().any(|import| import.name == name);
        differences(self.described.read(), interface, &self.host_interfaces(), imported)
    }
}
