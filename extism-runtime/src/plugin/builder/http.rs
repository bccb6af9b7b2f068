//! How a plug-in's HTTP requests are sent, and where they may go.

use std::sync::Arc;

use super::PluginBuilder;
use crate::http::HttpClient;

impl<P> PluginBuilder<P> {
    /// Sends the plug-in's HTTP requests, and the requests that download its modules, through the program's own client. The
    /// runtime's limits still apply; [`HttpClient`] describes the client's part.
    ///
    /// ```
    /// # fn main() -> Result<(), extism_runtime::Error> {
    /// use extism_runtime::{PluginBuilder, Wasm, http::{ClientRequest, ClientResponse}};
    ///
    /// let plugin = PluginBuilder::new(Wasm::url("https://example.com/plugin.wasm"))
    ///     .with_http_client(|request: ClientRequest| match request.url.as_str() {
    ///         "https://example.com/plugin.wasm" => Ok(ClientResponse::new(200).with_body("(module)")),
    ///         _ => Ok(ClientResponse::new(404)),
    ///     })
    ///     .build()?;
    /// # drop(plugin);
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_http_client(mut self, client: impl HttpClient) -> Self {
        let client: Arc<dyn HttpClient> = Arc::new(client);
        self.options.load.client = Some(Arc::clone(&client));
        self.options.instance.http_client = Some(client);
        self
    }

    /// Sets whether the plug-in's HTTP requests may go to addresses that do not belong to the public internet: allowed by
    /// default, and refused for [untrusted](PluginBuilder::untrusted) plug-ins.
    ///
    /// `false` denies private networks, the machine itself (loopback), link-local addresses, where clouds have their
    /// metadata services, carrier-grade NAT, multicast, unspecified, documentation and reserved addresses, also where an
    /// IPv6 address stands for such an IPv4 address (mapped, compatible, 6to4, ISATAP, and NAT64 with the prefix
    /// `64:ff9b::/96`). The manifest's `allowed_hosts` decides first, by name; then each address that the name resolves to
    /// is judged right before it is connected to, for each request and each redirect. So a name that resolves to another
    /// address the next time gains nothing. If a name has addresses of both kinds, only the public ones are used. A
    /// request that has no address left fails with
    /// [`HttpError::PrivateAddress`](crate::error::HttpError::PrivateAddress).
    ///
    /// It does not apply to downloads of modules, whose URLs the program or its manifest chooses. The
    /// [program's own client](Self::with_http_client) resolves names itself, so only addresses in URLs are checked before it
    /// is called; it can check the others with [`ClientRequest::allows`](crate::http::ClientRequest::allows). Public addresses
    /// that lead to your own network, and prefixes of NAT64 other than the common one, cannot be recognized.
    ///
    /// ```
    /// # fn main() -> Result<(), extism_runtime::Error> {
    /// use extism_runtime::{Manifest, PluginBuilder, Wasm};
    ///
    /// # let wasm = r#"(module
    /// #   (import "extism:host/env" "http_request" (func $send (param i64 i64) (result i64)))
    /// #   (import "extism:host/env" "input_offset" (func $input (result i64)))
    /// #   (func (export "get") (drop (call $send (call $input) (i64.const 0)))))"#;
    /// let manifest = Manifest::new([Wasm::data(wasm)]).with_allowed_host("*");
    /// let mut plugin = PluginBuilder::new(manifest).with_private_addresses(false).build()?;
    /// let error = plugin.call::<_, ()>("get", r#"{"url": "http://localhost:8080/"}"#).unwrap_err();
    /// assert!(error.to_string().contains("is not of the public internet"));
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "deny_private_addresses")]
    pub fn with_private_addresses(mut self, allowed: bool) -> Self {
        self.options.limits.private_addresses = Some(allowed);
        self
    }
}
