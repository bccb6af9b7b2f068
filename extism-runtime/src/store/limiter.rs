use wasmtime::ResourceLimiter;

use crate::engine::MAX_TABLE_ELEMENTS;

/// Bytes of a page of WebAssembly memory.
pub(crate) const PAGE: u64 = 64 << 10;
/// Bytes of a table's element. Some take 4, which nobody tells here.
const ELEMENT: u64 = 8;
/// Bytes that tables may have under any limit of pages: what a language's runtime has is some ten thousand functions.
const FREE_TABLE_BYTES: u64 = 1 << 20;

/// Bounds the growth of an instance's memories and tables.
///
/// What the modules' memories have at their start was checked when they were compiled; `max_pages` bounds once more
/// the pages by which all the memories grow together, as in the official runtime. The garbage collector's heap is one
/// of these memories; it begins with nothing, and may grow before the instance is made, as initial values of globals
/// may be of any size. Tables have a budget of their own, of as many bytes as memories may grow by, and 1 MiB.
#[derive(Debug)]
pub(crate) struct Limiter {
    /// Bytes that memories may still have at their start, checked before.
    initial: u64,
    /// Bytes by which memories may still grow; none where there is no limit.
    budget: Option<u64>,
    /// The limit itself, in pages.
    max_pages: Option<u64>,
    /// Elements of all tables.
    table_elements: usize,
    /// How many these may be.
    max_table_elements: usize,
    /// What was asked for and refused in this call.
    refused: Option<String>,
}

impl Limiter {
    pub(crate) fn new(max_pages: Option<u32>) -> Self {
        let max_pages = max_pages.map(u64::from);
        let budget = max_pages.map(|pages| pages * PAGE);
        Self {
            initial: 0,
            budget,
            max_pages,
            table_elements: 0,
            max_table_elements: budget.map_or(MAX_TABLE_ELEMENTS, max_table_elements),
            refused: None,
        }
    }

    /// The pages that the modules' memories have at their start are free.
    pub(crate) fn allow_initial(&mut self, pages: u64) {
        self.initial = pages.saturating_mul(PAGE);
    }

    /// From now on memories are grown, not made.
    pub(crate) fn instantiated(&mut self) {
        self.initial = 0;
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
        let pages = desired as u64 / PAGE;
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(self.refuse(format!("a memory was to grow to {pages} pages, past its own maximum")));
        }
        let growth = desired.saturating_sub(current) as u64;
        let free = growth.min(self.initial);
        self.initial -= free;
        let growth = growth - free;
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

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        let all = self.table_elements.saturating_add(desired.saturating_sub(current));
        let max = self.max_table_elements;
        if all > max {
            return Ok(
                self.refuse(format!("a table was to have {desired} elements, but all tables together may have {max}"))
            );
        }
        self.table_elements = all;
        Ok(true)
    }
}

/// The elements of all tables under a limit of so many bytes.
fn max_table_elements(bytes: u64) -> usize {
    let elements = bytes.saturating_add(FREE_TABLE_BYTES) / ELEMENT;
    usize::try_from(elements).unwrap_or(usize::MAX).min(MAX_TABLE_ELEMENTS)
}
