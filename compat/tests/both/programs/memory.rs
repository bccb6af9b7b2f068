//! A program whose host function does everything that there is to do with a plug-in's memory and variables.

use extism::{convert::MemoryHandle, *};

use super::{Output, guest};

pub(crate) fn run(out: &mut Output) {
    let lines = UserData::new(String::new());
    let manifest =
        guest("reflect.wasm").with_config_key("key", "value").with_timeout(std::time::Duration::from_secs(60));
    let f = Function::new("reflect", [PTR], [PTR], lines.clone(), everything);
    let mut plugin = Plugin::new(manifest, [f], true).unwrap();
    for input in ["Hello", "Hello again", ""] {
        let result = plugin.call::<_, String>("reflect", input).map_err(|error| error.root_cause().to_string());
        say!(lines.get().unwrap().lock().unwrap(), "-> {result:?}");
    }
    out.push_str(&lines.get().unwrap().lock().unwrap());
}

fn everything(
    plugin: &mut CurrentPlugin,
    inputs: &[Val],
    outputs: &mut [Val],
    lines: UserData<String>,
) -> Result<(), Error> {
    let lines = lines.get()?;
    let mut lines = lines.lock().unwrap();
    let out = &mut *lines;
    let Some(handle) = plugin.memory_from_val(&inputs[0]) else {
        say!(out, "nothing: {:?}", plugin.memory_get_val::<String>(&inputs[0])?);
        outputs[0] = Val::I64(0);
        return Ok(());
    };
    say!(out, "{} {} {}", handle.len(), handle.is_empty(), handle.offset() == handle.offset);
    say!(out, "{}", plugin.memory_handle(handle.offset()) == Some(handle));
    say!(out, "{} {}", plugin.memory_length(handle.offset)?, plugin.memory_length_unsafe(handle.offset)?);
    say!(out, "{}", plugin.memory_str(handle)?);
    say!(out, "{:?}", plugin.memory_bytes(handle)?);
    plugin.memory_str_mut(handle)?.make_ascii_uppercase();
    say!(out, "{}", plugin.memory_get::<String>(handle)?);
    let part = MemoryHandle { offset: handle.offset + 1, length: 3 };
    say!(out, "{}", plugin.memory_str(part)?);
    say!(out, "{:?} {:?}", plugin.memory_handle(0), plugin.memory_handle(handle.offset + 1));
    say!(out, "{:?} {:?}", plugin.memory_from_val(&Val::I64(0)), plugin.memory_from_val(&Val::I32(1)));
    say!(out, "{} {}", plugin.memory_length(0)?, plugin.memory_length(handle.offset + 1)?);
    say!(out, "{:?} {:?}", plugin.memory_new("")?, plugin.memory_alloc(0)?);
    let block = plugin.memory_alloc(4)?;
    plugin.memory_bytes_mut(block)?.copy_from_slice(b"abcd");
    let value = plugin.memory_to_val(block);
    say!(out, "{:?}", plugin.memory_get_val::<&str>(&value)?);
    plugin.memory_free(block)?;
    say!(out, "{}", plugin.memory_length(block.offset)?);
    let id = plugin.id().to_string();
    let error = plugin.memory_get_val::<String>(&Val::I64(3)).unwrap_err().to_string();
    say!(out, "{}", error.replace(&id, "ID"));
    say!(out, "{:?}", plugin.get_error());
    say!(out, "{:?}", plugin.vars());
    plugin.vars_mut().insert(handle.len().to_string(), b"v".to_vec());
    say!(out, "{:?} {:?}", plugin.vars(), plugin.manifest().config);
    say!(out, "{}", plugin.time_remaining().is_some_and(|left| left.as_secs() > 50));
    plugin.memory_set_val(&mut outputs[0], format!("{} bytes", handle.len()))
}
