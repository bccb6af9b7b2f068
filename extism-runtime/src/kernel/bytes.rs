//! Little-endian words in the kernel's memory. Reads outside of it return zero, and writes outside of it do nothing: no
//! content of the memory can make these functions panic.

/// Returns the `u32` at `at`.
#[inline]
pub(super) fn u32_at(mem: &[u8], at: u32) -> u32 {
    word(mem, at).map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// Returns the `u64` at `at`.
#[inline]
pub(super) fn u64_at(mem: &[u8], at: u32) -> u64 {
    word(mem, at).map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// Writes a `u32` at `at`.
#[inline]
pub(super) fn set_u32(mem: &mut [u8], at: u32, value: u32) {
    set(mem, at, value.to_le_bytes());
}

/// Writes a `u64` at `at`.
#[inline]
pub(super) fn set_u64(mem: &mut [u8], at: u32, value: u64) {
    set(mem, at, value.to_le_bytes());
}

#[inline]
fn word<const N: usize>(mem: &[u8], at: u32) -> Option<&[u8; N]> {
    mem.get(at as usize..)?.first_chunk()
}

#[inline]
fn set<const N: usize>(mem: &mut [u8], at: u32, bytes: [u8; N]) {
    if let Some(place) = mem.get_mut(at as usize..).and_then(<[u8]>::first_chunk_mut::<N>) {
        *place = bytes;
    }
}
