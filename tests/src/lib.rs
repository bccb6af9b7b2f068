//! Tests of the runtime and its macros; see the files beside this folder.
