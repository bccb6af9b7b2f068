//! A program whose host functions work on raw WebAssembly values, with several results, and on the context of a call.

use extism::*;

use super::{Output, guest, shown};

pub(crate) fn run(out: &mut Output) {
    numbers(out).unwrap();
    several(out).unwrap();
    shapes(out).unwrap();
    context(out).unwrap();
}

fn numbers(out: &mut Output) -> Result<(), Error> {
    for (value, ty) in [
        (Val::I32(-1), "i32"),
        (Val::I64(i64::MIN), "i64"),
        (Val::F32(1.5_f32.to_bits()), "f32"),
        (Val::F64((-0.0_f64).to_bits()), "f64"),
    ] {
        say!(out, "{ty} {value:?} {:?} {:?} {:?} {:?}", value.i32(), value.i64(), value.f32(), value.f64());
    }
    let values: [Val; 4] = [7_i32.into(), 8_i64.into(), 9.0_f32.into(), 10.0_f64.into()];
    say!(out, "{} {}", values[0].unwrap_i32(), values[1].unwrap_i64());
    say!(out, "{} {}", values[2].unwrap_f32(), values[3].unwrap_f64());
    say!(out, "{:?} {:?} {}", PTR, ValType::F32, PTR == ValType::I64);
    Ok(())
}

fn several(out: &mut Output) -> Result<(), Error> {
    let swap = Function::new(
        "swap",
        [ValType::I32, ValType::I64, ValType::F32, ValType::F64],
        [ValType::F64, ValType::F32, ValType::I64, ValType::I32],
        UserData::<()>::default(),
        |_plugin: &mut CurrentPlugin, inputs: &[Val], outputs: &mut [Val], _: UserData<()>| {
            for (index, output) in outputs.iter_mut().enumerate() {
                *output = inputs[inputs.len() - 1 - index].clone();
            }
            Ok(())
        },
    );
    say!(out, "{} {:?} {:?} {:?}", swap.name(), swap.namespace(), swap.params(), swap.results());
    let text = std::fs::read(format!("{}/host_values.wat", super::plugins()))?;
    let mut plugin = Plugin::new(text, [swap], false)?;
    let mut input = Vec::new();
    input.extend(1_i32.to_le_bytes());
    input.extend(2_i64.to_le_bytes());
    input.extend(3.5_f32.to_le_bytes());
    input.extend(4.5_f64.to_le_bytes());
    say!(out, "{:?}", plugin.call::<_, Vec<u8>>("swap", input)?);
    Ok(())
}

/// Functions of all shapes for the guest `host_calls`.
fn shapes(out: &mut Output) -> Result<(), Error> {
    let notes = UserData::new(Vec::<String>::new());
    let builder = PluginBuilder::new(guest("host_calls.wasm"))
        .with_wasi(false)
        .with_function("join", [PTR; 3], [PTR], UserData::new("-"), |plugin, inputs, outputs, glue: UserData<&str>| {
            let mut parts = Vec::new();
            for input in inputs {
                parts.push(plugin.memory_get_val::<String>(input)?);
            }
            let glue = *glue.get()?.lock().unwrap();
            plugin.memory_set_val(&mut outputs[0], parts.join(glue))
        })
        .with_function("notify", [PTR], [], notes.clone(), |plugin, inputs, _outputs, notes| {
            let text: String = plugin.memory_get_val(&inputs[0])?;
            notes.get()?.lock().unwrap().push(text);
            Ok(())
        })
        .with_function("now", [], [PTR], UserData::new(()), |plugin, _, outputs, _| {
            let handle = plugin.memory_new("noon")?;
            outputs[0] = plugin.memory_to_val(handle);
            Ok(())
        })
        .with_function("check", [PTR], [PTR], UserData::new(3), |plugin, inputs, outputs, limit: UserData<usize>| {
            let handle = plugin.memory_from_val(&inputs[0]).ok_or_else(|| Error::msg("no text"))?;
            let limit = *limit.get()?.lock().unwrap();
            if plugin.memory_str(handle)?.len() > limit {
                return Err(Error::msg("too long").context("the check failed"));
            }
            outputs[0] = inputs[0].clone();
            Ok(())
        })
        .with_function_in_namespace(
            "example:math",
            "square",
            [PTR],
            [PTR],
            UserData::new(()),
            |plugin, inputs, outputs, _| {
                let number: i64 = plugin.memory_get_val(&inputs[0])?;
                plugin.memory_set_val(&mut outputs[0], number * number)
            },
        )
        .with_function(
            "sum",
            [ValType::I32, ValType::I64, ValType::F32, ValType::F64],
            [ValType::F64],
            UserData::new(()),
            |_, inputs, outputs, _| {
                let sum = f64::from(inputs[0].unwrap_i32())
                    + inputs[1].unwrap_i64() as f64
                    + f64::from(inputs[2].unwrap_f32())
                    + inputs[3].unwrap_f64();
                outputs[0] = Val::F64(sum.to_bits());
                Ok(())
            },
        );
    let mut plugin = builder.build()?;
    say!(out, "{}", plugin.call::<_, String>("join", "a,b,c")?);
    say!(out, "{}", plugin.call::<_, String>("join", "a,,")?);
    plugin.call::<_, ()>("notify", "one two three")?;
    say!(out, "{:?}", notes.get()?.lock().unwrap());
    say!(out, "{}", plugin.call::<_, &str>("now", ())?);
    say!(out, "{}", plugin.call::<_, &str>("check", "abc")?);
    let (error, code) = plugin.call_get_error_code::<_, &str>("check", "abcd").unwrap_err();
    // The text of the error is the engine's in the official crate; programs look at the root cause, or at the chain.
    say!(out, "{code} {:?} {}", error.root_cause().to_string(), format!("{error:?}").contains("the check failed"));
    say!(out, "{}", plugin.call::<_, i64>("square", 12_i64)?);
    say!(out, "{}", plugin.call::<_, f64>("sum", "4")?);
    say!(out, "{:?}", plugin.call::<_, f64>("sum", "x").map_err(|error| shown(&error)));
    Ok(())
}

struct Session {
    user: String,
    calls: u32,
}

fn context(out: &mut Output) -> Result<(), Error> {
    let f = Function::new("reflect", [PTR], [PTR], UserData::new(()), |plugin, inputs, outputs, _: UserData<()>| {
        let text: String = plugin.memory_get_val(&inputs[0])?;
        let session = plugin.host_context::<Session>()?;
        session.calls += 1;
        let text = format!("{text} {} {}", session.user, session.calls);
        plugin.memory_set_val(&mut outputs[0], text)
    });
    let mut plugin = Plugin::new(guest("reflect.wasm"), [f], true)?;
    for user in ["ann", "bob"] {
        let session = Session { user: user.to_owned(), calls: 0 };
        say!(out, "{}", plugin.call_with_host_context::<_, String, _>("reflect", "hi", session)?);
    }
    for result in [
        plugin.call_with_host_context::<_, String, _>("reflect", "hi", 5_u8),
        plugin.call::<_, String>("reflect", "hi"),
        plugin.call_with_host_context::<_, String, _>("absent", "hi", ()),
    ] {
        say!(out, "{:?}", result.map_err(|error| error.root_cause().to_string()));
    }
    Ok(())
}
