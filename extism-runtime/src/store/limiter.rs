use wasmtime::ResourceLimiter;

use super::Interrupt;
use crate::{engine::MAX_TABLE_ELEMENTS, kernel::layout::PAGE, settings::Growth};

/// Bytes per table element. Some elements take only 4, but the limiter is not told which.
const ELEMENT: u64 = 8;
/// Bytes that tables may use under any page limit: a language runtime has around ten thousand functions.
const FREE_TABLE_BYTES: u64 = 1 << 20;

/// Bounds the growth of an instance's memories and tables.
///
/// The initial sizes of the modules' memories were checked at compile time; in addition, `max_pages` limits the pages
/// by which all memories together may grow, as in the official runtime. The garbage collector's heap counts as one of
/// these memories; it starts empty and may grow before the instance exists, since initial values of globals may have
/// any size. Tables have a budget of their own: as many bytes as memories may grow by, plus 1 MiB.
#[derive(Debug)]
pub(crate) struct Limiter {
    /// Bytes that memories may still start with; checked at compile time.
    initial: u64,
    /// Bytes by which memories may still grow; `None` if there is no limit.
    budget: Option<u64>,
    /// The limit itself, in pages.
    max_pages: Option<u64>,
    /// Bytes of all memories.
    memory: u64,
    /// The growth that was allowed last, until it is known to have failed.
    growth: u64,
    /// Number of elements in all tables.
    table_elements: usize,
    /// The maximum of `table_elements`.
    max_table_elements: usize,
    /// What happens to growth beyond the budget.
    beyond: Growth,
    /// The growth that was refused in this call.
    refused: Option<String>,
}

impl Limiter {
    pub(crate) fn new(max_pages: Option<u32>, beyond: Growth) -> Self {
        let max_pages = max_pages.map(u64::from);
        let budget = max_pages.map(|pages| pages * PAGE);
        Self {
            initial: 0,
            budget,
            max_pages,
            memory: 0,
            growth: 0,
            table_elements: 0,
            max_table_elements: budget.map_or(MAX_TABLE_ELEMENTS, max_table_elements),
            beyond,
            refused: None,
        }
    }

    /// Exempts the pages that the modules' memories start with from the limit.
    pub(crate) fn allow_initial(&mut self, pages: u64) {
        self.initial = pages.saturating_mul(PAGE);
    }

    /// From now on, memories only grow; no new ones are created.
    pub(crate) fn instantiated(&mut self) {
        self.initial = 0;
    }

    /// Returns what was refused since the last call of this function.
    pub(crate) fn take_refused(&mut self) -> Option<String> {
        self.refused.take()
    }

    /// Returns how many bytes all memories have.
    pub(super) fn memory(&self) -> u64 {
        self.memory
    }

    /// Notes that memories grow by this many bytes.
    fn allow(&mut self, growth: u64) -> bool {
        self.growth = growth;
        self.memory = self.memory.saturating_add(growth);
        true
    }

    fn refuse(&mut self, what: String) -> bool {
        self.refused = Some(what);
        false
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        let pages = desired as u64 / PAGE;
        self.growth = 0;
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(self.refuse(format!("a memory cannot grow to {pages} pages, which exceeds its own maximum")));
        }
        let all = desired.saturating_sub(current) as u64;
        let free = all.min(self.initial);
        self.initial -= free;
        let growth = all - free;
        match self.budget {
            Some(budget) if growth > budget => {
                let allowed = self.refuse(format!(
                    "a memory cannot grow to {pages} pages: all memories together may grow by {} pages, and {} are left",
                    self.max_pages.unwrap_or(0),
                    budget / PAGE
                ));
                if self.beyond == Growth::Fatal {
                    return Err(wasmtime::Error::new(Interrupt::OutOfMemory("it may not grow".to_owned())));
                }
                Ok(allowed)
            }
            Some(budget) => {
                self.budget = Some(budget - growth);
                Ok(self.allow(all))
            }
            None => Ok(self.allow(all)),
        }
    }

    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        self.refused.get_or_insert_with(|| error.to_string());
        self.memory = self.memory.saturating_sub(std::mem::take(&mut self.growth));
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
                self.refuse(format!("a table cannot have {desired} elements: all tables together may have {max}"))
            );
        }
        self.table_elements = all;
        Ok(true)
    }
}

/// Returns how many table elements are allowed under a limit of `bytes` bytes.
fn max_table_elements(bytes: u64) -> usize {
    let elements = bytes.saturating_add(FREE_TABLE_BYTES) / ELEMENT;
    usize::try_from(elements).unwrap_or(usize::MAX).min(MAX_TABLE_ELEMENTS)
}
