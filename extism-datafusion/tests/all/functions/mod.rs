//! Functions of plug-ins in SQL, on embedded DataFusion.

mod aggregates;
mod batches;
mod common;
mod create;
mod grants;
mod guests;
mod hostile;
mod limits;
mod objects;
mod rows;
mod tables;
mod wrong_input;
