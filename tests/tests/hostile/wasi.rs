//! Access to files that were not granted, and to too many that were. The plug-in calls WASI directly, without a C
//! library that would refuse some of these calls beforehand.

use std::{
    fs,
    os::unix::{fs::symlink, net::UnixListener},
    path::{Path, PathBuf},
    process::Command,
    sync::mpsc,
    thread,
    time::Duration,
};

use extism_runtime::{Manifest, Plugin, Wasm};

use crate::{SOON, assert_works, builder, failure, wat};

/// What is not permitted.
const EPERM: i64 = 63;
/// What can't be opened at all.
const ENOTSUP: i64 = 58;

/// The functions of WASI by their names: how many parameters of which types.
const IMPORTS: &str = r#"
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

/// What every export has: the input as a path in the memory, and an errno as the output.
const COMMON: &str = r#"
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

fn wasi(body: &str, host: &Path, prefix: &str) -> Plugin {
    wasi_within(body, host, prefix, Duration::from_mins(5))
}

fn wasi_within(body: &str, host: &Path, prefix: &str, limit: Duration) -> Plugin {
    let wat = wat(&format!("{COMMON}\n{body}")).replacen("(module", &format!("(module {IMPORTS}"), 1);
    let path = format!("{prefix}{}", host.display());
    let manifest = Manifest::new([Wasm::data(wat)]).with_allowed_path(path, "/data").with_timeout(limit);
    builder(manifest).with_wasi(true).build().expect("the plug-in builds")
}

/// Exports of what can be done to the path of the input.
const PATHS: &str = r#"
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

/// A directory with a secret beside it, and ways to it in it.
struct Trap {
    outer: tempfile::TempDir,
    inner: PathBuf,
    secret: PathBuf,
}

impl Trap {
    fn set() -> Self {
        let outer = tempfile::tempdir().expect("a directory");
        let (inner, secret) = (outer.path().join("inner"), outer.path().join("secret"));
        let trap = Self { outer, inner, secret };
        trap.reset();
        trap
    }

    /// Makes everything anew.
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

    // Nor through a descriptor that was opened for reading.
    let mut plugin = wasi(DESCRIPTORS, &trap.inner, "ro:");
    for operation in ["write_to", "size_to", "time_to"] {
        let errno = plugin.call::<_, i64>(operation, "file").expect("an errno");
        assert!([EPERM, 8, 28].contains(&errno), "{operation}: {errno}");
    }
    assert_eq!(listing(), before);
}

/// What can be done with the file of the input, opened for reading.
const DESCRIPTORS: &str = r#"
    (func $fd (result i32) (call $open (i32.const 1) (i32.const 0) (i64.const 2)) (drop))
    (func $iovec (param i32) (i32.store (i32.const 64) (i32.const 8192)) (i32.store (i32.const 68) (local.get 0)))
    (func (export "write_to") (call $iovec (i32.const 3))
        (call $errno (call $write (call $fd) (i32.const 64) (i32.const 1) (i32.const 72))))
    (func (export "size_to") (call $errno (call $truncate (call $fd) (i64.const 0))))
    (func (export "time_to") (call $errno (call $futimes (call $fd) (i64.const 0) (i64.const 0) (i32.const 5))))
    (func (export "read_4_gib") (call $iovec (i32.const -1))
        (call $errno (call $read (call $fd) (i32.const 64) (i32.const 1) (i32.const 72))))
    (func (export "read_4_gib_of_vectors")
        (call $errno (call $read (call $fd) (i32.const 0) (i32.const -1) (i32.const 72))))
    (func (export "read_without_end") (local i32) (local.set 0 (call $fd)) (call $iovec (i32.const 65536))
        (loop $again (drop (call $read (local.get 0) (i32.const 64) (i32.const 1) (i32.const 72))) (br $again)))
    (func (export "open_many") (local $count i64) (local $errno i32)
        (loop $next
            (call $open (i32.const 1) (i32.const 0) (i64.const 2)) (local.set $errno) (drop)
            (local.set $count (i64.add (local.get $count) (i64.const 1)))
            (br_if $next (i32.and (i32.eqz (local.get $errno)) (i64.lt_u (local.get $count) (i64.const 10000))))))
    (func (export "open_and_close") (local $count i64)
        (loop $next
            (drop (call $close (call $fd)))
            (local.set $count (i64.add (local.get $count) (i64.const 1)))
            (br_if $next (i64.lt_u (local.get $count) (i64.const 1000)))))
    (func (export "random") (call $errno (call $random (i32.const 0) (i32.const -1))))
    (func (export "accept") (call $errno (call $accept (i32.const 3) (i32.const 0) (i32.const 16))))
    (func (export "renumber") (call $errno (call $renumber (i32.const 3) (i32.const -1))))
    (func (export "close_all") (local i32)
        (loop $next
            (drop (call $close (local.get 0)))
            (local.set 0 (i32.add (local.get 0) (i32.const 1)))
            (br_if $next (i32.lt_u (local.get 0) (i32.const 10))))
        (call $errno (call $close (i32.const 3))))
    (func (export "environment")
        (drop (call $environ (i32.const 64) (i32.const 72))) (drop (call $args (i32.const 76) (i32.const 80)))
        (call $errno (i32.or (i32.load (i32.const 64)) (i32.load (i32.const 76)))))"#;

