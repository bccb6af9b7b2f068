//! `poll_oneoff`: sleeping, and waiting for files, which are always ready.
//!
//! The layout of subscriptions and events is that of WASI preview 1 (`wasi_snapshot_preview1.witx`): a subscription
//! takes 48 bytes, an event 32.

use std::{
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use wasmtime::{AsContextMut as _, Caller, Extern, Memory};

use super::{clock, trap};
use crate::{
    clock::InstanceClock,
    store::{Interrupt, StoreData},
};

const SUBSCRIPTION: usize = 48;
const EVENT: usize = 32;
const EINVAL: u8 = 28;
const EFAULT: i32 = 21;
const SUCCESS: i32 = 0;
/// The interval between checks whether the call was cancelled.
const SLICE: Duration = Duration::from_millis(5);
/// Maximum number of subscriptions per call: more than any program has files open.
const MAX_SUBSCRIPTIONS: usize = 4096;

/// The event that a subscription waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    /// Ready at once: a file that is read (1) or written (2).
    File(u8),
    /// Ready after this duration.
    Clock(Duration),
    /// An unknown kind or clock.
    Invalid(u8),
}

/// `poll_oneoff(subscriptions, events, count, events_count) -> errno`.
pub(super) async fn poll_oneoff(
    mut caller: Caller<'_, StoreData>,
    (subscriptions, events, count, written): (i32, i32, i32, i32),
) -> wasmtime::Result<i32> {
    let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
        return Err(trap("the module imports WASI but does not export `memory`"));
    };
    let count = count.cast_unsigned() as usize;
    if count == 0 || count > MAX_SUBSCRIPTIONS {
        return Ok(i32::from(EINVAL));
    }
    let Some(waits) = read(memory, &caller, subscriptions, count) else { return Ok(EFAULT) };
    let shortest = shortest(&waits);
    // By a clock of the program's, that much time passes, however long it really takes.
    let clock = caller.data().clock.as_ref().filter(|_| !shortest.is_zero());
    let (real, passed) = clock.map_or((shortest, Duration::ZERO), |clock| (clock.sleep(shortest), shortest));
    let slept = if caller.data().yields { sleep_as_task(&mut caller, real).await? } else { sleep(&caller, real)? };
    let slept = slept.max(passed);
    let ready: Vec<_> = waits.iter().filter(|(_, wait)| is_ready(*wait, slept)).copied().collect();
    match write(memory, &mut caller, events, written, &ready) {
        Some(()) => Ok(SUCCESS),
        None => Ok(EFAULT),
    }
}

fn address(pointer: i32) -> usize {
    pointer.cast_unsigned() as usize
}

fn read(memory: Memory, caller: &Caller<'_, StoreData>, subscriptions: i32, count: usize) -> Option<Vec<(u64, Wait)>> {
    let start = address(subscriptions);
    let bytes = memory.data(caller).get(start..start.checked_add(count * SUBSCRIPTION)?)?;
    let clock = caller.data().clock.as_ref();
    Some(bytes.chunks_exact(SUBSCRIPTION).map(|bytes| subscription(bytes, clock)).collect())
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut value = [0; 8];
    value.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(value)
}

/// Reads a subscription of [`SUBSCRIPTION`] bytes: user data and kind; for a clock its id, timeout, precision and
/// flags.
fn subscription(bytes: &[u8], clock: Option<&InstanceClock>) -> (u64, Wait) {
    let wait = match bytes[8] {
        0 => clock_wait(bytes[16], u64_at(bytes, 24), bytes[40] & 1 != 0, clock),
        kind @ (1 | 2) => Wait::File(kind),
        kind => Wait::Invalid(kind),
    };
    (u64_at(bytes, 0), wait)
}

fn clock_wait(id: u8, timeout: u64, absolute: bool, clock: Option<&InstanceClock>) -> Wait {
    let timeout = Duration::from_nanos(timeout);
    match (id, absolute) {
        (0 | 1, false) => Wait::Clock(timeout),
        (0, true) => {
            let system = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            Wait::Clock(timeout.saturating_sub(clock.map_or_else(system, InstanceClock::wall)))
        }
        // An absolute time on the clock that the plug-in reads.
        (1, true) => Wait::Clock(timeout.saturating_sub(clock.map_or_else(clock::now, InstanceClock::monotonic))),
        _ => Wait::Invalid(0),
    }
}

/// Returns after how long the first subscription is ready.
fn shortest(waits: &[(u64, Wait)]) -> Duration {
    let durations = waits.iter().map(|(_, wait)| match wait {
        Wait::File(_) | Wait::Invalid(_) => Duration::ZERO,
        Wait::Clock(timeout) => *timeout,
    });
    durations.min().unwrap_or_default()
}

/// Waits for the first subscription, `shortest`, to become ready, as a task. Returns how long that took. The call ends
/// the wait if it must end before.
async fn sleep_as_task(caller: &mut Caller<'_, StoreData>, shortest: Duration) -> wasmtime::Result<Duration> {
    let start = Instant::now();
    if shortest.is_zero() {
        return Ok(shortest);
    }
    // A time that the clock cannot express never comes.
    let sleeping = caller.data().settings.engine.sleep_until(start.checked_add(shortest)).await;
    sleeping.map_err(|error| wasmtime::Error::new(Interrupt::Failed(Box::new(error))))?;
    // Ticks in the meantime are not a reason to wait again.
    caller.as_context_mut().set_epoch_deadline(1);
    Ok(start.elapsed())
}

/// Waits for the first subscription, `shortest`, to become ready. Returns how long that took, or an error if the call
/// must end before.
fn sleep(caller: &Caller<'_, StoreData>, shortest: Duration) -> wasmtime::Result<Duration> {
    let start = Instant::now();
    loop {
        if let Some(interrupt) = caller.data().interrupted() {
            return Err(wasmtime::Error::new(interrupt));
        }
        let slept = start.elapsed();
        let left = shortest.saturating_sub(slept);
        if left.is_zero() {
            return Ok(slept);
        }
        let until_deadline = caller.data().deadline.map(|deadline| deadline.left());
        thread::sleep(left.min(SLICE).min(until_deadline.unwrap_or(SLICE)));
    }
}

fn is_ready(wait: Wait, slept: Duration) -> bool {
    match wait {
        Wait::File(_) | Wait::Invalid(_) => true,
        Wait::Clock(timeout) => timeout <= slept,
    }
}

fn write(
    memory: Memory,
    caller: &mut Caller<'_, StoreData>,
    events: i32,
    written: i32,
    ready: &[(u64, Wait)],
) -> Option<()> {
    let data = memory.data_mut(caller);
    let start = address(events);
    let target = data.get_mut(start..start.checked_add(ready.len() * EVENT)?)?;
    for (event, (user_data, wait)) in target.chunks_exact_mut(EVENT).zip(ready) {
        event.fill(0);
        event[..8].copy_from_slice(&user_data.to_le_bytes());
        match wait {
            Wait::Clock(_) => {}
            // The number of bytes that can be read or written is unknown: at least one.
            Wait::File(kind) => {
                event[10] = *kind;
                event[16] = 1;
            }
            Wait::Invalid(kind) => {
                event[8] = EINVAL;
                event[10] = *kind;
            }
        }
    }
    let count = u32::try_from(ready.len()).ok()?;
    let start = address(written);
    data.get_mut(start..start.checked_add(4)?)?.copy_from_slice(&count.to_le_bytes());
    Some(())
}
