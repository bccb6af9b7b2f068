use std::ops::Range;

/// Where a call's output is in the kernel's memory.
///
/// Offset and length are in one number. A result with two numbers is passed on in memory, where one function writes it in two
/// pieces and the next one reads it in one, for which the processor has to wait: several nanoseconds per function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output(u64);

impl Output {
    /// Returns `None` if the range does not fit a memory of 4 GiB.
    #[inline]
    pub(super) fn new(range: &Range<usize>) -> Option<Self> {
        let (offset, length) = (u32::try_from(range.start).ok()?, u32::try_from(range.len()).ok()?);
        Some(Self(u64::from(offset) << 32 | u64::from(length)))
    }

    /// Returns its length in bytes.
    #[inline]
    pub(super) fn len(self) -> usize {
        as_usize(self.0 & u64::from(u32::MAX))
    }

    /// Returns the output; `None` if it is not in this memory.
    #[inline]
    pub(super) fn of(self, memory: &[u8]) -> Option<&[u8]> {
        let offset = as_usize(self.0 >> 32);
        memory.get(offset..offset.checked_add(self.len())?)
    }
}

/// Returns the number, which has 32 bits at most.
#[inline]
fn as_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::Output;

    #[test]
    fn an_output_is_what_was_in_the_range() {
        let memory = b"0123456789";
        for range in [0..0, 0..10, 3..5, 10..10] {
            let output = Output::new(&range).unwrap();
            assert_eq!((output.len(), output.of(memory)), (range.len(), memory.get(range)));
        }
        let last = u32::MAX as usize;
        assert_eq!(Output::new(&(last..last + 1)).unwrap().len(), 1);
        assert_eq!(Output::new(&(1..11)).unwrap().of(memory), None);
        assert!(Output::new(&(last + 1..last + 2)).is_none() && Output::new(&(0..last + 1)).is_none());
    }
}
