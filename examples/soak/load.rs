//! The calls of a thread.

use std::{
    sync::{
        PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use extism_runtime::{Error, Plugin};

use crate::{
    Shared,
    report::{Histogram, Kind},
};

/// Makes calls of all kinds, in a random order.
pub(crate) struct Worker<'a> {
    shared: &'a Shared,
    patient: Plugin,
    hurried: Plugin,
    cancelled: Plugin,
    wasi: Plugin,
    random: u64,
    latencies: Histogram,
}

/// A number that no other call has, so that its output cannot be another's.
fn unique() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl<'a> Worker<'a> {
    pub(crate) fn new(shared: &'a Shared, seed: u64) -> Result<Self, Error> {
        let plugins = &shared.plugins;
        let cancelled = plugins.patient.instantiate()?;
        shared.cancelled.lock().unwrap_or_else(PoisonError::into_inner).push(cancelled.cancel_handle());
        Ok(Self {
            shared,
            patient: plugins.patient.instantiate()?,
            hurried: plugins.hurried.instantiate()?,
            cancelled,
            wasi: plugins.wasi.instantiate()?,
            random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            latencies: Histogram::default(),
        })
    }

    /// Works until it is told to stop.
    pub(crate) fn work(mut self) -> Result<Histogram, Error> {
        while !self.shared.stop.load(Ordering::Relaxed) {
            let kind = self.next_kind();
            self.shared.counts.issue(kind);
            let right = self.call(kind)?;
            self.shared.counts.answer(kind, right);
        }
        Ok(self.latencies)
    }

    /// Most calls succeed; expensive ones are rare.
    fn next_kind(&mut self) -> Kind {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        match self.random % 1000 {
            0 => Kind::Compile,
            1..5 => Kind::Timeout,
            5..9 => Kind::Cancel,
            9..40 => Kind::Instance,
            40..70 => Kind::Trap,
            70..80 => Kind::Overflow,
            80..100 => Kind::Hungry,
            100..110 => Kind::Greedy,
            110..130 => Kind::Panic,
            130..200 => Kind::Error,
            200..250 => Kind::Fail,
            250..280 => Kind::Large,
            280..340 => Kind::Wasi,
            340..450 => Kind::Variable,
            450..600 => Kind::Host,
            _ => Kind::Echo,
        }
    }

    /// Makes a call; returns whether it ended as expected.
    fn call(&mut self, kind: Kind) -> Result<bool, Error> {
        let text = format!("call {}", unique());
        let failed = |result: Result<(), Error>, is: fn(&Error) -> bool| result.is_err_and(|error| is(&error));
        Ok(match kind {
            Kind::Echo => self.timed(&text),
            Kind::Large => {
                let input = text.repeat(100_000);
                self.patient.call::<_, &str>("echo", &input).is_ok_and(|output| output == input)
            }
            Kind::Variable => {
                self.patient.call::<_, ()>("remember", &text)?;
                self.patient.call::<_, &str>("recall", ()).is_ok_and(|output| output == text)
            }
            Kind::Host => self.patient.call::<_, &str>("host", &text).is_ok_and(|output| output == text),
            Kind::Fail => match self.patient.call::<_, ()>("fail", &text) {
                Err(Error::Guest { message, code: 1, .. }) => message == text,
                _ => false,
            },
            Kind::Error | Kind::Panic => self.host_failure(kind == Kind::Panic, &text),
            Kind::Trap => failed(self.patient.call("trap", ()), |error| matches!(error, Error::Trap { .. })),
            Kind::Overflow => failed(self.patient.call("overflow", ()), |error| matches!(error, Error::Trap { .. })),
            Kind::Greedy => failed(self.patient.call("greedy", ()), |error| matches!(error, Error::OutOfMemory { .. })),
            Kind::Timeout => failed(self.hurried.call("spin", ()), |error| matches!(error, Error::Timeout { .. })),
            Kind::Cancel => failed(self.cancelled.call("spin", ()), |error| matches!(error, Error::Cancelled { .. })),
            Kind::Hungry => {
                let mut plugin = self.shared.plugins.patient.instantiate()?;
                plugin.call::<_, ()>("hungry", ()).is_ok()
            }
            Kind::Wasi => self.wasi.call::<_, [u8; 16]>("random_bytes", ()).is_ok(),
            Kind::Instance => {
                self.patient = self.shared.plugins.patient.instantiate()?;
                self.timed(&text)
            }
            Kind::Compile => {
                self.wasi = self.shared.plugins.wasi.instantiate()?;
                self.patient = self.shared.plugins.recompile()?.instantiate()?;
                self.timed(&text)
            }
        })
    }

    /// A successful call, which is timed.
    fn timed(&mut self, text: &str) -> bool {
        let start = Instant::now();
        let right = self.patient.call::<_, &str>("echo", text).is_ok_and(|output| output == text);
        self.latencies.add(start.elapsed());
        right
    }

    fn host_failure(&mut self, panic: bool, text: &str) -> bool {
        let text = format!("{}{text}", if panic { 'p' } else { 'e' });
        match self.patient.call::<_, ()>("host", &text) {
            Err(Error::HostFunction { source, .. }) if panic => source.to_string() == format!("panicked: {text}"),
            Err(Error::HostFunction { source, .. }) => source.to_string() == text,
            _ => false,
        }
    }
}
