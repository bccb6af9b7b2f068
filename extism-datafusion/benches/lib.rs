//! Benchmarks of SQL functions; see `rows.rs`.
