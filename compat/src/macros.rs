//! `host_fn!` and `typed_plugin!`.

/// Declares a host function over values instead of handles.
///
/// ```
/// use extism::{PTR, PluginBuilder, UserData, host_fn};
///
/// // The first argument, up to the semicolon, is what the function shares with the host.
/// host_fn!(pub count(calls: u32; text: String) -> String {
///     let calls = calls.get()?;
///     let mut calls = calls.lock().unwrap();
///     *calls += 1;
///     Ok(format!("{text} {calls}"))
/// });
///
/// let manifest = extism::Manifest::new([extism::Wasm::file("../examples/plugins/reflect.wasm")]);
/// let calls = UserData::new(0);
/// let mut plugin =
///     PluginBuilder::new(manifest).with_function("reflect", [PTR], [PTR], calls.clone(), count).build()?;
/// assert_eq!(plugin.call::<&str, &str>("reflect", "hello")?, "hello 1");
/// assert_eq!(*calls.get()?.lock().unwrap(), 1);
/// # Ok::<(), extism::Error>(())
/// ```
///
/// The body returns a `Result`. `extism_runtime` has [`#[host_fn]`](macro@extism_runtime::host_fn), which makes a host
/// function of any Rust function.
#[macro_export]
macro_rules! host_fn {
    ($vis:vis $name:ident ($($arg:ident : $ty:ty),* $(,)?) $(-> $ret:ty)? $body:block) => {
        $crate::host_fn!($vis $name (_user_data: (); $($arg: $ty),*) $(-> $ret)? $body);
    };
    ($vis:vis $name:ident ($data:ident : $data_ty:ty; $($arg:ident : $ty:ty),* $(,)?) $(-> $ret:ty)? $body:block) => {
        $vis fn $name(
            plugin: &mut $crate::CurrentPlugin<'_, '_>,
            inputs: &[$crate::Val],
            outputs: &mut [$crate::Val],
            #[allow(unused_mut, unused_variables)] mut $data: $crate::UserData<$data_ty>,
        ) -> ::core::result::Result<(), $crate::Error> {
            let mut _inputs = inputs.iter();
            $(
                let input = _inputs.next().ok_or_else(|| {
                    $crate::Error::msg(concat!(
                        "host function `", stringify!($name), "` has no parameter for `", stringify!($arg), "`"
                    ))
                })?;
                let $arg: $ty = plugin.memory_get_val(input)?;
            )*
            #[allow(unused_mut)]
            let mut body = move || -> ::core::result::Result<_, $crate::Error> { $body };
            let output = body()?;
            let output = plugin.memory_new(&output)?;
            if let ::core::option::Option::Some(result) = outputs.first_mut() {
                *result = plugin.memory_to_val(output);
            }
            ::core::result::Result::Ok(())
        }
    };
}

/// Declares a type around [`Plugin`](crate::Plugin) with a method for each function of the plug-in. `TryFrom<Plugin>`
/// checks that they exist, and names the first that does not.
///
/// ```
/// use extism::{Manifest, Plugin, Wasm};
///
/// extism::typed_plugin!(pub Greeter {
///     greet(&str) -> String;
/// });
///
/// let manifest = Manifest::new([Wasm::file("../examples/plugins/kitchen_sink.wasm")]);
/// let mut greeter: Greeter = Plugin::new(&manifest, [], true)?.try_into()?;
/// assert_eq!(greeter.greet("World")?, "Hello, World!");
/// # Ok::<(), extism::Error>(())
/// ```
///
/// `extism_runtime` has [`#[plugin_interface]`](macro@extism_runtime::plugin_interface), which makes a client of a trait.
#[macro_export]
macro_rules! typed_plugin {
    ($vis:vis $name:ident {
        $($function:ident $(< $( $lt:tt $( : $bound:path )? ),+ >)? ($input:ty) -> $output:ty);* $(;)?
    }) => {
        $vis struct $name(pub $crate::Plugin);

        impl ::core::convert::TryFrom<$crate::Plugin> for $name {
            type Error = $crate::Error;

            fn try_from(plugin: $crate::Plugin) -> ::core::result::Result<Self, $crate::Error> {
                for function in [$(stringify!($function)),*] as [&str; _] {
                    if !plugin.function_exists(function) {
                        return ::core::result::Result::Err($crate::Error::msg(format!("Invalid function: {function}")));
                    }
                }
                ::core::result::Result::Ok(Self(plugin))
            }
        }

        impl ::core::convert::From<$name> for $crate::Plugin {
            fn from(typed: $name) -> Self {
                typed.0
            }
        }

        impl $name {
            $(
                pub fn $function<'a, $( $( $lt $( : $bound )? ),+ )?>(
                    &'a mut self,
                    input: $input,
                ) -> ::core::result::Result<$output, $crate::Error> {
                    self.0.call(stringify!($function), input)
                }
            )*
        }
    };
}
