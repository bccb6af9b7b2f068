use std::sync::Arc;

use datafusion::{
    common::Result,
    execution::TaskContext,
    logical_expr::{AggregateUDF, HigherOrderUDF, ScalarUDF, WindowUDF},
    physical_expr::PhysicalExpr,
    physical_expr_common::physical_expr::{proto_decode::PhysicalExprDecodeCtx, proto_encode::PhysicalExprEncodeCtx},
    physical_plan::ExecutionPlan,
};
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};

use super::{Shipping, wire::TableContent};
use crate::{PluginAggregate, PluginScalar, PluginTableScan};

/// Writes and reads physical plans with functions of plug-ins.
#[derive(Debug)]
pub struct PluginPhysicalCodec {
    shipping: Shipping,
    inner: Arc<dyn PhysicalExtensionCodec>,
}

impl PluginPhysicalCodec {
    pub(super) fn new(shipping: Shipping, inner: Arc<dyn PhysicalExtensionCodec>) -> Self {
        Self { shipping, inner }
    }
}

impl PhysicalExtensionCodec for PluginPhysicalCodec {
    fn try_decode(
        &self,
        buf: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        ctx: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        match self.shipping.read(buf)? {
            Some(received) => Ok(Arc::new(received.scan()?)),
            None => self.inner.try_decode(buf, inputs, ctx, converter),
        }
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        buf: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        let Some(scan) = node.downcast_ref::<PluginTableScan>() else {
            return self.inner.try_encode(node, buf, converter);
        };
        let table = TableContent {
            args: scan.args().to_vec(),
            projection: scan.projection().map(<[usize]>::to_vec),
            limit: scan.limit(),
        };
        self.shipping.write(scan.spec(), scan.modules(), Some(table), buf)
    }

    fn try_decode_udf(&self, name: &str, buf: &[u8]) -> Result<Arc<ScalarUDF>> {
        match self.shipping.read(buf)? {
            Some(received) => received.scalar(name),
            None => self.inner.try_decode_udf(name, buf),
        }
    }

    fn try_encode_udf(&self, node: &ScalarUDF, buf: &mut Vec<u8>) -> Result<()> {
        match node.inner().downcast_ref::<PluginScalar>() {
            Some(function) => self.shipping.write(function.spec(), function.modules(), None, buf),
            None => self.inner.try_encode_udf(node, buf),
        }
    }

    fn try_decode_udaf(&self, name: &str, buf: &[u8]) -> Result<Arc<AggregateUDF>> {
        match self.shipping.read(buf)? {
            Some(received) => received.aggregate(name),
            None => self.inner.try_decode_udaf(name, buf),
        }
    }

    fn try_encode_udaf(&self, node: &AggregateUDF, buf: &mut Vec<u8>) -> Result<()> {
        match node.inner().downcast_ref::<PluginAggregate>() {
            Some(function) => self.shipping.write(function.spec(), function.modules(), None, buf),
            None => self.inner.try_encode_udaf(node, buf),
        }
    }

    fn try_decode_udwf(&self, name: &str, buf: &[u8]) -> Result<Arc<WindowUDF>> {
        self.inner.try_decode_udwf(name, buf)
    }

    fn try_encode_udwf(&self, node: &WindowUDF, buf: &mut Vec<u8>) -> Result<()> {
        self.inner.try_encode_udwf(node, buf)
    }

    fn try_decode_higher_order_function(&self, name: &str, buf: &[u8]) -> Result<Arc<HigherOrderUDF>> {
        self.inner.try_decode_higher_order_function(name, buf)
    }

    fn try_encode_higher_order_function(&self, node: &HigherOrderUDF, buf: &mut Vec<u8>) -> Result<()> {
        self.inner.try_encode_higher_order_function(node, buf)
    }

    fn try_decode_expr(
        &self,
        buf: &[u8],
        inputs: &[Arc<dyn PhysicalExpr>],
        ctx: &PhysicalExprDecodeCtx<'_>,
    ) -> Result<Arc<dyn PhysicalExpr>> {
        self.inner.try_decode_expr(buf, inputs, ctx)
    }

    fn try_encode_expr(
        &self,
        node: &Arc<dyn PhysicalExpr>,
        buf: &mut Vec<u8>,
        ctx: &PhysicalExprEncodeCtx<'_>,
    ) -> Result<()> {
        self.inner.try_encode_expr(node, buf, ctx)
    }
}
