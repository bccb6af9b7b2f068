//! Instances that threads share: a [`Pool`], and its treatment of an instance between two users.

pub use crate::{
    plugin::pool::{Pool, PoolBuilder, PooledPlugin, SharedFuture},
    settings::Reuse,
};
