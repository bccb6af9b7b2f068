use super::Outcome;

/// The quantities that are summed over calls, besides their outcomes.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub(super) enum Quantity {
    InputBytes,
    OutputBytes,
    HostCalls,
    Fuel,
    HttpRequests,
    HttpSent,
    HttpReceived,
    /// In nanoseconds, like the ones that follow.
    GuestTime,
    HostTime,
    HttpTime,
    IdleTime,
}

const QUANTITIES: usize = Quantity::IdleTime as usize + 1;

/// The number of sums.
pub(super) const SUMS: usize = QUANTITIES + Outcome::COUNT;

impl Quantity {
    #[inline]
    pub(super) const fn index(self) -> usize {
        self as usize
    }
}

#[inline]
pub(super) const fn index_of(outcome: Outcome) -> usize {
    QUANTITIES + outcome as usize
}

/// Sums of quantities.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sums(pub(super) [u64; SUMS]);

impl Sums {
    pub(super) const ZERO: Self = Self([0; SUMS]);

    pub(super) fn of(&self, quantity: Quantity) -> u64 {
        self.0[quantity.index()]
    }

    pub(super) fn calls(&self, outcome: Outcome) -> u64 {
        self.0[index_of(outcome)]
    }

    pub(super) fn count(&mut self, outcome: Outcome) {
        self.0[index_of(outcome)] += 1;
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (sum, other) in self.0.iter_mut().zip(other.0) {
            *sum = sum.wrapping_add(other);
        }
    }

    /// Returns the increase over earlier sums.
    pub(super) fn since(&self, earlier: &Self) -> Self {
        let mut difference = *self;
        for (sum, earlier) in difference.0.iter_mut().zip(earlier.0) {
            *sum = sum.wrapping_sub(earlier);
        }
        difference
    }
}
