/// Ends a plug-in's call from another thread.
#[derive(Clone, Debug)]
pub struct CancelHandle {}
