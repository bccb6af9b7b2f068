//! The examples of this package are beside `src`.
