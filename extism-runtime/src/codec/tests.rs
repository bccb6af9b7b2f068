use super::*;

#[test]
fn a_value_larger_than_its_hint_is_encoded_again_with_room() {
    let value = Json(vec![1, 2, 3]);
    assert_eq!(to_vec(&value).unwrap(), b"[1,2,3]");
}

#[test]
fn a_writer_counts_what_does_not_fit_and_never_writes_past_its_end() {
    let mut buffer = [0; 4];
    let mut writer = Writer::new(&mut buffer[..2]);
    writer.put(b"a");
    writer.put(b"bcd");
    assert_eq!(writer.len(), 4);
    assert_eq!(buffer, [b'a', 0, 0, 0]);
}
