//! Examples of `extism-runtime`: see the files next to this folder.
