mod addresses;
mod allowed;
mod encodings;
mod hostile;
mod redirects;
mod requests;
mod server;
