#[path = "../../../extism-runtime/src/compile/shape.rs"]
mod shape;

pub(crate) use shape::Shape;
