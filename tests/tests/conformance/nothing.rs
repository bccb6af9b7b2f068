//! What the guests that are made of traits need of their host. The calls in the rows use none of it.

use extism_runtime::{Json, host::Scalar};
use shop_interface::{Shop, ShopError};
use sides_interface::{Failing, Host, Point};

pub struct NoShop;

impl Shop for NoShop {
    fn price(&self, _: &str) -> Option<u64> {
        None
    }

    fn reserve(&self, _: &str, _: u32) -> Result<u32, ShopError> {
        Ok(0)
    }
}

pub struct NoHost;

impl Host for NoHost {
    fn echo(&self, _: &str) -> String {
        String::new()
    }

    fn bytes_back(&self, _: &[u8]) -> Vec<u8> {
        Vec::new()
    }

    fn add(&self, _: Scalar<i32>, _: Scalar<i64>) -> Scalar<i64> {
        Scalar(0)
    }

    fn forget(&self, _: Point) {}

    fn find(&self, _: &str) -> Option<u64> {
        None
    }

    fn half(&self, _: u32) -> Result<u32, Failing> {
        Ok(0)
    }

    fn check(&self, _: u32) -> Result<(), Failing> {
        Ok(())
    }

    async fn wait(&self, _: u64) -> Json<String> {
        Json(String::new())
    }

    fn other(&self) -> u8 {
        0
    }

    fn coded(&self, _: Vec<String>, _: &str, _: &u8) -> Result<Vec<String>, Failing> {
        Ok(Vec::new())
    }
}
