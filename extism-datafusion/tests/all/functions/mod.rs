//! Functions of plug-ins in SQL, on embedded DataFusion.

mod aggregates;
mod batches;
mod common;
mod create;
mod limits;
mod rows;
mod tables;
mod wrong_input;
