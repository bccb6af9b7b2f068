//! Commands among the modules of a plug-in: programs, each of which starts anew whenever another module calls it.

use std::sync::{Arc, OnceLock};

use wasmtime::{Caller, ExternType, InstancePre, Linker, Module, Val};

use crate::{artifact::Artifact, host::memory, store::StoreData};

/// A module that WASI calls a command, as others import it. As in the official runtime, each call of one of its functions
/// creates an instance, runs its start function, and calls the function.
///
/// The instances stay in the store for as long as the plug-in's instance does. They count against the limits of its
/// memory, and the engine limits their number to 10,000.
pub(crate) struct Command {
    /// Set once the modules that it imports from are instantiated. No guest code runs before that.
    linked: OnceLock<InstancePre<StoreData>>,
    /// The name under which the start function is exported.
    start: Option<String>,
}

impl Command {
    /// Defines the functions of a command, which is to be [linked](Self::link) afterwards.
    pub(crate) fn define(
        linker: &mut Linker<StoreData>,
        name: &str,
        module: &Module,
        artifact: &Artifact,
    ) -> wasmtime::Result<Arc<Self>> {
        let command = Arc::new(Self { linked: OnceLock::new(), start: artifact.start_export.clone() });
        for export in module.exports().filter(|export| !artifact.is_ours(export.name())) {
            let ExternType::Func(ty) = export.ty() else { continue };
            let (command, function) = (Arc::clone(&command), Arc::<str>::from(export.name()));
            linker.func_new_async(name, export.name(), ty, move |caller, arguments, results| {
                let (command, function) = (Arc::clone(&command), Arc::clone(&function));
                Box::new(async move { command.call(caller, &function, arguments, results).await })
            })?;
        }
        Ok(command)
    }

    /// Sets what instances are created from.
    pub(crate) fn link(&self, linked: InstancePre<StoreData>) {
        // Set only once, as each instance of a plug-in has its own.
        let _ = self.linked.set(linked);
    }

    async fn call(
        &self,
        mut caller: Caller<'_, StoreData>,
        function: &str,
        arguments: &[Val],
        results: &mut [Val],
    ) -> wasmtime::Result<()> {
        let failed = |what: &str| wasmtime::Error::new(memory::failure(function, what.into()));
        let linked = self.linked.get().ok_or_else(|| failed("called before its module is linked"))?;
        let instance = linked.instantiate_async(&mut caller).await?;
        if let Some(start) = &self.start {
            let start = instance.get_typed_func::<(), ()>(&mut caller, start)?;
            start.call_async(&mut caller, ()).await?;
        }
        let exported =
            instance.get_func(&mut caller, function).ok_or_else(|| failed("its module does not export it"))?;
        exported.call_async(&mut caller, arguments, results).await
    }
}
