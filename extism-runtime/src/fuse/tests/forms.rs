//! Each kernel function does the same, however it is called.

use super::guest::{FORMS, FusedGuest, engine, every_call};
use crate::kernel::{self, layout::HEAP, tests::output};

#[test]
fn every_form_of_call_reaches_the_kernel() {
    let engine = engine();
    for form in FORMS {
        let mut guest = FusedGuest::new(&engine, &every_call());
        let mut call = |name: &str, arguments: &[i64]| guest.call(&format!("{form}:{name}"), arguments);
        let block = call("alloc", &[20]);
        assert_eq!(block, 0x280, "{form}");
        call("store_u64", &[block, 0x0807_0605_0403_0201]);
        call("store_u8", &[block + 8, 0x1ff]);
        assert_eq!(call("load_u64", &[block + 1]), 0xff08_0706_0504_0302_u64.cast_signed(), "{form}");
        assert_eq!(call("load_u8", &[block + 8]), 0xff, "{form}");
        assert_eq!((call("length", &[block]), call("length_unsafe", &[block])), (20, 20), "{form}");
        call("input_set", &[block + 1, 9]);
        assert_eq!((call("input_offset", &[]), call("input_length", &[])), (block + 1, 9), "{form}");
        assert_eq!((call("input_load_u8", &[8]), call("input_load_u8", &[1])), (0, 3), "{form}");
        assert_eq!(call("input_load_u64", &[1]), 0x00ff_0807_0605_0403_u64.cast_signed(), "{form}");
        assert_eq!((call("input_load_u64", &[2]), call("input_load_u8", &[9])), (0, 0), "{form}");
        call("output_set", &[block + 2, 3]);
        assert_eq!((call("output_offset", &[]), call("output_length", &[])), (block + 2, 3), "{form}");
        call("error_set", &[block]);
        assert_eq!(call("error_get", &[]), block, "{form}");
        call("free", &[block]);
        assert_eq!(call("length", &[block]), 0, "{form}");
        assert_eq!(call("memory_bytes", &[]), 16 * 65536, "{form}");
        assert_eq!(output(guest.memory()), Ok(&[3, 4, 5][..]), "{form}");
        assert_eq!(kernel::error(guest.memory()).map(|error| error.map(<[u8]>::len)), Ok(Some(20)), "{form}");
        guest.call(&format!("{form}:reset"), &[]);
        let memory = guest.memory();
        assert_eq!((output(memory), kernel::error(memory)), (Ok(&[][..]), Ok(None)), "{form}");
        assert_eq!(guest.call("other", &[41]), 42);
    }
}

#[test]
fn ranges_reach_from_the_heaps_start_to_the_memorys_last_byte() {
    let engine = engine();
    let (start, end) = (i64::from(HEAP), 16 * 65536);
    for form in FORMS {
        let mut guest = FusedGuest::new(&engine, &every_call());
        let mut call = |name: &str, arguments: &[i64]| guest.call(&format!("{form}:{name}"), arguments);
        call("alloc", &[1]);
        for (set, offset, length) in
            [("input_set", "input_offset", "input_length"), ("output_set", "output_offset", "output_length")]
        {
            let mut range = |at: i64, bytes: i64| {
                call(set, &[at, bytes]);
                (call(offset, &[]), call(length, &[]))
            };
            let whole = (start, end - start);
            assert_eq!(range(whole.0, whole.1), whole, "{form}: {set}");
            for (at, bytes) in [(start, end - start + 1), (start - 1, 1), (start + 1, end - start), (end, 1), (0, 0)] {
                assert_eq!(range(at, bytes), whole, "{form}: {set} of {at}, {bytes} is refused");
            }
            assert_eq!(range(end, 0), (end, 0), "{form}: {set}");
            assert_eq!(range(end + 1, 0), (end, 0), "{form}: {set}");
        }
        // The bytes after the input are not zero.
        for at in [0x300, 0x308, 0x310] {
            call("store_u64", &[at, -1]);
        }
        call("input_set", &[0x300, 9]);
        assert_eq!((call("input_load_u8", &[8]), call("input_load_u8", &[9])), (0xff, 0), "{form}");
        assert_eq!((call("input_load_u64", &[1]), call("input_load_u64", &[2])), (-1, 0), "{form}");
        assert_eq!((call("input_load_u8", &[-1]), call("input_load_u64", &[-1])), (0, 0), "{form}");
        call("store_u64", &[end - 8, 0x0807_0605_0403_0201]);
        call("store_u64", &[end - 7, -1]);
        call("store_u8", &[end, 0xff]);
        assert_eq!(call("load_u64", &[end - 8]), 0x0807_0605_0403_0201, "{form}");
        assert_eq!((call("load_u64", &[end - 7]), call("load_u8", &[end])), (0, 0), "{form}");
        assert_eq!(call("load_u8", &[end - 1]), 8, "{form}");
        call("store_u8", &[end - 1, 9]);
        assert_eq!(call("load_u8", &[end - 1]), 9, "{form}");
        call("store_u8", &[start - 1, 9]);
        assert_eq!((call("load_u8", &[start - 1]), call("load_u64", &[start - 1])), (0, 0), "{form}");
    }
}

#[test]
fn freeing_the_input_empties_it_however_it_is_called() {
    let engine = engine();
    for form in FORMS {
        let mut guest = FusedGuest::new(&engine, &every_call());
        let mut call = |name: &str, arguments: &[i64]| guest.call(&format!("{form}:{name}"), arguments);
        let (block, other) = (call("alloc", &[20]), call("alloc", &[20]));
        for at in [block, block + 8] {
            call("store_u64", &[at, -1]);
        }
        call("input_set", &[block, 16]);
        call("free", &[other]);
        assert_eq!((call("input_length", &[]), call("input_load_u64", &[8])), (16, -1), "{form}");
        call("free", &[block]);
        assert_eq!((call("input_length", &[]), call("input_offset", &[])), (0, block), "{form}");
        assert_eq!((call("input_load_u8", &[0]), call("input_load_u64", &[0])), (0, 0), "{form}");
    }
}

#[test]
fn no_block_ends_where_its_end_overflows() {
    // Four gigabytes of address space, but only the pages with headers are written to.
    let engine = engine();
    let mut guest = FusedGuest::with_pages(&engine, &every_call(), 65536);
    assert_eq!(guest.call("direct:alloc", &[16]), 0x280);
    assert_eq!(guest.call("direct:alloc", &[0xffff_fd56]), 0, "it would end above 2^32 - 16");
    assert_eq!(guest.call("direct:memory_bytes", &[]), 16 * 65536);
    assert_eq!(guest.call("direct:alloc", &[0xffff_fd54]), 0x29c);
    assert_eq!(guest.call("direct:memory_bytes", &[]), 65536 * 65536);
    assert_eq!(guest.call("direct:alloc", &[1]), 0);
    assert_eq!(guest.call("direct:length", &[0x29c]), 0xffff_fd54);
    guest.call("direct:free", &[0x29c]);
    assert_eq!(guest.call("direct:alloc", &[1]), 0x29c);
}
