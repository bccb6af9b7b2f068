//! Instances that threads share: a [`Pool`], and what it does with an instance between two of its users.

pub use crate::{
    plugin::pool::{Pool, PoolBuilder, PooledPlugin, SharedFuture},
    settings::Reuse,
};
