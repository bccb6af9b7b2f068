//! Options for WASI.

use std::io::{Read, Write};

use super::PluginBuilder;
use crate::{
    clock::{Clock, ClockFactory},
    streams::{Input, Output, WasiOutput},
};

/// Options for WASI. They have an effect only if [`with_wasi`](Self::with_wasi) allows WASI and the plug-in imports it.
impl<P> PluginBuilder<P> {
    /// Sets whether the plug-in may use WASI, which provides clocks, random numbers and the manifest's `allowed_paths`,
    /// and whatever the other methods give; off by default.
    pub fn with_wasi(mut self, wasi: bool) -> Self {
        self.options.instance.wasi = wasi;
        self
    }

    /// Sets an environment variable of the plug-in; it has none by default. Building the plug-in fails if the name is
    /// empty or contains `=`, or if the name or the value contains a zero byte.
    ///
    /// To pass on all variables of the process, use
    /// [`with_wasi_envs`](Self::with_wasi_envs)`(std::env::vars())`.
    pub fn with_wasi_env(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.with_wasi_envs([(name, value)])
    }

    /// Sets several environment variables, as [`with_wasi_env`](Self::with_wasi_env) does; the others are kept.
    pub fn with_wasi_envs<N: Into<String>, V: Into<String>>(
        mut self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        self.options.instance.sees.env.extend(variables);
        self
    }

