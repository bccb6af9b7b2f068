use super::{Result, Stop};

/// How many steps a search may take, some tenths of a second's work. The DWARF of a module with 10 MB of code takes some
/// millions.
const SEARCH: u64 = 50_000_000;
/// How many steps all searches in a module may take.
const TOTAL: u64 = 20 * SEARCH;

/// What searching a module's DWARF may still cost. A step is about what reading a byte, an attribute or a table's entry
/// takes.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Of the running search.
    left: u64,
    /// Of all later searches.
    total: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: 0, total: TOTAL }
    }
}

impl Budget {
    #[cfg(test)]
    pub(super) fn of(total: u64) -> Self {
        Self { left: 0, total }
    }

    #[cfg(test)]
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Runs a search.
    pub(super) fn search<T>(&mut self, search: impl FnOnce(&mut Self) -> T) -> T {
        self.left = self.total.min(SEARCH);
        self.total -= self.left;
        let result = search(self);
        self.total += self.left;
        self.left = 0;
        result
    }

    /// Pays for some steps, before they are taken.
    ///
    /// # Errors
    ///
    /// Returns [`Stop::Exhausted`] if there is not enough left.
    pub(super) fn pay(&mut self, steps: usize) -> Result<()> {
        match self.left.checked_sub(steps as u64) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                self.left = 0;
                Err(Stop::Exhausted)
            }
        }
    }
}
