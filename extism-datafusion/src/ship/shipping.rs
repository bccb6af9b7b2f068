use std::{
    collections::HashSet,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use datafusion::common::Result;
use datafusion_proto::{logical_plan::LogicalExtensionCodec, physical_plan::PhysicalExtensionCodec};

use super::{
    PluginLogicalCodec, PluginPhysicalCodec, publish,
    received::Received,
    wire::{self, Content, TableContent},
};
use crate::{FunctionError, FunctionSpec, Location, Modules, modules::sha256};

/// How a process sends and receives functions of plug-ins. Cheap to clone; the codecs that it makes share it.
#[derive(Clone)]
#[must_use = "it sends nothing by itself: its codecs have to be used"]
pub struct Shipping(Arc<Inner>);

struct Inner {
    modules: Modules,
    module_store: Option<String>,
    /// The modules that are in the module store.
    published: Mutex<HashSet<[u8; 32]>>,
}

impl Shipping {
    /// Creates the shipping of a process whose functions are called with these modules. A process that passes plans on
    /// without running them has [`Modules::planner`].
    pub fn new(modules: Modules) -> Self {
        Self::of(modules, None)
    }

    /// Puts modules that are too large for a plan into an object store, under this URL and `/<SHA-256>.wasm`, when a plan
    /// that needs them is sent. The store is one of [`ExecutorPolicy::with_object_stores`] of this process's modules, and
    /// the executors need it too. Without it, such modules have to be where the function says, as with
    /// [`Location::Url`].
    ///
    /// [`ExecutorPolicy::with_object_stores`]: crate::ExecutorPolicy::with_object_stores
    pub fn with_module_store(self, url: impl Into<String>) -> Self {
        Self::of(self.0.modules.clone(), Some(url.into()))
    }

    fn of(modules: Modules, module_store: Option<String>) -> Self {
        Self(Arc::new(Inner { modules, module_store, published: Mutex::default() }))
    }

    /// Makes a codec of logical plans; `inner` writes and reads everything that is not a plug-in's.
    #[must_use]
    pub fn logical_codec(&self, inner: Arc<dyn LogicalExtensionCodec>) -> Arc<PluginLogicalCodec> {
        Arc::new(PluginLogicalCodec::new(self.clone(), inner))
    }

    /// Makes a codec of physical plans; `inner` writes and reads everything that is not a plug-in's.
    #[must_use]
    pub fn physical_codec(&self, inner: Arc<dyn PhysicalExtensionCodec>) -> Arc<PluginPhysicalCodec> {
        Arc::new(PluginPhysicalCodec::new(self.clone(), inner))
    }

    /// Returns the modules that received functions are called with.
    #[must_use]
    pub fn modules(&self) -> &Modules {
        &self.0.modules
    }

    /// Appends a function, or a table that it returns. `from` has the function's module if it is in memory.
    pub(super) fn write(
        &self,
        spec: &FunctionSpec,
        from: &Modules,
        table: Option<TableContent>,
        buf: &mut Vec<u8>,
    ) -> Result<()> {
        let mut content = Content { function: spec.clone(), module: None, table };
        match (&spec.module.at, from.held(&spec.module.sha256)) {
            // A file is sent as well, since the executors may be other machines; what they fetch by a URL they do not need.
            (Location::Inline | Location::File(_), Some(bytes)) if self.fits(spec, &bytes, from) => {
                content.module = Some(bytes);
            }
            (Location::Inline | Location::File(_), Some(bytes)) if self.0.module_store.is_some() => {
                content.function.module.at = Location::Url(self.publish(spec, bytes, from)?);
            }
            (Location::Inline, kept) => return Err(self.unsent(spec, kept.is_some()).into()),
            (Location::File(_) | Location::Url(_), _) => {}
        }
        wire::write(&content, buf)
    }

    /// Reads a function or a table; `None` if the bytes are not a plug-in's.
    pub(super) fn read(&self, bytes: &[u8]) -> Result<Option<Received>> {
        let Some(Content { function, module, table }) = wire::read(bytes)? else {
            return Ok(None);
        };
        let modules = match module {
            Some(module) => self.keep(&function, module)?,
            None => self.0.modules.holding_if_there(&function.module.sha256),
        };
        Ok(Some(Received { function, table, modules }))
    }

    /// Keeps a module that came within a plan as long as the function, if its hash is right.
    fn keep(&self, function: &FunctionSpec, module: Bytes) -> Result<Modules, FunctionError> {
        let hash = function.module.sha256;
        let module = match self.0.modules.held(&hash) {
            Some(there) => there,
            None if sha256(&module) == hash => module,
            None => return Err(FunctionError::hash(&function.name, &function.module, &module)),
        };
        Ok(self.0.modules.holding(hash, module, true))
    }

    /// Whether a module may go within a plan. For one that came so, the limit is its sender's.
    fn fits(&self, spec: &FunctionSpec, bytes: &Bytes, from: &Modules) -> bool {
        bytes.len() as u64 <= self.0.modules.policy().max_inline_bytes || from.is_sent(&spec.module.sha256)
    }

    /// Puts a module into the module store, unless it is there; returns its URL.
    fn publish(&self, spec: &FunctionSpec, bytes: Bytes, from: &Modules) -> Result<String, FunctionError> {
        let url = publish::url(self.0.module_store.as_deref().unwrap_or_default(), &spec.module.sha256);
        // Held until it is there, so that two plans do not send it twice.
        let mut published = lock(&self.0.published);
        if !published.contains(&spec.module.sha256) {
            publish::put(&url, bytes, from.policy()).map_err(|reason| FunctionError::Publish {
                function: spec.name.clone(),
                reason: format!("{url}: {reason}"),
            })?;
            published.insert(spec.module.sha256);
        }
        Ok(url)
    }

    /// Why a module that is only in memory cannot be sent.
    fn unsent(&self, spec: &FunctionSpec, too_large: bool) -> FunctionError {
        let reason = if too_large {
            format!(
                "it has {} bytes, and a plan may have modules of at most {}: set `Shipping::with_module_store`, or make \
                 the function from a URL or a file that the executors have",
                spec.module.size,
                self.0.modules.policy().max_inline_bytes,
            )
        } else {
            "it is not in this process".to_owned()
        };
        FunctionError::Publish { function: spec.name.clone(), reason }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Shipping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shipping")
            .field("modules", &self.0.modules)
            .field("module_store", &self.0.module_store)
            .finish_non_exhaustive()
    }
}
