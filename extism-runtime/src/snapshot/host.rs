//! What the initialization may call.

use std::{
    sync::LazyLock,
    time::{Instant, SystemTime},
};

use uuid::Uuid;
use wasmtime::{Caller, Extern, Func, FuncType, ImportType, Memory, Store, StoreLimits, Val};

use crate::artifact::WASI;

/// The name under which the module's first memory is exported for the snapshot.
const MEMORY: &str = "__wizer_memory_0";
/// WASI's answers: success, and a descriptor that is not open.
const SUCCESS: i32 = 0;
const BAD_DESCRIPTOR: i32 = 8;
const FAULT: i32 = 21;
/// The most random bytes of a call.
const MAX_RANDOM: usize = 1 << 16;

/// What the store holds.
pub(super) struct State {
    pub(super) limits: StoreLimits,
    /// Whether some of WASI may be called.
    pub(super) wasi: bool,
}

/// A call of a function whose effect cannot be kept.
#[derive(Debug, thiserror::Error)]
#[error("calls `{name}` from `{namespace}`")]
pub(super) struct HostCall {
    pub(super) namespace: String,
    pub(super) name: String,
}

/// Returns what an import gets: a function that answers, if it is one of WASI's that only tell something, or refuses.
pub(super) fn import(store: &mut Store<State>, import: &ImportType<'_>, ty: FuncType) -> Extern {
    let (namespace, name) = (import.module().to_owned(), import.name().to_owned());
    let function = Func::new(store, ty, move |mut caller, params, results| {
        let answer = if caller.data().wasi && namespace == WASI { wasi(&mut caller, &name, params) } else { None };
        match (answer, results) {
            (Some(answer), [result]) => *result = Val::I32(answer),
            _ => {
                let call = HostCall { namespace: namespace.clone(), name: name.clone() };
                return Err(wasmtime::Error::new(call));
            }
        }
        Ok(())
    });
    function.into()
}

/// Returns whether a function of WASI is one that may be allowed.
pub(super) fn may_be_allowed(namespace: &str, name: &str) -> bool {
    namespace == WASI && ALLOWED.contains(&name)
}

const ALLOWED: [&str; 10] = [
    "args_get",
    "args_sizes_get",
    "clock_res_get",
    "clock_time_get",
    "environ_get",
    "environ_sizes_get",
    "fd_fdstat_get",
    "fd_prestat_get",
    "random_get",
    "sched_yield",
];

/// Calls a function of WASI; `None` if it does more than tell something.
fn wasi(caller: &mut Caller<'_, State>, name: &str, params: &[Val]) -> Option<i32> {
    if !ALLOWED.contains(&name) {
        return None;
    }
    let memory = caller.get_export(MEMORY).and_then(Extern::into_memory)?;
    let written = match (name, params) {
        ("args_sizes_get" | "environ_sizes_get", [count, bytes]) => {
            write(caller, memory, count, &[0; 4]).and_then(|()| write(caller, memory, bytes, &[0; 4]))
        }
        ("clock_res_get", [_, result]) => write(caller, memory, result, &1_u64.to_le_bytes()),
        ("clock_time_get", [clock, _, result]) => write(caller, memory, result, &now(clock).to_le_bytes()),
        ("random_get", [buffer, length]) => random(caller, memory, buffer, length),
        // A character device: standard input and output.
        ("fd_fdstat_get", [Val::I32(0..=2), result]) => {
            let mut status = [0; 24];
            status[0] = 2;
            write(caller, memory, result, &status)
        }
        ("fd_fdstat_get" | "fd_prestat_get", _) => return Some(BAD_DESCRIPTOR),
        // Nothing to tell.
        _ => Some(()),
    };
    Some(written.map_or(FAULT, |()| SUCCESS))
}

fn now(clock: &Val) -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);

    let time = match clock {
        Val::I32(0) => SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default(),
        _ => START.elapsed(),
    };
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

fn random(caller: &mut Caller<'_, State>, memory: Memory, buffer: &Val, length: &Val) -> Option<()> {
    let length = usize::try_from(length.i32()?.cast_unsigned()).ok().filter(|length| *length <= MAX_RANDOM)?;
    let mut bytes = Vec::with_capacity(length + 16);
    while bytes.len() < length {
        // Of its 16 bytes all but six bits are random.
        bytes.extend_from_slice(&crate::load::sha256(Uuid::new_v4().as_bytes())[..8]);
    }
    write(caller, memory, buffer, &bytes[..length])
}

fn write(caller: &mut Caller<'_, State>, memory: Memory, address: &Val, bytes: &[u8]) -> Option<()> {
    let address = usize::try_from(address.i32()?.cast_unsigned()).ok()?;
    memory.write(caller, address, bytes).ok()
}
