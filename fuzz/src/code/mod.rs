#[path = "../../../extism-runtime/src/code/shape.rs"]
mod shape;

pub(crate) use shape::Shape;
