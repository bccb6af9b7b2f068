//! Input, output and error from the host's side.

use super::output;
use crate::kernel::{
    Alloc, KernelError, alloc, block, block_mut, commit_input, error, free, generation, input_area,
    layout::{
        ERROR, ERROR_LENGTH, HEAP, INPUT_LENGTH, INPUT_LIMIT_U64, INPUT_OFFSET, OUTPUT_LENGTH, OUTPUT_OFFSET, PAGE,
    },
    length, reserve, reset, wipe_blocks,
};

fn memory() -> Vec<u8> {
    vec![0; PAGE as usize]
}

fn header(memory: &[u8], at: u32) -> u64 {
    u64::from_le_bytes(memory[at as usize..][..8].try_into().unwrap())
}

fn set_header(memory: &mut [u8], at: u32, value: u64) {
    memory[at as usize..][..8].copy_from_slice(&value.to_le_bytes());
}

fn begin_call(memory: &mut [u8], bytes: &[u8]) -> Result<(), KernelError> {
    input_area(memory)[..bytes.len()].copy_from_slice(bytes);
    commit_input(memory, bytes.len())
}

fn input(memory: &[u8]) -> [u64; 3] {
    [INPUT_OFFSET, INPUT_LENGTH, INPUT_LIMIT_U64].map(|at| header(memory, at))
}

#[test]
fn an_input_is_a_block() {
    let mut memory = memory();
    input_area(&mut memory)[..5].copy_from_slice(b"hello");
    assert_eq!(commit_input(&mut memory, 5), Ok(()));
    assert_eq!(input(&memory), [0x280, 5, 0]);
    assert_eq!(block(&memory, 0x280), Ok(&b"hello"[..]));
    assert_eq!(begin_call(&mut memory, b"more than seven"), Ok(()));
    assert_eq!(input(&memory), [0x280, 15, 8]);
    assert_eq!(block(&memory, 0x280), Ok(&b"more than seven"[..]));
}

#[test]
fn an_empty_input_is_null() {
    let mut memory = memory();
    assert_eq!(begin_call(&mut memory, b"before"), Ok(()));
    assert_eq!(begin_call(&mut memory, b""), Ok(()));
    assert_eq!(input(&memory), [0, 0, 0]);
    assert_eq!(alloc(&mut memory, 1), Alloc::Ok(0x280));
}

#[test]
fn an_input_larger_than_the_memory_is_refused() {
    let mut memory = memory();
    let room = memory.len() - 0x280;
    assert_eq!(input_area(&mut memory).len(), room);
    assert_eq!(commit_input(&mut memory, room), Ok(()));
    assert_eq!(reserve(&mut memory, 1), Err(Alloc::NeedsPages(1)));
    for length in [room + 1, 1 << 33, usize::MAX] {
        let failure = KernelError::TooLarge { length: length as u64 };
        assert_eq!(commit_input(&mut memory, length), Err(failure));
        assert_eq!(input(&memory), [0, 0, 0]);
    }
    reset(&mut memory);
    assert_eq!(reserve(&mut memory, room as u64 + 1), Err(Alloc::NeedsPages(1)));
    assert_eq!(commit_input(&mut [0; 3], 1), Err(KernelError::TooLarge { length: 1 }));
}

#[test]
fn a_reset_forgets_everything() {
    let mut memory = memory();
    begin_call(&mut memory, b"input").unwrap();
    let handles: Vec<_> = (1..50).map(|length| alloc(&mut memory, length)).collect();
    for (at, field) in [OUTPUT_OFFSET, OUTPUT_LENGTH, ERROR, ERROR_LENGTH].into_iter().enumerate() {
        set_header(&mut memory, field, 0x290 + at as u64);
    }
    reset(&mut memory);
    assert_eq!((output(&memory), error(&memory), input(&memory)), (Ok(&[][..]), Ok(None), [0, 0, 0]));
    // A single block now covers all of those, and their headers are still there.
    assert_eq!(alloc(&mut memory, 30_000), Alloc::Ok(0x280));
    for handle in handles.into_iter().skip(1) {
        let Alloc::Ok(handle) = handle else { panic!() };
        assert_eq!(length(&memory, handle), 0);
        assert_eq!(block(&memory, handle), Err(KernelError::NoBlock { offset: handle }));
    }
}

#[test]
fn ranges_out_of_bounds_are_errors() {
    let mut memory = memory();
    let end = memory.len() as u64;
    for (offset, length) in [
        (0, 1),
        (u64::from(HEAP) - 1, 16),
        (0x280, end),
        (end - 1, 2),
        (end, 1),
        (0x280, u64::MAX),
        (u64::MAX, 1),
        (u64::MAX, u64::MAX),
        (1 << 32, 1),
    ] {
        set_header(&mut memory, OUTPUT_OFFSET, offset);
        set_header(&mut memory, OUTPUT_LENGTH, length);
        set_header(&mut memory, ERROR, offset);
        set_header(&mut memory, ERROR_LENGTH, length);
        let failure = KernelError::OutOfBounds { offset, length };
        assert_eq!(output(&memory), Err(failure.clone()));
        assert_eq!(error(&memory), if offset == 0 { Ok(None) } else { Err(failure) });
    }
    assert_eq!(output(&[]), Ok(&[][..]));
}

#[test]
fn a_freed_error_keeps_its_text() {
    let mut memory = memory();
    let Alloc::Ok(handle) = alloc(&mut memory, 5) else { panic!() };
    let Alloc::Ok(_) = alloc(&mut memory, 5) else { panic!() };
    block_mut(&mut memory, handle).unwrap().copy_from_slice(b"wrong");
    set_header(&mut memory, ERROR, handle);
    set_header(&mut memory, ERROR_LENGTH, 5);
    free(&mut memory, handle);
    assert_eq!(block(&memory, handle), Err(KernelError::NoBlock { offset: handle }));
    assert_eq!(error(&memory), Ok(Some(&b"wrong"[..])));
}

#[test]
fn freeing_the_input_empties_it() {
    let mut memory = memory();
    begin_call(&mut memory, b"0123456789").unwrap();
    free(&mut memory, 0x280);
    assert_eq!(input(&memory), [0x280, 0, 0]);
}

#[test]
fn what_the_blocks_of_one_call_or_of_several_held_is_overwritten() {
    for calls in 1..4 {
        let mut memory = memory();
        let since = generation(&memory);
        for call in 0..calls {
            // The first input is the longest, and a block comes after it.
            begin_call(&mut memory, &vec![b'x'; 30_000 - 10_000 * call]).unwrap();
            let Alloc::Ok(handle) = alloc(&mut memory, 100) else { panic!("there is room") };
            block_mut(&mut memory, handle).unwrap().fill(b'y');
        }
        wipe_blocks(&mut memory, since);
        assert_eq!(memory[HEAP as usize..].iter().position(|byte| *byte != 0), None, "{calls} calls");
        assert_eq!(input(&memory), [0; 3]);
    }
}
