//! The layout of the kernel's memory.
//!
//! The memory starts with a header that only the kernel writes; the heap follows. A zeroed memory is a valid one with
//! an empty heap, so a new instance needs no initialization.
//!
//! ```text
//! 0        HEAP                          HEAP + AT    HEAP + END                 HEAP + EXTENT
//! | header | block | block | ... | block | room ...   | block | ... | free block |
//! ```
//!
//! Each block consists of a header of [`BLOCK_HEADER`] bytes and its payload; both are multiples of 2 bytes, so that no
//! block takes more memory than in the official kernel (except for the odd byte, and for what aligns the block after a
//! [large](LARGE) one). Inside the kernel, a block is
//! identified by the address of its header; guests and host functions know it by its *handle*, the address of its
//! payload.
//!
//! New blocks are cut off the *room*, which at first is the whole heap. Freed memory is not reused as long as the room
//! suffices: plug-ins free and read blocks that they have passed on and that the host has freed, and the official
//! kernel, which behaves the same way, lets them. If the room is too small, the free block that has waited longest
//! becomes the room; the memory grows only if no free block is large enough.
//!
//! Guests can write to the whole heap, including block headers, so nothing in it is trusted: every value read from
//! there is checked before it is used as an address. The worst that a guest can do is mix up its own blocks.

/// Bytes per WebAssembly page.
pub(crate) const PAGE: u64 = 65_536;

/// The initial pages of the kernel's memory, which `max_pages` does not count. They are only reserved until something
/// is written to them; with this many, a call with inputs and outputs of up to about 1 MiB never grows the memory. A
/// call that allocates more than that in total writes to each of them once, however little is live at a time.
pub(crate) const INITIAL_PAGES: u32 = 16;

/// `u64`: how many bytes from the heap's start guests may load and store: everything that the memory has, as in the
/// official runtime, since some guests write past their blocks. Updated whenever the heap's end moves up.
pub(crate) const LIMIT: u32 = 0x10;
/// `u64`: how many offsets from the heap's start allow a load of 8 bytes: `LIMIT - 7`, or 0.
pub(crate) const LIMIT_U64: u32 = 0x18;
/// The first of the fields that [`reset`](super::reset) sets to zero.
pub(crate) const STATE: u32 = INPUT_OFFSET;
/// `u64`: offset of the input's first byte.
pub(crate) const INPUT_OFFSET: u32 = 0x20;
/// `u64`: bytes of the input.
pub(crate) const INPUT_LENGTH: u32 = 0x28;
/// `u64`: how many offsets in the input allow a load of 8 bytes: `INPUT_LENGTH - 7`, or 0.
pub(crate) const INPUT_LIMIT_U64: u32 = 0x30;
/// `u64`: offset of the output's first byte.
pub(crate) const OUTPUT_OFFSET: u32 = 0x38;
/// `u64`: bytes of the output.
pub(crate) const OUTPUT_LENGTH: u32 = 0x40;
/// `u64`: handle of the error message; 0 if there is no error.
pub(crate) const ERROR: u32 = 0x48;
/// `u64`: bytes of the error message, stored when it was set, as guests free the handle afterwards.
pub(crate) const ERROR_LENGTH: u32 = 0x50;
/// `u64`: bit `c` is set if the list of free blocks of class `c` is not empty.
pub(crate) const CLASSES: u32 = 0x58;
/// `u32`: where the room starts, in bytes from the heap's start.
pub(crate) const AT: u32 = 0x60;
/// `u32`: where the room ends, in bytes from the heap's start. The room is empty, or can hold a header and 2 bytes.
pub(crate) const END: u32 = 0x64;
/// `u32`: bytes of the heap: everything in the memory after the header.
pub(crate) const EXTENT: u32 = 0x68;
/// `u32`: payload bytes of the free block that ends where the room starts; 0 if there is none.
pub(crate) const BEFORE: u32 = 0x6c;
/// `u32`: payload bytes of the free block at the heap's end; 0 if there is none.
pub(crate) const LAST: u32 = 0x70;
/// `u32`: 1 if an allocation by the guest ended the call because the memory could not grow.
pub(crate) const EXHAUSTED: u32 = 0x74;
/// The end of the fields that [`reset`](super::reset) sets to zero.
pub(crate) const STATE_END: u32 = 0x78;
/// `u32`: part of every [seal](seal); changes with each reset, so that remains of blocks from earlier calls are not
/// mistaken for live blocks.
pub(crate) const KEY: u32 = 0x78;
/// `u32`: 1 if the plug-in has a page limit. A length that no memory can hold then ends the call, like one that the
/// limit refuses; without a limit, allocating it returns 0.
pub(crate) const BOUNDED: u32 = 0x7c;
/// `u32` each: by class, the first free block, which has waited longest. Meaningless if the bit in [`CLASSES`] is 0.
pub(crate) const HEADS: u32 = 0x80;
/// `u32` each: by class, the last free block. Meaningless if the bit in [`CLASSES`] is 0.
pub(crate) const TAILS: u32 = HEADS + 4 * CLASS_COUNT;
/// Number of [classes](class).
pub(crate) const CLASS_COUNT: u32 = 56;

/// Where the heap starts, chosen so that the first payload, usually the input, lies at a multiple of 64.
pub(crate) const HEAP: u32 = 0x280 - BLOCK_HEADER;
const _: () = assert!(TAILS + 4 * CLASS_COUNT <= HEAP, "the header has room for all classes");
/// Bytes of a block's header: as many as in the official kernel.
pub(crate) const BLOCK_HEADER: u32 = 12;
/// The handle of the heap's first block.
pub(crate) const FIRST: u32 = HEAP + BLOCK_HEADER;
/// The maximum address of the heap's end, so that no sum of an offset and a size overflows 32 bits.
pub(crate) const MAX_TOP: u32 = 0xffff_fff0;
/// Bytes of the longest block.
pub(crate) const MAX_BLOCK: u32 = MAX_TOP - FIRST;

