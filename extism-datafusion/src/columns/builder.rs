//! Columns that grow value by value.

use std::{num::TryFromIntError, sync::Arc};

use datafusion::{
    arrow::{
        array::{
            ArrayRef, BinaryBuilder, BooleanBuilder, Date32Builder, ListArray, NullBufferBuilder, PrimitiveBuilder,
            StringBuilder, StructArray, Time64NanosecondBuilder, TimestampNanosecondBuilder,
        },
        buffer::{OffsetBuffer, ScalarBuffer},
        datatypes::{
            Field, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
            UInt32Type, UInt64Type,
        },
    },
    common::Result,
};

use crate::types::{Member, Shape};

/// About how many bytes a value takes, without the text of one that is text: numbers have up to eight, and texts and lists
/// four for their end.
pub(super) const VALUE_BYTES: usize = 8;

/// A column that grows value by value.
#[derive(Debug)]
pub(crate) enum Builder {
    Bool(BooleanBuilder),
    I8(PrimitiveBuilder<Int8Type>),
    I16(PrimitiveBuilder<Int16Type>),
    I32(PrimitiveBuilder<Int32Type>),
    I64(PrimitiveBuilder<Int64Type>),
    U8(PrimitiveBuilder<UInt8Type>),
    U16(PrimitiveBuilder<UInt16Type>),
    U32(PrimitiveBuilder<UInt32Type>),
    U64(PrimitiveBuilder<UInt64Type>),
    F32(PrimitiveBuilder<Float32Type>),
    F64(PrimitiveBuilder<Float64Type>),
    Text(StringBuilder),
    Json(StringBuilder),
    Bytes(BinaryBuilder),
    Date(Date32Builder),
    Time(Time64NanosecondBuilder),
    Timestamp(TimestampNanosecondBuilder),
    PointInTime(TimestampNanosecondBuilder),
    List(Box<List>),
    Struct(Vec<Part>, NullBufferBuilder),
}

/// A column of lists.
#[derive(Debug)]
pub(crate) struct List {
    pub(super) items: Part,
    pub(super) ends: Vec<i32>,
    pub(super) nulls: NullBufferBuilder,
}

/// A field of a struct, or the items of a list.
#[derive(Debug)]
pub(crate) struct Part {
    pub(super) name: String,
    pub(super) field: Arc<Field>,
    pub(super) builder: Builder,
    /// What a null takes.
    pub(super) null_bytes: usize,
}

impl Part {
    /// Their number is up to the plug-in, so there is room for none.
    fn new(member: &Member) -> Self {
        let builder = Builder::new(&member.shape, 0);
        let null_bytes = builder.null_bytes();
        Self { name: member.name.clone(), field: member.field().into(), builder, null_bytes }
    }
}

impl Builder {
    /// Creates a column without values, with room for this number of them.
    pub(crate) fn new(shape: &Shape, capacity: usize) -> Self {
        match shape {
            Shape::Bool => Self::Bool(BooleanBuilder::with_capacity(capacity)),
            Shape::Int { bits: 8, signed: true } => Self::I8(PrimitiveBuilder::with_capacity(capacity)),
            Shape::Int { bits: 16, signed: true } => Self::I16(PrimitiveBuilder::with_capacity(capacity)),
            Shape::Int { bits: 32, signed: true } => Self::I32(PrimitiveBuilder::with_capacity(capacity)),
            Shape::Int { signed: true, .. } => Self::I64(PrimitiveBuilder::with_capacity(capacity)),
            Shape::Int { bits: 8, signed: false } => Self::U8(PrimitiveBuilder::with_capacity(capacity)),
            Shape::Int { bits: 16, signed: false } => Self::U16(PrimitiveBuilder::with_capacity(capacity)),
            Shape::Int { bits: 32, signed: false } => Self::U32(PrimitiveBuilder::with_capacity(capacity)),
            Shape::Int { signed: false, .. } => Self::U64(PrimitiveBuilder::with_capacity(capacity)),
            Shape::F32 => Self::F32(PrimitiveBuilder::with_capacity(capacity)),
            Shape::F64 => Self::F64(PrimitiveBuilder::with_capacity(capacity)),
            Shape::Text => Self::Text(StringBuilder::with_capacity(capacity, 16 * capacity)),
            Shape::Json => Self::Json(StringBuilder::with_capacity(capacity, 16 * capacity)),
            Shape::Bytes => Self::Bytes(BinaryBuilder::with_capacity(capacity, 16 * capacity)),
            Shape::Date => Self::Date(Date32Builder::with_capacity(capacity)),
            Shape::Time => Self::Time(Time64NanosecondBuilder::with_capacity(capacity)),
            Shape::Timestamp { utc } => {
                let builder = TimestampNanosecondBuilder::with_capacity(capacity).with_data_type(shape.data_type());
                if *utc { Self::PointInTime(builder) } else { Self::Timestamp(builder) }
            }
            Shape::List(item) => Self::List(Box::new(List {
                items: Part::new(item),
                ends: vec![0],
                nulls: NullBufferBuilder::new(capacity),
            })),
            Shape::Struct(members) => {
                Self::Struct(members.iter().map(Part::new).collect(), NullBufferBuilder::new(capacity))
            }
        }
    }

