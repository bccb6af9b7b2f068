//! The work as an Extism plug-in, by `extism-guest`.
#![forbid(unsafe_code)]

use extism_guest::{Error, Json, export_plugin, host_interface, plugin_interface};
use peers_functions::{Counter, Report};

/// What the plug-in exports.
#[plugin_interface]
pub trait Work {
    /// Does nothing.
    fn empty(&mut self) -> Result<(), Error>;
    /// Returns its input.
    fn echo(&mut self, input: Vec<u8>) -> Result<Vec<u8>, Error>;
    /// Reads its input, and returns eight bytes.
    fn consume(&mut self, input: &[u8]) -> Result<u64, Error>;
    /// Counts vowels.
    fn count_vowels(&mut self, text: &str) -> Result<Json<Report>, Error>;
    /// Passes its input to the host, and returns the host's answer.
    fn reflect(&mut self, input: &[u8]) -> Result<Vec<u8>, Error>;
}

/// What the host provides.
#[host_interface]
pub trait Host {
    /// Returns its input.
    fn reflect(&self, input: &[u8]) -> Vec<u8>;
}

/// The plug-in.
#[derive(Default)]
pub struct Guest {
    counter: Counter,
}

#[export_plugin]
impl Work for Guest {
    fn empty(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn echo(&mut self, input: Vec<u8>) -> Result<Vec<u8>, Error> {
        Ok(peers_functions::echo(input))
    }

    fn consume(&mut self, input: &[u8]) -> Result<u64, Error> {
        Ok(peers_functions::consume(input))
    }

    fn count_vowels(&mut self, text: &str) -> Result<Json<Report>, Error> {
        Ok(Json(self.counter.count(text)))
    }

    fn reflect(&mut self, input: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(host().reflect(input))
    }
}
