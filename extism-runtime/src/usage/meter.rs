use std::{array, sync::Arc};

use super::{
    Outcome,
    clock::{Clock, Phase},
    counter::Counter,
    sums::{Quantity, SUMS, Sums, index_of},
};

/// Counts the resources used by one instance. Whoever uses the instance writes to it, with plain additions;
/// any thread may read it.
///
/// It has its own cache lines (pairs of them, since processors prefetch pairs), as other threads' calls write
/// to the meters next to it in memory.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct Meter {
    sums: [Counter; SUMS],
    clock: Clock,
    /// Bytes of all memories.
    memory: Counter,
    /// The maximum so far.
    peak_memory: Counter,
    /// Bytes of all variables.
    vars: Counter,
    /// The pool that the instance belongs to; 0 for none.
    pub(super) owner: Counter,
    /// The meter's index among the open ones of its shard.
    pub(super) index: Counter,
}

impl Default for Meter {
    fn default() -> Self {
        Self {
            sums: array::from_fn(|_| Counter::default()),
            clock: Clock::default(),
            memory: Counter::default(),
            peak_memory: Counter::default(),
            vars: Counter::default(),
            owner: Counter::default(),
            index: Counter::default(),
        }
    }
}

impl Meter {
    /// Counts a call that has ended.
    #[inline]
    pub(crate) fn ended(&self, outcome: Outcome) {
        self.sums[index_of(outcome)].add(1);
    }

    /// Counts a call's input.
    #[inline]
    pub(crate) fn input(&self, bytes: usize) {
        self.add(Quantity::InputBytes, bytes as u64);
    }

    /// Counts a call's output.
    #[inline]
    pub(crate) fn output(&self, bytes: usize) {
        self.add(Quantity::OutputBytes, bytes as u64);
    }

    /// Counts the fuel that a call has consumed.
    #[inline]
    pub(crate) fn fuel(&self, units: u64) {
        self.add(Quantity::Fuel, units);
    }

    /// Counts a call of one of the program's functions, which ends when the result is dropped.
    #[inline]
    pub(crate) fn host_call(self: &Arc<Self>) -> Metered {
        self.add(Quantity::HostCalls, 1);
        self.measure(Phase::Host)
    }

    /// Counts an HTTP request, which ends when the result is dropped.
    #[cfg_attr(not(feature = "http"), expect(dead_code, reason = "only HTTP requests need it"))]
    pub(crate) fn http_request(self: &Arc<Self>) -> Metered {
        self.add(Quantity::HttpRequests, 1);
        self.measure(Phase::Http)
    }

    /// Counts bytes that an HTTP request has sent; from any thread.
    #[cfg_attr(not(feature = "http"), expect(dead_code, reason = "only HTTP requests need it"))]
    pub(crate) fn http_sent(&self, bytes: usize) {
        self.sums[Quantity::HttpSent.index()].add_shared(bytes as u64);
    }

    /// Counts bytes that an HTTP request has received; from any thread.
    #[cfg_attr(not(feature = "http"), expect(dead_code, reason = "only HTTP requests need it"))]
    pub(crate) fn http_received(&self, bytes: usize) {
        self.sums[Quantity::HttpReceived.index()].add_shared(bytes as u64);
    }

    /// Notes how many bytes the instance's memories have.
    pub(crate) fn set_memory(&self, bytes: u64) {
        self.memory.set(bytes);
        self.peak_memory.set(self.peak_memory.get().max(bytes));
    }

    /// Notes how many bytes the variables take.
    pub(crate) fn set_vars(&self, bytes: u64) {
        self.vars.set(bytes);
    }

    /// Begins to measure the time of a call.
    pub(super) fn start(&self) {
        self.clock.switch(Phase::Guest);
    }

    /// Ends the measurement.
    pub(super) fn stop(&self) {
        self.switch(Phase::Off);
    }

    /// Pauses the call, which yields its thread; if a host function waits, its time continues.
    pub(super) fn pause(&self) {
        if self.clock.is_in(Phase::Guest) {
            self.switch(Phase::Idle);
        }
    }

    /// Resumes the call on a thread.
    pub(super) fn resume(&self) {
        if self.clock.is_in(Phase::Idle) {
            self.switch(Phase::Guest);
        }
    }

    pub(super) fn memory(&self) -> u64 {
        self.memory.get()
    }

    pub(super) fn peak_memory(&self) -> u64 {
        self.peak_memory.get()
    }

    pub(super) fn vars(&self) -> u64 {
        self.vars.get()
    }

    pub(super) fn sums(&self) -> Sums {
        Sums(array::from_fn(|index| self.sums[index].get()))
    }

    /// Sets everything to 0, for another instance.
    pub(super) fn clear(&self) {
        self.sums.iter().for_each(|sum| sum.set(0));
        for number in [&self.memory, &self.peak_memory, &self.vars] {
            number.set(0);
        }
    }

    #[inline]
    fn add(&self, quantity: Quantity, value: u64) {
        self.sums[quantity.index()].add(value);
    }

    #[inline]
    fn measure(self: &Arc<Self>, phase: Phase) -> Metered {
        Metered(if self.clock.is_on() { Some(self.enter(phase)) } else { None })
    }

    #[cold]
    fn enter(self: &Arc<Self>, phase: Phase) -> Arc<Self> {
        self.switch(phase);
        Arc::clone(self)
    }

    fn switch(&self, next: Phase) {
        let (last, taken) = self.clock.switch(next);
        match last {
            Phase::Off => {}
            Phase::Guest => self.add(Quantity::GuestTime, taken),
            Phase::Host => self.add(Quantity::HostTime, taken),
            Phase::Http => self.add(Quantity::HttpTime, taken),
            Phase::Idle => self.add(Quantity::IdleTime, taken),
        }
    }
}

/// Work for a plug-in, timed until this is dropped; no meter if nobody observes times.
#[derive(Debug)]
#[must_use = "it ends the measurement when it is dropped"]
pub(crate) struct Metered(Option<Arc<Meter>>);

impl Drop for Metered {
    #[inline]
    fn drop(&mut self) {
        if let Some(meter) = &self.0 {
            meter.switch(Phase::Guest);
        }
    }
}
