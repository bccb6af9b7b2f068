//! The headers of HTTP responses, for the plug-in.

use super::PluginBuilder;

impl<P> PluginBuilder<P> {
    /// Sets whether the plug-in sees the headers of HTTP responses; it does by default. Without them it sees status and
    /// body, as if each response had no headers.
    pub fn with_http_response_headers(mut self, visible: bool) -> Self {
        self.options.instance.hide_response_headers = !visible;
        self
    }
}
