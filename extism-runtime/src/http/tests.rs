mod allowed;
mod hostile;
mod redirects;
mod requests;
mod server;
