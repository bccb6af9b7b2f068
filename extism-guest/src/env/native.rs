//! An empty host, for code that is not compiled to WebAssembly: no input, no configuration, no HTTP; variables are kept
//! per thread, and logs are dropped.

use std::{cell::RefCell, collections::HashMap};

#[derive(Default)]
struct Kernel {
    /// The blocks' bytes; a block's offset is its index plus one, times [`ROOM`].
    blocks: Vec<Vec<u8>>,
    vars: HashMap<Vec<u8>, Vec<u8>>,
    /// Whether there is no more memory, for tests.
    refuses: bool,
}

/// More than a block has bytes.
const ROOM: u64 = 1 << 40;

thread_local! {
    static KERNEL: RefCell<Kernel> = RefCell::default();
}

impl Kernel {
    fn block(&mut self, offset: u64) -> Option<&mut Vec<u8>> {
        let index = (offset / ROOM).checked_sub(1)?;
        self.blocks.get_mut(usize::try_from(index).ok()?)
    }

    /// The bytes from an offset on; they may be fewer than wanted.
    fn from(&mut self, offset: u64) -> &mut [u8] {
        let start = usize::try_from(offset % ROOM).unwrap_or(usize::MAX);
        self.block(offset).and_then(|block| block.get_mut(start..)).unwrap_or_default()
    }

    fn add(&mut self, bytes: Vec<u8>) -> u64 {
        if bytes.is_empty() || self.refuses {
            return 0;
        }
        self.blocks.push(bytes);
        self.blocks.len() as u64 * ROOM
    }
}

fn with<R>(run: impl FnOnce(&mut Kernel) -> R) -> R {
    KERNEL.with_borrow_mut(run)
}

pub(crate) fn alloc(length: u64) -> u64 {
    with(|kernel| kernel.add(vec![0; usize::try_from(length).unwrap_or_default()]))
}

/// Lets every later allocation of this thread fail.
#[cfg(test)]
pub(crate) fn refuse_memory() {
    with(|kernel| kernel.refuses = true);
}

pub(crate) fn free(offset: u64) {
    with(|kernel| {
        if let Some(block) = kernel.block(offset) {
            block.clear();
        }
    });
}

pub(crate) fn length(offset: u64) -> u64 {
    with(|kernel| kernel.block(offset).map_or(0, |block| block.len() as u64))
}

pub(crate) fn load_u8(offset: u64) -> u32 {
    with(|kernel| kernel.from(offset).first().map_or(0, |byte| u32::from(*byte)))
}

pub(crate) fn load_u64(offset: u64) -> u64 {
    with(|kernel| kernel.from(offset).first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes)))
}

pub(crate) fn store_u8(offset: u64, byte: u32) {
    with(|kernel| {
        if let Some(stored) = kernel.from(offset).first_mut() {
            *stored = byte.to_le_bytes()[0];
        }
    });
}

pub(crate) fn store_u64(offset: u64, bytes: u64) {
    with(|kernel| {
        if let Some(stored) = kernel.from(offset).first_chunk_mut() {
            *stored = bytes.to_le_bytes();
        }
    });
}

pub(crate) fn var_get(key: u64) -> u64 {
    with(|kernel| {
        let key = kernel.from(key).to_vec();
        let value = kernel.vars.get(&key).cloned();
        value.map_or(0, |value| kernel.add(value))
    })
}

pub(crate) fn var_set(key: u64, value: u64) {
    with(|kernel| {
        let key = kernel.from(key).to_vec();
        if value == 0 {
            kernel.vars.remove(&key);
        } else {
            let value = kernel.from(value).to_vec();
            kernel.vars.insert(key, value);
        }
    });
}

/// Functions that have nothing to give here, or nobody to tell.
macro_rules! nothing {
    ($($name:ident($($argument:ident: $ty:ty),*) $(-> $result:ty = $value:expr)?;)*) => {$(
        pub(crate) fn $name($(_: $ty),*) $(-> $result)? {
            $($value)?
        }
    )*};
}

nothing! {
    input_length() -> u64 = 0;
    input_load_u8(offset: u64) -> u32 = 0;
    input_load_u64(offset: u64) -> u64 = 0;
    output_set(offset: u64, length: u64);
    error_set(offset: u64);
    config_get(key: u64) -> u64 = 0;
    http_request(request: u64, body: u64) -> u64 = 0;
    http_status_code() -> i32 = 0;
    http_headers() -> u64 = 0;
    log_trace(text: u64);
    log_debug(text: u64);
    log_info(text: u64);
    log_warn(text: u64);
    log_error(text: u64);
    get_log_level() -> i32 = i32::MAX;
}
