//! Sends functions with plans.