#[test]
fn too_many_open_files_end_the_call_and_are_closed() {
    let trap = Trap::set();
    let mut plugin = wasi(DESCRIPTORS, &trap.inner, "");
    let text = failure(&mut plugin, "open_many", b"file");
    assert!(text.starts_with("the plug-in has more than 256 files open\nwasm backtrace:\n    0: open\n"), "{text}");
    assert_works(&mut plugin);
    plugin.call::<_, ()>("open_and_close", "file").expect("one at a time");
    // They would be in `/proc` still.
    let inner = fs::canonicalize(&trap.inner).expect("a path");
    let descriptors = fs::read_dir("/proc/self/fd").expect("Linux tells them");
    let targets = descriptors.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    assert_eq!(targets.filter(|target| *target == inner.join("file")).count(), 0);
}

#[test]
fn reading_what_has_no_end_ends_at_the_deadline() {
    let directory = tempfile::tempdir().expect("a directory");
    // Holes take no room: reading them all would take hours.
    let file = fs::File::create(directory.path().join("holes")).expect("a file");
    file.set_len(1 << 43).expect("a sparse file");
    let mut plugin = wasi_within(DESCRIPTORS, directory.path(), "ro:", SOON);
    let expected = "timed out after 100ms; raise the manifest's `timeout_ms` if it may take longer";
    assert_eq!(failure(&mut plugin, "read_without_end", b"holes"), expected);
    assert_works(&mut plugin);
}

/// A directory with what waits for its other end, and links to that.
fn waiting() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path();
    let made = Command::new("mkfifo").arg(path.join("pipe")).status().expect("`mkfifo` runs");
    assert!(made.success(), "{made}");
    fs::create_dir(path.join("sub")).expect("a directory");
    symlink("pipe", path.join("link")).expect("a link");
    symlink("../link", path.join("sub/winding")).expect("a link");
    symlink("nowhere", path.join("dangling")).expect("a link");
    directory
}

/// The errnos of calls, which must not wait: if one does, this fails, and leaves its thread behind.
fn errnos(mut plugin: Plugin, calls: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str, i64)> {
    let (calls, (sender, receiver)) = (calls.to_vec(), mpsc::channel());
    thread::spawn(move || {
        for (export, path) in calls {
            let errno = plugin.call(export, path).expect("an errno");
            sender.send((export, path, errno)).expect("somebody waits");
        }
    });
    let next = || match receiver.recv_timeout(Duration::from_mins(1)) {
        Ok(answer) => Some(answer),
        Err(mpsc::RecvTimeoutError::Disconnected) => None,
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("a call waits"),
    };
    std::iter::from_fn(next).collect()
}

#[test]
fn what_waits_for_its_other_end_is_not_opened() {
    for prefix in ["", "ro:"] {
        let directory = waiting();
        let mut expected = Vec::new();
        for export in ["read", "write", "create", "truncate", "utimes"] {
            expected.extend(["pipe", "link", "sub/winding"].map(|path| (export, path, ENOTSUP)));
        }
        expected.extend([
            ("read_link_itself", "pipe", ENOTSUP),
            ("read_link_itself", "link", 32),
            ("read_link_itself", "link/", 54),
            ("read_link_itself", "link/.", 54),
            ("read", "pipe/", 54),
            ("read", "pipe/.", 54),
            ("open_directory", "pipe", 54),
            ("open_directory", "link", 54),
            ("stat", "link", 0),
            ("read", "dangling", 44),
        ]);
        let calls: Vec<_> = expected.iter().map(|(export, path, _)| (*export, *path)).collect();
        assert_eq!(errnos(wasi(PATHS, directory.path(), prefix), &calls), expected, "{prefix}");
    }
}

