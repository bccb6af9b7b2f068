//! `CREATE FUNCTION .. LANGUAGE wasm AS '..'`.

use async_trait::async_trait;
use datafusion::{
    common::{Result, not_impl_err},
    execution::{
        SessionState,
        context::{FunctionFactory, RegisterFunction},
    },
    logical_expr::CreateFunction,
};

use crate::PluginStore;

/// Makes the functions of `CREATE FUNCTION` statements.
#[derive(Clone, Debug)]
pub struct PluginFunctionFactory {
    store: PluginStore,
}

impl PluginFunctionFactory {
    /// Makes a factory of functions of this store.
    #[must_use]
    pub fn new(store: PluginStore) -> Self {
        Self { store }
    }
}

#[async_trait]
impl FunctionFactory for PluginFunctionFactory {
    async fn create(&self, _: &SessionState, statement: CreateFunction) -> Result<RegisterFunction> {
        let _ = (&self.store, statement);
        not_impl_err!("CREATE FUNCTION")
    }
}
