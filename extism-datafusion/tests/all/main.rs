//! One program for all tests, since each program has all of DataFusion in it.

mod distributed;
mod functions;