#[test]
fn a_pipe_can_be_moved_and_removed_but_not_made_anew() {
    let directory = waiting();
    let expected = [
        ("create_new", "pipe", 20),
        ("utimes_of_link", "link", 0),
        ("rename", "pipe", 0),
        ("read", "new", ENOTSUP),
        ("read", "link", 44),
        ("unlink", "new", 0),
        // Its name is free, and a file's from now on.
        ("create", "link", 0),
        ("read", "pipe", 0),
    ];
    let calls = expected.map(|(export, path, _)| (export, path));
    assert_eq!(errnos(wasi(PATHS, directory.path(), ""), &calls), expected);
    assert!(directory.path().join("pipe").is_file());
}

#[test]
fn sockets_and_devices_are_not_opened() {
    let directory = tempfile::tempdir().expect("a directory");
    let _listener = UnixListener::bind(directory.path().join("socket")).expect("a socket");
    let expected = ["read", "write", "utimes"].map(|export| (export, "socket", ENOTSUP));
    let calls = expected.map(|(export, path, _)| (export, path));
    assert_eq!(errnos(wasi(PATHS, directory.path(), ""), &calls), expected);

    let expected = ["null", "zero", "random", "tty"].map(|path| ("read", path, ENOTSUP));
    let calls = expected.map(|(export, path, _)| (export, path));
    assert_eq!(errnos(wasi(PATHS, Path::new("/dev"), "ro:"), &calls), expected);
}

#[test]
fn requests_of_four_gigabytes_are_refused() {
    let trap = Trap::set();
    let mut plugin = wasi(DESCRIPTORS, &trap.inner, "");
    let mut used = |export: &str| {
        let mut result = Ok(0);
        let used = allocation_counter::measure(|| result = plugin.call::<_, i64>(export, "file"));
        assert!(used.bytes_max < 1 << 20, "{export}: {used:?}");
        result
    };
    assert_eq!(used("read_4_gib").expect("an errno"), 48, "ENOMEM");
    assert_eq!(used("read_4_gib_of_vectors").expect("an errno"), 48, "ENOMEM");
    let text = used("random").expect_err("a trap").to_string();
    assert!(text.contains("requested len 4294967295 exceeds limit 67108864"), "{text}");
}

#[test]
fn random_bytes_are_no_more_than_the_memories_have_room_for() {
    // One page and the kernel's 16 at the start, and 4 more.
    let room = 21 * 65536;
    let body = format!(
        r#"(func (export "more") (call $errno (call $random (i32.const 0) (i32.const {}))))
           (func (export "fits") (drop (memory.grow (i32.const 4)))
               (call $errno (call $random (i32.const 0) (i32.const {}))))"#,
        room + 1,
        5 * 65536
    );
    let wat = wat(&format!("{COMMON}\n{body}")).replacen("(module", &format!("(module {IMPORTS}"), 1);
    let manifest = Manifest::new([Wasm::data(wat.replace("\"memory\") 3", "\"memory\") 1"))]).with_memory_max(4);
    let mut plugin = builder(manifest).with_wasi(true).build().expect("the plug-in builds");
    let used = allocation_counter::measure(|| {
        let text = failure(&mut plugin, "more", b"");
        let expected = format!("requested len {} exceeds limit {room}\nwasm backtrace:\n", room + 1);
        assert!(text.starts_with(&expected), "{text}");
    });
    assert!(used.bytes_max < 1 << 20, "{used:?}");
    assert_eq!(plugin.call::<_, i64>("fits", ()).expect("an errno"), 0);
}

#[test]
fn there_is_no_network_no_environment_and_no_descriptor_but_the_given_ones() {
    let trap = Trap::set();
    let mut plugin = wasi(DESCRIPTORS, &trap.inner, "");
    let mut errno = |export: &str| plugin.call::<_, i64>(export, "file").expect("an errno");
    assert_eq!(errno("accept"), 57, "ENOTSOCK");
    assert_eq!(errno("environment"), 0, "no variables and no arguments");
    assert_eq!(errno("renumber"), 8, "EBADF");
    assert_eq!(errno("close_all"), 8, "EBADF");
    assert_works(&mut plugin);
}
