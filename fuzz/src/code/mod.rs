#[path = "../../../extism-runtime/src/code/init.rs"]
mod init;
#[path = "../../../extism-runtime/src/code/shape.rs"]
mod shape;

use init::Initializer;
pub(crate) use shape::Shape;
