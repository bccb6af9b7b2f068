//! Tests access to files that were not granted, and to too many that were. The plug-in calls WASI directly,
//! without a C library that would refuse some of these calls itself.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    time::Duration,
};

use extism_runtime::{Manifest, Plugin, Wasm};

use crate::{builder, descriptors::DESCRIPTORS, wat};

/// The errno for an operation that is not permitted.
const EPERM: i64 = 63;
/// The errno for a file that cannot be opened at all.
pub const ENOTSUP: i64 = 58;

/// The functions of WASI by name, with the number of parameters of each type.
pub const IMPORTS: &str = r#"
    (import "wasi_snapshot_preview1" "path_open"
        (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_remove_directory" (func $rmdir (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_create_directory" (func $mkdir (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_rename" (func $rename (param i32 i32 i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_link" (func $link (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_symlink" (func $symlink (param i32 i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_readlink" (func $readlink (param i32 i32 i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_filestat_get" (func $stat (param i32 i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_filestat_set_times"
        (func $utimes (param i32 i32 i32 i32 i64 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $truncate (param i32 i64) (result i32)))
    (import "wasi_snapshot_preview1" "fd_filestat_set_times" (func $futimes (param i32 i64 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_allocate" (func $allocate (param i32 i64 i64) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_renumber" (func $renumber (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))"#;

/// The common part of all exports: the input as a path in the memory, and an errno as the output.
pub const COMMON: &str = r#"
    (memory (export "memory") 3)
    (data (i32.const 0) "new")
    ;; Copies the input to 4096.
    (func $path (result i32 i32) (local $at i32)
        (block $done (loop $next
            (br_if $done (i64.ge_u (i64.extend_i32_u (local.get $at)) (call $input_length)))
            (i32.store8 (i32.add (local.get $at) (i32.const 4096))
                (call $input_load_u8 (i64.extend_i32_u (local.get $at))))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br $next)))
        (i32.const 4096) (i32.wrap_i64 (call $input_length)))
    (func $errno (param i32) (call $give (call $number (i64.extend_i32_u (local.get 0)))))
    ;; Opens the path of the input: descriptor, errno.
    (func $open (param $follow i32) (param $flags i32) (param $rights i64) (result i32 i32)
        (local $path i32) (local $length i32) (local $errno i32)
        (call $path) (local.set $length) (local.set $path)
        (local.set $errno (call $path_open (i32.const 3) (local.get $follow) (local.get $path) (local.get $length)
            (local.get $flags) (local.get $rights) (i64.const 0) (i32.const 0) (i32.const 16)))
        (i32.load (i32.const 16)) (local.get $errno))"#;

pub fn wasi(body: &str, host: &Path, prefix: &str) -> Plugin {
    wasi_within(body, host, prefix, Duration::from_mins(5))
}

pub fn wasi_within(body: &str, host: &Path, prefix: &str, limit: Duration) -> Plugin {
    let wat = wat(&format!("{COMMON}\n{body}")).replacen("(module", &format!("(module {IMPORTS}"), 1);
    let path = format!("{prefix}{}", host.display());
    let manifest = Manifest::new([Wasm::data(wat)]).with_allowed_path(path, "/data").with_timeout(limit);
    builder(manifest).with_wasi(true).build().expect("the plug-in builds")
}

/// Exports for the operations on the path of the input.
pub const PATHS: &str = r#"
    (func (export "read") (call $open (i32.const 1) (i32.const 0) (i64.const 2)) (call $errno) (drop))
    (func (export "read_link_itself") (call $open (i32.const 0) (i32.const 0) (i64.const 2)) (call $errno) (drop))
    (func (export "write") (call $open (i32.const 1) (i32.const 0) (i64.const 64)) (call $errno) (drop))
    (func (export "create") (call $open (i32.const 1) (i32.const 1) (i64.const 66)) (call $errno) (drop))
    (func (export "create_new") (call $open (i32.const 1) (i32.const 5) (i64.const 66)) (call $errno) (drop))
    (func (export "truncate") (call $open (i32.const 1) (i32.const 8) (i64.const 66)) (call $errno) (drop))
    (func (export "open_directory") (call $open (i32.const 1) (i32.const 2) (i64.const 2)) (call $errno) (drop))
    (func (export "unlink") (local i32 i32) (call $path) (local.set 1) (local.set 0)
        (call $errno (call $unlink (i32.const 3) (local.get 0) (local.get 1))))
    (func (export "rmdir") (local i32 i32) (call $path) (local.set 1) (local.set 0)
        (call $errno (call $rmdir (i32.const 3) (local.get 0) (local.get 1))))
    (func (export "mkdir") (local i32 i32) (call $path) (local.set 1) (local.set 0)
        (call $errno (call $mkdir (i32.const 3) (local.get 0) (local.get 1))))
    (func (export "rename") (local i32 i32) (call $path) (local.set 1) (local.set 0)
        (call $errno (call $rename (i32.const 3) (local.get 0) (local.get 1) (i32.const 3) (i32.const 0) (i32.const 3))))
    (func (export "rename_onto") (local i32 i32) (call $path) (local.set 1) (local.set 0)
        (call $errno (call $rename (i32.const 3) (i32.const 0) (i32.const 3) (i32.const 3) (local.get 0) (local.get 1))))
    (func (export "link") (local i32 i32) (call $path) (local.set 1) (local.set 0)
        (call $errno (call $link (i32.const 3) (i32.const 0) (local.get 0) (local.get 1) (i32.const 3) (i32.const 0)
            (i32.const 3))))
    (func (export "symlink_to") (local i32 i32) (call $path) (local.set 1) (local.set 0)
        (call $errno (call $symlink (local.get 0) (local.get 1) (i32.const 3) (i32.const 0) (i32.const 3))))
    (func (export "symlink_at") (local i32 i32) (call $path) (local.set 1) (local.set 0)
        (call $errno (call $symlink (i32.const 0) (i32.const 3) (i32.const 3) (local.get 0) (local.get 1))))
    (func (export "readlink") (local i32 i32) (call $path) (local.set 1) (local.set 0)
        (call $errno (call $readlink (i32.const 3) (local.get 0) (local.get 1) (i32.const 64) (i32.const 1000)
            (i32.const 16))))
    (func (export "stat") (local i32 i32) (call $path) (local.set 1) (local.set 0)
        (call $errno (call $stat (i32.const 3) (i32.const 1) (local.get 0) (local.get 1) (i32.const 64))))
    (func (export "utimes") (local i32 i32) (call $path) (local.set 1) (local.set 0)
        (call $errno (call $utimes (i32.const 3) (i32.const 1) (local.get 0) (local.get 1) (i64.const 0) (i64.const 0)
            (i32.const 5))))
    (func (export "utimes_of_link") (local i32 i32) (call $path) (local.set 1) (local.set 0)
        (call $errno (call $utimes (i32.const 3) (i32.const 0) (local.get 0) (local.get 1) (i64.const 0) (i64.const 0)
            (i32.const 5))))"#;

/// A directory with a secret next to it, and paths in it that lead to the secret.
pub struct Trap {
    outer: tempfile::TempDir,
    pub inner: PathBuf,
    secret: PathBuf,
}

impl Trap {
    pub fn set() -> Self {
        let outer = tempfile::tempdir().expect("a directory");
        let (inner, secret) = (outer.path().join("inner"), outer.path().join("secret"));
        let trap = Self { outer, inner, secret };
        trap.reset();
        trap
    }

    /// Creates everything again.
    fn reset(&self) {
        let _ = fs::remove_dir_all(&self.inner);
        let make = || {
            fs::write(&self.secret, "secret")?;
            fs::create_dir_all(self.inner.join("sub"))?;
            fs::write(self.inner.join("file"), "file")?;
            symlink(&self.secret, self.inner.join("link"))?;
            symlink("../secret", self.inner.join("relative"))?;
            symlink("sub/../../secret", self.inner.join("winding"))?;
            symlink(self.outer.path(), self.inner.join("dir"))?;
            symlink("loop", self.inner.join("loop"))
        };
        make().expect("files and links");
    }

    fn assert_untouched(&self, what: &str) {
        let metadata = fs::metadata(&self.secret).expect("the secret is there");
        assert_eq!(fs::read_to_string(&self.secret).expect("it can be read"), "secret", "{what}");
        assert!(metadata.modified().expect("a time").elapsed().expect("not in the future") < Duration::from_mins(10));
        let entries = fs::read_dir(self.outer.path()).expect("a directory");
        let mut names: Vec<_> = entries.map(|entry| entry.expect("an entry").file_name()).collect();
        names.sort();
        assert_eq!(names, ["inner", "secret"], "{what}");
    }
}

const FOLLOWING: [&str; 6] = ["read", "write", "create", "truncate", "stat", "utimes"];
const OTHERS: [&str; 10] = [
    "create_new",
    "read_link_itself",
    "unlink",
    "rmdir",
    "mkdir",
    "rename",
    "rename_onto",
    "link",
    "symlink_at",
    "readlink",
];

#[test]
fn nothing_outside_of_the_directories_is_reached() {
    let trap = Trap::set();
    let absolute = trap.secret.to_str().expect("a text").to_owned();
    for prefix in ["", "ro:"] {
        let mut plugin = wasi(PATHS, &trap.inner, prefix);
        let mut assert_refused = |operation: &str, path: &str| {
            let errno = plugin.call::<_, i64>(operation, path).expect("an errno");
            assert_eq!(errno, EPERM, "{prefix} {operation} {path}");
            trap.assert_untouched(operation);
        };
        for operation in FOLLOWING.into_iter().chain(OTHERS) {
            for path in ["../secret", "sub/../../secret", "dir/secret", &absolute, "/", "..", "/proc/self/environ"] {
                assert_refused(operation, path);
            }
        }
        for operation in FOLLOWING {
            for path in ["link", "relative", "winding", "dir"] {
                assert_refused(operation, path);
            }
        }
        assert_refused("symlink_to", &absolute);
    }
}

#[test]
fn a_link_that_the_plugin_makes_leads_nowhere() {
    let trap = Trap::set();
    let mut plugin = wasi(PATHS, &trap.inner, "");
    // Its target is a path like any other until it is followed.
    assert_eq!(plugin.call::<_, i64>("symlink_to", "../secret").unwrap(), 0);
    for operation in FOLLOWING {
        assert_eq!(plugin.call::<_, i64>(operation, "new").unwrap(), EPERM, "{operation}");
    }
    trap.assert_untouched("symlink_to");
}

#[test]
fn paths_that_are_none_are_errors_of_wasi() {
    let trap = Trap::set();
    let mut plugin = wasi(PATHS, &trap.inner, "");
    let mut errno = |path: &[u8]| plugin.call::<_, i64>("read", path).expect("an errno");
    assert_eq!(errno(b""), 44, "ENOENT");
    assert_eq!(errno(b"file\0x"), 28, "EINVAL");
    assert_eq!(errno(b"\xff\xfe"), 25, "EILSEQ");
    assert_eq!(errno(b"loop"), 32, "ELOOP");
    assert_eq!(errno(&[b'a'; 100_000]), 37, "ENAMETOOLONG");
    assert_eq!(errno("a/".repeat(50_000).as_bytes()), 37, "ENAMETOOLONG");
    assert_eq!(errno(b"file"), 0);
}

#[test]
fn nothing_in_a_read_only_directory_is_changed() {
    let trap = Trap::set();
    let mut plugin = wasi(PATHS, &trap.inner, "ro:");
    let listing = || {
        let entries = fs::read_dir(&trap.inner).expect("a directory");
        let mut all: Vec<_> = entries
            .map(|entry| entry.expect("an entry").path())
            .map(|path| (fs::symlink_metadata(&path).and_then(|data| data.modified()).expect("a time"), path))
            .collect();
        all.sort();
        all
    };
    let before = listing();
    for operation in [
        "write",
        "create",
        "create_new",
        "truncate",
        "unlink",
        "rmdir",
        "mkdir",
        "rename",
        "rename_onto",
        "link",
        "symlink_to",
        "symlink_at",
        "utimes",
    ] {
        for path in ["file", "sub", "sub/new", "link", "other"] {
            assert_eq!(plugin.call::<_, i64>(operation, path).expect("an errno"), EPERM, "{operation} {path}");
        }
    }
    assert_eq!(listing(), before);
    assert_eq!(plugin.call::<_, i64>("read", "file").expect("an errno"), 0, "reading is allowed");

    // Not through a descriptor that was opened for reading, either.
    let mut plugin = wasi(DESCRIPTORS, &trap.inner, "ro:");
    for operation in ["write_to", "size_to", "time_to"] {
        let errno = plugin.call::<_, i64>(operation, "file").expect("an errno");
        assert!([EPERM, 8, 28].contains(&errno), "{operation}: {errno}");
    }
    assert_eq!(listing(), before);
}
