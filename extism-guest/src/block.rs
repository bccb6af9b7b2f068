use extism_codec::{
    __private::{HostMemory, to_vec_within},
    CodecError, Decode, Encode, Writer,
};

use crate::{env, room};

/// A block of the kernel's memory, through which plug-in and host exchange bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// Where it starts; 0 if it is empty.
    pub(crate) offset: u64,
    /// Its bytes.
    pub(crate) length: u64,
}

impl Block {
    /// Copies bytes to a new block.
    ///
    /// # Panics
    ///
    /// Panics if the host has no memory for them: a plug-in can hardly go on without it.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self::try_of(bytes).unwrap_or_else(|| no_memory(bytes.len()))
    }

    /// Copies bytes to a new block; `None` if the host has no memory for them.
    pub(crate) fn try_of(bytes: &[u8]) -> Option<Self> {
        let length = bytes.len() as u64;
        let offset = env::alloc(length);
        if offset == 0 && length > 0 {
            return None;
        }
        store(offset, bytes);
        Some(Self { offset, length })
    }

    /// The block that starts at `offset`; `None` if there is none.
    pub(crate) fn at(offset: u64) -> Option<Self> {
        (offset != 0).then(|| Self { offset, length: env::length(offset) })
    }

    /// Copies the bytes out and frees the block.
    pub(crate) fn take(self) -> Vec<u8> {
        let mut bytes = vec![0; usize::try_from(self.length).unwrap_or_default()];
        load(self.offset, &mut bytes);
        env::free(self.offset);
        bytes
    }
}

#[cold]
fn no_memory(length: usize) -> ! {
    panic!("the host has no memory for {length} bytes")
}

/// Copies eight bytes at a time, as all PDKs do: hosts recognize such loops. The last ones are copied by one more step that
/// overlaps the one before, instead of one by one.
fn store(offset: u64, bytes: &[u8]) {
    let mut to = offset;
    let (chunks, rest) = bytes.as_chunks::<8>();
    for chunk in chunks {
        env::store_u64(to, u64::from_le_bytes(*chunk));
        to += 8;
    }
    if rest.is_empty() {
        return;
    }
    if let Some(last) = bytes.last_chunk() {
        env::store_u64(offset + bytes.len() as u64 - 8, u64::from_le_bytes(*last));
        return;
    }
    for byte in rest {
        env::store_u8(to, u32::from(*byte));
        to += 1;
    }
}

fn load(offset: u64, bytes: &mut [u8]) {
    let mut from = offset;
    let (chunks, rest) = bytes.as_chunks_mut::<8>();
    for chunk in chunks {
        *chunk = env::load_u64(from).to_le_bytes();
        from += 8;
    }
    if rest.is_empty() {
        return;
    }
    let length = bytes.len() as u64;
    if let Some(last) = bytes.last_chunk_mut() {
        *last = env::load_u64(offset + length - 8).to_le_bytes();
        return;
    }
    for byte in bytes {
        *byte = env::load_u8(from).to_le_bytes()[0];
        from += 1;
    }
}

/// Runs something with the input of the running call.
pub(crate) fn with_input<R>(run: impl FnOnce(Input<'_>) -> R) -> R {
    let length = usize::try_from(env::input_length()).unwrap_or_default();
    room::with(&room::INPUT, length, |room| {
        load_input(room.get_mut(..length).unwrap_or_default());
        run(Input { room, length })
    })
}

/// The input of a call.
#[derive(Debug)]
pub struct Input<'a> {
    /// It begins with the input. The next call uses it again, unless it is too long to be kept.
    room: &'a mut Vec<u8>,
    length: usize,
}

impl<'a> Input<'a> {
    pub(crate) fn bytes(self) -> &'a [u8] {
        self.room.get(..self.length).unwrap_or_default()
    }

    /// Decodes a value, which may keep a long input.
    pub(crate) fn decode<T: Decode<'a>>(self) -> Result<T, CodecError> {
        if self.length > room::KEPT && self.length == self.room.len() {
            return T::decode_owned(self.room);
        }
        T::decode(self.bytes())
    }
}

/// As [`load`].
fn load_input(bytes: &mut [u8]) {
    let mut from = 0;
    let (chunks, rest) = bytes.as_chunks_mut::<8>();
    for chunk in chunks {
        *chunk = env::input_load_u64(from).to_le_bytes();
        from += 8;
    }
    if rest.is_empty() {
        return;
    }
    let length = bytes.len() as u64;
    if let Some(last) = bytes.last_chunk_mut() {
        *last = env::input_load_u64(length - 8).to_le_bytes();
        return;
    }
    for byte in bytes {
        *byte = env::input_load_u8(from).to_le_bytes()[0];
        from += 1;
    }
}

/// Encodes a value into a new block.
pub(crate) fn encode<T: Encode + ?Sized>(value: &T) -> Result<Block, CodecError> {
    if let Some(bytes) = value.as_encoded() {
        return Ok(Block::of(bytes));
    }
    let written = room::with(&room::OUTPUT, value.size_hint(), |room| {
        let mut writer = Writer::new(room);
        value.encode(&mut writer)?;
        let written = writer.len();
        Ok(room.get(..written).map(Block::of).ok_or(written))
    });
    match written? {
        Ok(block) => Ok(block),
        Err(written) => to_vec_within(value, written).map(|bytes| Block::of(&bytes)),
    }
}

/// The kernel's memory, for the arguments and results of host functions.
#[derive(Debug)]
pub(crate) struct Kernel;

impl HostMemory for Kernel {
    fn store<T: Encode + ?Sized>(value: &T) -> Result<u64, CodecError> {
        encode(value).map(|block| block.offset)
    }

    fn take(offset: u64) -> Vec<u8> {
        Block::at(offset).map_or_else(Vec::new, Block::take)
    }

    fn free(offset: u64) {
        env::free(offset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_give_back_what_was_copied_into_them() {
        for length in [0_u32, 1, 7, 8, 9, 16, 1000] {
            let bytes: Vec<u8> = (0..length).map(|byte| byte.to_le_bytes()[0]).collect();
            let block = Block::of(&bytes);
            assert_eq!(block.length, bytes.len() as u64);
            assert_eq!(Block::at(block.offset).map_or(0, |found| found.length), block.length);
            assert_eq!(block.take(), bytes);
        }
        assert_eq!(Block::at(0), None);
    }

    #[test]
    #[should_panic(expected = "the host has no memory for 3 bytes")]
    fn without_memory_nothing_is_stored_at_offset_0() {
        env::refuse_memory();
        assert_eq!(Block::try_of(b"abc"), None);
        assert_eq!(Block::of(b"").length, 0);
        crate::failure::tell("a text that the host has no memory for");
        Block::of(b"abc");
    }

    #[test]
    fn values_longer_than_their_hint_are_encoded_with_room() {
        for length in [10, room::SHORT - 2, room::SHORT - 1, 10 * room::SHORT] {
            let text = "x".repeat(length);
            let block = encode(&extism_codec::Json(&text)).unwrap();
            assert_eq!(String::from_utf8(block.take()).unwrap(), format!("\"{text}\""));
            assert_eq!(encode(&text).unwrap().take(), text.as_bytes());
        }
        assert_eq!(encode("").unwrap(), Block { offset: 0, length: 0 });
    }
}
