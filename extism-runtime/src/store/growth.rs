use wasmtime::ResourceLimiter;

use super::StoreData;

/// Consults the limiter, and records growth that it allows in the plug-in's account.
impl ResourceLimiter for StoreData {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        let allowed = self.limiter.memory_growing(current, desired, maximum);
        self.note_memory();
        allowed
    }

    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        let result = self.limiter.memory_grow_failed(error);
        self.note_memory();
        result
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        self.limiter.table_growing(current, desired, maximum)
    }
}

impl StoreData {
    fn note_memory(&self) {
        self.persistent.account.set_memory(self.limiter.memory());
    }
}
