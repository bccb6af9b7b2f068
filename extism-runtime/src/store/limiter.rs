use wasmtime::ResourceLimiter;

/// Bytes of a page of WebAssembly memory.
pub(crate) const PAGE: u64 = 64 << 10;
/// Elements that a table may grow to: at 8 bytes each, no more than 80 MB.
const MAX_TABLE_ELEMENTS: usize = 10_000_000;

/// Bounds the growth of an instance's memories and tables.
///
/// What the modules have at their start was checked when they were compiled; `max_pages` bounds once more the pages
/// by which all the memories grow together, as in the official runtime.
#[derive(Debug)]
pub(crate) struct Limiter {
    /// Bytes by which memories may still grow; none where there is no limit.
    budget: Option<u64>,
    /// The limit itself, in pages.
    max_pages: Option<u64>,
    /// What was asked for and refused in this call.
    refused: Option<String>,
    /// While modules are instantiated, memories are made, not grown.
    pub(crate) instantiating: bool,
}

impl Limiter {
    pub(crate) fn new(max_pages: Option<u32>) -> Self {
        let max_pages = max_pages.map(u64::from);
        Self { budget: max_pages.map(|pages| pages * PAGE), max_pages, refused: None, instantiating: true }
    }

    /// What was refused since the last look.
    pub(crate) fn take_refused(&mut self) -> Option<String> {
        self.refused.take()
    }

    fn refuse(&mut self, what: String) -> bool {
        self.refused = Some(what);
        false
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        if self.instantiating {
            return Ok(true);
        }
        let pages = desired as u64 / PAGE;
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(self.refuse(format!("a memory was to grow to {pages} pages, past its own maximum")));
        }
        let growth = desired.saturating_sub(current) as u64;
        match self.budget {
            Some(budget) if growth > budget => Ok(self.refuse(format!(
                "a memory was to grow to {pages} pages, but all memories together may grow by {} pages, of which {} are left",
                self.max_pages.unwrap_or(0),
                budget / PAGE
            ))),
            Some(budget) => {
                self.budget = Some(budget - growth);
                Ok(true)
            }
            None => Ok(true),
        }
    }

    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        self.refused.get_or_insert_with(|| error.to_string());
        Ok(())
    }

    fn table_growing(&mut self, _: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        if !self.instantiating && maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        if desired > MAX_TABLE_ELEMENTS {
            return Ok(
                self.refuse(format!("a table was to have {desired} elements; the limit is {MAX_TABLE_ELEMENTS}"))
            );
        }
        Ok(true)
    }
}
