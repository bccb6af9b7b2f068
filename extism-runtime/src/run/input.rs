use super::{Live, site};
use crate::{
    Encode, Error,
    codec::{self, CodecError, MAX_ATTEMPTS, Writer},
    compile::CompiledInner,
    kernel::{self, layout::PAGE},
};

/// Encodes a call's input directly into the kernel's memory, and discards the data of the last call; returns
/// the input's length.
#[inline]
pub(super) fn write_input<I: Encode>(
    live: &mut Live,
    compiled: &CompiledInner,
    export: u32,
    input: &I,
) -> Result<usize, Error> {
    let mut needed = input.size_hint();
    for _ in 0..MAX_ATTEMPTS {
        let memory = live.kernel.data_mut(&mut live.store);
        let area = kernel::input_area(memory);
        if needed <= area.len() {
            let room = area.len();
            let mut writer = Writer::new(area);
            if let Err(source) = input.encode(&mut writer) {
                return Err(Error::Encode { at: site(compiled, export), source });
            }
            needed = writer.len();
            if needed <= room {
                if let Err(error) = kernel::commit_input(memory, needed) {
                    return Err(too_large(compiled, export, &error));
                }
                return Ok(needed);
            }
        }
        grow(live, compiled, export, needed)?;
    }
    Err(Error::Encode { at: site(compiled, export), source: CodecError::growing() })
}

/// Encodes a call's input for an instance that does not exist yet.
#[cold]
pub(super) fn encode_input<I: Encode>(compiled: &CompiledInner, export: u32, input: &I) -> Result<Vec<u8>, Error> {
    codec::to_vec(input).map_err(|source| Error::Encode { at: site(compiled, export), source })
}

#[cold]
fn too_large(compiled: &CompiledInner, export: u32, error: &kernel::KernelError) -> Error {
    Error::OutOfMemory { at: site(compiled, export), detail: error.to_string() }
}

/// Grows the kernel's memory so that an input of `needed` bytes fits.
#[cold]
fn grow(live: &mut Live, compiled: &CompiledInner, export: u32, needed: usize) -> Result<(), Error> {
    let room = kernel::input_area(live.kernel.data_mut(&mut live.store)).len();
    let pages = (needed.saturating_sub(room) as u64).div_ceil(PAGE);
    if live.kernel.grow(&mut live.store, pages).is_ok() {
        return Ok(());
    }
    let refused = live.store.data_mut().limiter.take_refused();
    let detail = refused.unwrap_or_else(|| "the kernel's memory cannot hold it".to_owned());
    let detail = format!("the input takes {needed} bytes: {detail}");
    Err(Error::OutOfMemory { at: site(compiled, export), detail })
}
