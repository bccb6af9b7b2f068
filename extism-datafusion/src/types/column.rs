//! The Arrow types of columns that go to plug-ins and come from them.

use datafusion::arrow::datatypes::DataType;

/// How many types lie within each other at most.
const MAX_DEPTH: usize = 32;

/// The most types in a type, its own included.
const MAX_TYPES: usize = 1024;

/// The most items of a list, and bytes of a value, of a fixed size.
const MAX_FIXED: i32 = 1 << 16;

/// Checks that a column's values take as many bytes as there are in its buffers: not so dictionaries, runs and views of
/// lists, whose values share their bytes, nor what takes no bytes at all. The error says what is wrong.
pub(crate) fn check(data_type: &DataType) -> Result<(), String> {
    let mut types = 0;
    within(data_type, MAX_DEPTH, &mut types)
}

fn within(data_type: &DataType, depth: usize, types: &mut usize) -> Result<(), String> {
    *types += 1;
    let Some(depth) = depth.checked_sub(1).filter(|_| *types <= MAX_TYPES) else {
        return Err(format!(
            "a type has more than {MAX_TYPES} types in it, or more than {MAX_DEPTH} within each other"
        ));
    };
    let refused = || Err(format!("plug-ins have no columns of the type {}", kind(data_type)));
    match data_type {
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::FixedSizeList(item, 1..=MAX_FIXED)
        | DataType::Map(item, _) => within(item.data_type(), depth, types),
        DataType::Struct(fields) if !fields.is_empty() => {
            fields.iter().try_for_each(|field| within(field.data_type(), depth, types))
        }
        DataType::FixedSizeBinary(1..=MAX_FIXED) => Ok(()),
        DataType::Null
        | DataType::Struct(_)
        | DataType::FixedSizeList(..)
        | DataType::FixedSizeBinary(_)
        | DataType::Union(..)
        | DataType::Dictionary(..)
        | DataType::RunEndEncoded(..)
        | DataType::ListView(_)
        | DataType::LargeListView(_) => refused(),
        _ => Ok(()),
    }
}

/// The type without those that are within it.
fn kind(data_type: &DataType) -> String {
    match data_type {
        DataType::Struct(_) => "Struct without fields".to_owned(),
        DataType::FixedSizeList(_, items) => format!("FixedSizeList of {items} items"),
        DataType::FixedSizeBinary(bytes) => format!("FixedSizeBinary of {bytes} bytes"),
        DataType::Union(..) => "Union".to_owned(),
        DataType::Dictionary(..) => "Dictionary".to_owned(),
        DataType::RunEndEncoded(..) => "RunEndEncoded".to_owned(),
        DataType::ListView(_) | DataType::LargeListView(_) => "ListView".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::datatypes::{Field, Fields, UnionFields, UnionMode};

    use super::*;

    fn item(data_type: DataType) -> Arc<Field> {
        Arc::new(Field::new("item", data_type, true))
    }

    #[test]
    fn types_whose_values_take_their_bytes_are_columns() {
        let structure = DataType::Struct(Fields::from(vec![Field::new("a", DataType::Utf8View, true)]));
        for data_type in [
            DataType::Boolean,
            DataType::Decimal128(9, 2),
            DataType::LargeUtf8,
            DataType::List(item(structure.clone())),
            DataType::FixedSizeList(item(DataType::Float32), 768),
            DataType::Map(item(structure), false),
        ] {
            check(&data_type).unwrap();
        }
    }

    #[test]
    fn types_whose_values_share_bytes_or_have_none_are_not() {
        let union = UnionFields::try_new([0], [Field::new("a", DataType::Utf8, true)]).unwrap();
        for data_type in [
            DataType::Null,
            DataType::Struct(Fields::empty()),
            DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8)),
            DataType::RunEndEncoded(item(DataType::Int32), item(DataType::Utf8)),
            DataType::ListView(item(DataType::Utf8)),
            DataType::FixedSizeBinary(0),
            DataType::FixedSizeBinary(-1),
            DataType::FixedSizeList(item(DataType::Utf8), i32::MAX),
            DataType::Union(union, UnionMode::Dense),
        ] {
            check(&data_type).unwrap_err();
            check(&DataType::List(item(data_type))).unwrap_err();
        }
    }

    #[test]
    fn the_size_of_a_type_is_limited() {
        let deep = |depth| (0..depth).fold(DataType::Int8, |inner, _| DataType::List(item(inner)));
        check(&deep(31)).unwrap();
        check(&deep(32)).unwrap_err();
        let wide = |fields| DataType::Struct((0..fields).map(|_| Field::new("a", DataType::Int8, true)).collect());
        check(&wide(1023)).unwrap();
        check(&wide(1024)).unwrap_err();
    }
}