    /// Returns about how many bytes a null takes: in a struct, each field has one too.
    pub(super) fn null_bytes(&self) -> usize {
        match self {
            Self::Struct(fields, _) => fields.iter().map(|field| field.null_bytes).sum::<usize>() + 1,
            _ => VALUE_BYTES,
        }
    }

    /// Appends null.
    pub(crate) fn append_null(&mut self) {
        match self {
            Self::Bool(builder) => builder.append_null(),
            Self::I8(builder) => builder.append_null(),
            Self::I16(builder) => builder.append_null(),
            Self::I32(builder) => builder.append_null(),
            Self::I64(builder) => builder.append_null(),
            Self::U8(builder) => builder.append_null(),
            Self::U16(builder) => builder.append_null(),
            Self::U32(builder) => builder.append_null(),
            Self::U64(builder) => builder.append_null(),
            Self::F32(builder) => builder.append_null(),
            Self::F64(builder) => builder.append_null(),
            Self::Text(builder) | Self::Json(builder) => builder.append_null(),
            Self::Bytes(builder) => builder.append_null(),
            Self::Date(builder) => builder.append_null(),
            Self::Time(builder) => builder.append_null(),
            Self::Timestamp(builder) | Self::PointInTime(builder) => builder.append_null(),
            Self::List(list) => {
                list.ends.extend(list.ends.last().copied());
                list.nulls.append_null();
            }
            Self::Struct(fields, nulls) => {
                nulls.append_null();
                // These are not seen.
                for field in fields {
                    field.builder.append_null();
                }
            }
        }
    }

    /// Returns the column.
    pub(crate) fn finish(self) -> Result<ArrayRef> {
        Ok(match self {
            Self::Bool(mut builder) => Arc::new(builder.finish()),
            Self::I8(mut builder) => Arc::new(builder.finish()),
            Self::I16(mut builder) => Arc::new(builder.finish()),
            Self::I32(mut builder) => Arc::new(builder.finish()),
            Self::I64(mut builder) => Arc::new(builder.finish()),
            Self::U8(mut builder) => Arc::new(builder.finish()),
            Self::U16(mut builder) => Arc::new(builder.finish()),
            Self::U32(mut builder) => Arc::new(builder.finish()),
            Self::U64(mut builder) => Arc::new(builder.finish()),
            Self::F32(mut builder) => Arc::new(builder.finish()),
            Self::F64(mut builder) => Arc::new(builder.finish()),
            Self::Text(mut builder) | Self::Json(mut builder) => Arc::new(builder.finish()),
            Self::Bytes(mut builder) => Arc::new(builder.finish()),
            Self::Date(mut builder) => Arc::new(builder.finish()),
            Self::Time(mut builder) => Arc::new(builder.finish()),
            Self::Timestamp(mut builder) | Self::PointInTime(mut builder) => Arc::new(builder.finish()),
            Self::List(list) => {
                let List { items, ends, mut nulls } = *list;
                let offsets = OffsetBuffer::new(ScalarBuffer::from(ends));
                Arc::new(ListArray::try_new(items.field, offsets, items.builder.finish()?, nulls.finish())?)
            }
            Self::Struct(fields, mut nulls) => {
                let types = fields.iter().map(|field| Arc::clone(&field.field)).collect();
                let columns = fields.into_iter().map(|field| field.builder.finish()).collect::<Result<Vec<_>>>()?;
                Arc::new(StructArray::try_new(types, columns, nulls.finish())?)
            }
        })
    }
}

impl List {
    /// Ends a list, which has the items that were appended since the one before.
    ///
    /// # Errors
    ///
    /// Returns an error if all lists together have too many items for the column.
    pub(super) fn close(&mut self) -> Result<(), TryFromIntError> {
        self.ends.push(i32::try_from(self.items.builder.len())?);
        self.nulls.append_non_null();
        Ok(())
    }
}

impl Builder {
    /// Returns how many values there are.
    pub(crate) fn len(&self) -> usize {
        use datafusion::arrow::array::ArrayBuilder;

        match self {
            Self::Bool(builder) => builder.len(),
            Self::I8(builder) => builder.len(),
            Self::I16(builder) => builder.len(),
            Self::I32(builder) => builder.len(),
            Self::I64(builder) => builder.len(),
            Self::U8(builder) => builder.len(),
            Self::U16(builder) => builder.len(),
            Self::U32(builder) => builder.len(),
            Self::U64(builder) => builder.len(),
            Self::F32(builder) => builder.len(),
            Self::F64(builder) => builder.len(),
            Self::Text(builder) | Self::Json(builder) => builder.len(),
            Self::Bytes(builder) => builder.len(),
            Self::Date(builder) => builder.len(),
            Self::Time(builder) => builder.len(),
            Self::Timestamp(builder) | Self::PointInTime(builder) => builder.len(),
            Self::List(list) => list.nulls.len(),
            Self::Struct(_, nulls) => nulls.len(),
        }
    }
}