/// `u32` in a block's header: bytes of the payload, plus [`FREE`] if the block is free.
pub(crate) const SIZE: u32 = 0;
/// `u32` in a live block's header: payload bytes of the block before it if that is free; otherwise 0.
pub(crate) const PREVIOUS: u32 = 4;
/// `u32` in a live block's header: its [`seal`], plus the number of unrequested bytes in the payload (below 16).
pub(crate) const SEAL: u32 = 8;
/// `u32` in a free block's header: the next block of its class, or 0. This and [`BACK`] are not in the payload, because
/// guests read blocks that they or the host have freed.
pub(crate) const NEXT: u32 = PREVIOUS;
/// `u32` in a free block's header: the previous block of its class, or 0.
pub(crate) const BACK: u32 = SEAL;
/// Flag in [`SIZE`].
pub(crate) const FREE: u32 = 1;

/// The minimum that the room keeps after an allocation: a header and 2 bytes. A smaller remainder becomes part of the
/// block.
pub(crate) const MIN_ROOM: u32 = BLOCK_HEADER + 2;
/// The minimum payload bytes of blocks whose size is [`aligned`], if that leaves no room or at least [`MIN_ROOM`].
pub(crate) const LARGE: u32 = 2048;
/// What [`aligned`] adds to a size before it rounds down.
const TO_ALIGN: u32 = BLOCK_HEADER + SLACK;
/// The bits of [`SEAL`] that hold the number of unrequested bytes.
pub(crate) const SLACK: u32 = 15;
/// How many free blocks of its own class an allocation tries before it turns to larger classes.
pub(crate) const TRIES: u32 = 8;

/// Mixed into each [`seal`].
pub(crate) const SEAL_TAG: u32 = 0xe71f_3a20;
/// The increment of [`KEY`] at a reset: an odd number times 16, so that keys repeat only after 2^28 resets.
pub(crate) const KEY_STEP: u32 = 0x9e37_79b0;

/// Returns the word that marks `block` as live; its [`SLACK`] bits are 0.
pub(crate) fn seal(key: u32, block: u32) -> u32 {
    (key ^ (block << 3) ^ SEAL_TAG) & !SLACK
}

/// Returns the class of free blocks with `size` payload bytes. There are two classes for each power of two from 32 on,
/// `[2^k, 1.5 * 2^k)` and `[1.5 * 2^k, 2^(k+1))`, and one for all smaller sizes. Each block of a class is smaller than
/// each of the next.
pub(crate) fn class(size: u32) -> u32 {
    let granules = (size >> 4).max(1);
    let power = granules.ilog2();
    let half = (u64::from(granules) << 1 >> power) & 1;
    2 * power + u32::try_from(half).unwrap_or(0)
}

/// Returns the payload size at which the next payload lies a multiple of 16 bytes after this one. Copies from one to the
/// other are then fast at any length: with the header of 12 bytes alone, two blocks of 64 KiB are at a distance that x86
/// processors take twenty times longer for (see `fuse::pieces`).
pub(crate) fn aligned(size: u32) -> u32 {
    (size.wrapping_add(TO_ALIGN) & !SLACK).wrapping_sub(BLOCK_HEADER)
}

/// The names that `kernel.wat` uses for these values, as `%NAME`.
pub(crate) const NAMES: &[(&str, u32)] = &[
    ("AT", AT),
    ("BACK", BACK),
    ("BEFORE", BEFORE),
    ("BLOCK_HEADER", BLOCK_HEADER),
    ("BOUNDED", BOUNDED),
    ("CLASSES", CLASSES),
    ("END", END),
    ("ERROR", ERROR),
    ("ERROR_LENGTH", ERROR_LENGTH),
    ("EXHAUSTED", EXHAUSTED),
    ("EXTENT", EXTENT),
    ("FIRST", FIRST),
    ("FREE", FREE),
    ("HEADS", HEADS),
    ("HEAP", HEAP),
    ("INITIAL_PAGES", INITIAL_PAGES),
    ("INPUT_LENGTH", INPUT_LENGTH),
    ("INPUT_LIMIT_U64", INPUT_LIMIT_U64),
    ("INPUT_OFFSET", INPUT_OFFSET),
    ("KEY", KEY),
    ("KEY_STEP", KEY_STEP),
    ("LARGE", LARGE),
    ("LAST", LAST),
    ("LIMIT", LIMIT),
    ("LIMIT_U64", LIMIT_U64),
    ("MAX_BLOCK", MAX_BLOCK),
    ("MAX_TOP", MAX_TOP),
    ("MIN_ROOM", MIN_ROOM),
    ("NEXT", NEXT),
    ("OUTPUT_LENGTH", OUTPUT_LENGTH),
    ("OUTPUT_OFFSET", OUTPUT_OFFSET),
    ("PREVIOUS", PREVIOUS),
    ("SEAL", SEAL),
    ("SEAL_TAG", SEAL_TAG),
    ("SIZE", SIZE),
    ("SLACK", SLACK),
    ("STATE", STATE),
    ("STATE_SIZE", STATE_END - STATE),
    ("TAILS", TAILS),
    ("TO_ALIGN", TO_ALIGN),
    ("TRIES", TRIES),
];