    /// Sets the arguments of the plug-in; it has none by default. By convention, the first argument is the program's name.
    /// Building the plug-in fails if an argument contains a zero byte.
    pub fn with_wasi_args(mut self, args: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.options.instance.sees.args = args.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the destination of the plug-in's WASI output: with `true`, the process's own output; it is
    /// discarded by default. The environment variable `EXTISM_ENABLE_WASI_OUTPUT` does the same.
    /// [`with_stdout`](Self::with_stdout) and [`with_stderr`](Self::with_stderr) set one of the two streams. If several of
    /// these methods set a stream, the last call takes effect.
    pub fn with_wasi_output(mut self, output: impl Into<WasiOutput>) -> Self {
        self.options.instance.sees.streams.set_output(output.into());
        self
    }

    /// Writes the plug-in's standard output to a writer, which all instances share. Each piece of up to 4 KiB is written at
    /// once and then flushed, so the pieces of several instances do not mix.
    ///
    /// The writer runs on the thread of the call. It should not wait: neither the call's deadline nor a cancellation
    /// interrupts it, and an async call holds the executor's thread meanwhile. If the writer returns an error or panics, the
    /// plug-in's write fails. The number of bytes is not limited; a writer that accepts no more returns an error.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::{fs::File, io::{Read, Seek}};
    /// use extism_runtime::PluginBuilder;
    ///
    /// let mut output = tempfile::tempfile()?;
    /// # let wasm = r#"(module
    /// #   (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    /// #   (memory (export "memory") 1)
    /// #   (data (i32.const 0) "\08\00\00\00\05\00\00\00hello")
    /// #   (func (export "greet") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 100)))))"#;
    /// let mut plugin = PluginBuilder::new(wasm).with_wasi(true).with_stdout(output.try_clone()?).build()?;
    /// plugin.call::<_, ()>("greet", ())?;
    /// output.rewind()?;
    /// let mut text = String::new();
    /// output.read_to_string(&mut text)?;
    /// assert_eq!(text, "hello");
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_stdout(mut self, output: impl Write + Send + 'static) -> Self {
        self.options.instance.sees.streams.output = Output::of_writer(output);
        self
    }

    /// Writes the plug-in's standard error to a writer, in the same way as [`with_stdout`](Self::with_stdout).
    pub fn with_stderr(mut self, output: impl Write + Send + 'static) -> Self {
        self.options.instance.sees.streams.error = Output::of_writer(output);
        self
    }

    /// Reads the plug-in's standard input from a reader, such as `std::io::stdin()`, a file or a socket; by default it is
    /// empty. For bytes in memory, [`with_stdin_bytes`](Self::with_stdin_bytes) is simpler and faster.
    ///
    /// All instances share the reader, and each byte goes to one of them. The reader runs on a separate thread, only when an
    /// instance asks for input, and is asked for no more than the instance wants (at most 64 KiB). So an async call does not
    /// hold the executor's thread while it waits for input, and every call ends at its deadline and when it is cancelled;
    /// input that arrives later goes to the next call that reads. If the reader returns an error or panics, the plug-in's
    /// read fails; after a panic, the input is at its end.
    ///
    /// ```
    /// # fn main() -> Result<(), extism_runtime::Error> {
    /// use extism_runtime::PluginBuilder;
    ///
    /// # let wasm = r#"(module
    /// #   (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    /// #   (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
    /// #   (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
    /// #   (import "extism:host/env" "output_set" (func $set (param i64 i64)))
    /// #   (memory (export "memory") 1)
    /// #   (data (i32.const 0) "\08\00\00\00\01\00\00\00")
    /// #   (func (export "next") (local $block i64)
    /// #     (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 100)))
    /// #     (local.set $block (call $alloc (i64.const 1)))
    /// #     (call $store (local.get $block) (i32.load8_u (i32.const 8)))
    /// #     (call $set (local.get $block) (i64.const 1))))"#;
    /// let input = std::io::Cursor::new("abc");
    /// let mut plugin = PluginBuilder::new(wasm).with_wasi(true).with_stdin(input).build()?;
    /// assert_eq!(plugin.call::<_, &str>("next", ())?, "a");
    /// assert_eq!(plugin.call::<_, &str>("next", ())?, "b");
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_stdin(mut self, input: impl Read + Send + 'static) -> Self {
        self.options.instance.sees.streams.input = Input::of_reader(input);
        self
    }

    /// Sets the bytes of the plug-in's standard input. Each instance reads them from the start, including an instance that
    /// replaces another one after a failed call.
    pub fn with_stdin_bytes(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.options.instance.sees.streams.input = Input::Bytes(input.into().into());
        self
    }

    /// Replaces the system's clocks, for instance with a [`FixedClock`](crate::plugin::FixedClock) or a
    /// [`SteppingClock`](crate::plugin::SteppingClock). Sleeping (`poll_oneoff`) uses the clock too. Each instance has its
    /// own clone of it. The time limits of calls remain in real time.
    pub fn with_clock(mut self, clock: impl Clock + Clone) -> Self {
        self.options.instance.sees.clock = Some(ClockFactory::new(clock));
        self
    }

    /// Derives the plug-in's random numbers (WASI's, and the seed of AssemblyScript's library) from a seed, so that they are
    /// the same in each run, on every machine, and in later versions of this crate. Anyone who knows the seed knows the
    /// numbers: use it for tests and simulations, not where keys are created.
    ///
    /// Every instance starts with the same numbers, including an instance that replaces another one after a failed call. So
    /// the result of a call depends only on the earlier calls of the same instance, not on its place in a pool or on calls
    /// of other instances. If the plug-ins of a simulation must differ, give each its own seed.
    ///
    /// # Runs that repeat
    ///
    /// Together with [`with_clock`](Self::with_clock) and
    /// [`EngineBuilder::with_deterministic`](crate::engine::EngineBuilder::with_deterministic), the same calls of the same
    /// plug-in return the same bytes and take the same fuel, on every machine, with this version of the crate:
    ///
    /// ```
    /// # fn main() -> Result<(), extism_runtime::Error> {
    /// use std::time::{Duration, UNIX_EPOCH};
    /// use extism_runtime::{Engine, PluginBuilder, plugin::SteppingClock};
    ///
    /// let engine = Engine::builder().with_deterministic(true).with_fuel(true).build()?;
    /// let run = || -> Result<(Vec<u8>, Option<u64>), extism_runtime::Error> {
    ///     let mut plugin = PluginBuilder::new("examples/plugins/wasi_files.wasm")
    ///         .with_engine(&engine)
    ///         .with_wasi(true)
    ///         .with_clock(SteppingClock::new(UNIX_EPOCH, Duration::from_millis(1)))
    ///         .with_random_seed(42)
    ///         .build()?;
    ///     Ok((plugin.call("random_bytes", ())?, plugin.fuel_consumed()))
    /// };
    /// assert_eq!(run()?, run()?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// What else differs between runs is up to the program:
    ///
    /// - **Which calls an instance serves**, if a pool keeps instances for several users. With
    ///   [`Reuse::Fresh`](crate::pool::Reuse), each call has an instance of its own.
    /// - **Limits of real resources.** A call that ends at its timeout, or because memory cannot be had (growing fails
    ///   where the process or the machine has no more), may go further elsewhere. Limit fuel and
    ///   [pages](Self::with_max_pages) instead, so low that nothing else is reached. How deep a plug-in can recurse before
    ///   it traps depends on the processor.
    /// - **Files, standard input, HTTP, host functions and configuration**: whatever comes from outside. The order of a
    ///   directory's entries, inode numbers and times of files are those of the system.
    ///
    /// Not among these: memory is zero at first, blocks of the kernel's memory that are used again hold what the same
    /// instance left there, and plug-ins have no threads.
    pub fn with_random_seed(mut self, seed: u64) -> Self {
        self.options.instance.sees.seed = Some(seed);
        self
    }
}
