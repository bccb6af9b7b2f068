//! Examples of `extism-runtime`; see the files beside this folder.
