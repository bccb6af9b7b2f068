// A guest by the PDK for AssemblyScript, with the exports of all the `pdk_*` guests: ../README.md says what they do.
// This PDK never frees a block. It has no names for errors and HTTP, so these are taken from its imports.
import { Config, Host, LogLevel, Memory, Var } from "@extism/as-pdk";
import { error_set, http_request, length } from "@extism/as-pdk/lib/env";

@external("extism:host/env", "http_status_code")
declare function http_status_code(): i32;
@external("extism:host/env", "http_headers")
declare function http_headers(): u64;

/** Called when an assertion fails: traps. Without it the compiler imports one from `env`. */
export function trap(
  _message: string | null,
  _file: string | null,
  _line: u32,
  _column: u32,
): void {
  unreachable();
}

class Answer {
  constructor(
    public body: Memory,
    public status: i32,
    public headers: string,
  ) {}

  /** A header's value; those of these tests hold no quotes. */
  header(name: string): string {
    const key = `"${name}":"`;
    const start = this.headers.indexOf(key);
    if (start < 0) {
      return "none";
    }
    const from = start + key.length;
    return this.headers.substring(from, this.headers.indexOf('"', from));
  }
}

function found(offset: u64): Memory {
  return new Memory(offset, length(offset));
}

function send(method: string, url: string, visitor: string, body: string): Answer {
  const meta = `{"url":"${url}","method":"${method}","headers":{"x-visitor":"${visitor}"}}`;
  const request = Memory.allocateString(meta);
  const data = body.length > 0 ? Memory.allocateString(body).offset : 0;
  const answer = http_request(request.offset, data);
  const status = http_status_code();
  return new Answer(found(answer), status, found(http_headers()).toString());
}

function orNone(value: string | null): string {
  return value === null ? "none" : value;
}

function variable(key: string): string {
  return orNone(Var.getString(key));
}

function setVariable(key: string, value: string): void {
  Var.set(key, Uint8Array.wrap(String.UTF8.encode(value)));
}

function output(text: string): void {
  Host.outputMemory(Memory.allocateString(text));
}

export function report(): i32 {
  const url = Host.inputString();
  const greeting = orNone(Config.get("greeting"));
  const before = Var.getString("visitors");
  const visitors = (before === null ? 1 : i32.parse(before) + 1).toString();
  setVariable("visitors", visitors);
  Host.log(LogLevel.Info, "visitor " + visitors);
  const answer = send("POST", url, visitors, greeting + " " + visitors);
  Host.log(LogLevel.Debug, "status " + answer.status.toString());
  const after = variable("visitors");
  const body = answer.body.toString();
  Host.log(LogLevel.Warn, "done with " + after);
  const text =
    `greeting=${greeting}\nvisitors=${after}\nstatus=${answer.status}` +
    `\nx-answer=${answer.header("x-answer")}\ntype=${answer.header("content-type")}\nbody=${body}`;
  if (answer.status >= 400) {
    error_set(Memory.allocateString(text).offset);
    return answer.status / 100;
  }
  output(text);
  return 0;
}

export function forward(): i32 {
  const answer = send("GET", Host.inputString(), "f", "");
  Host.log(
    LogLevel.Info,
    "a line as long as it takes to fill the place of the request that was given back, or of its headers",
  );
  Host.log(LogLevel.Info, "short");
  setVariable("forwarded", answer.status.toString());
  Host.log(LogLevel.Info, "forwarded " + variable("forwarded"));
  Host.outputMemory(answer.body);
  return 0;
}

export function settings(): i32 {
  const keys = Host.inputString().split("\n");
  let text = "";
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < keys.length; i++) {
      text += `${keys[i]}=${orNone(Config.get(keys[i]))}\n`;
      Host.log(LogLevel.Debug, "read " + keys[i]);
    }
  }
  output(text);
  return 0;
}

export function remember(): i32 {
  const lines = Host.inputString().split("\n");
  let text = "";
  for (let i = 0; i < lines.length; i++) {
    const at = lines[i].indexOf("=");
    if (at < 0) {
      text += `${lines[i]}=${variable(lines[i])}\n`;
    } else if (at + 1 == lines[i].length) {
      Var.remove(lines[i].substring(0, at));
    } else {
      setVariable(lines[i].substring(0, at), lines[i].substring(at + 1));
    }
  }
  output(text);
  return 0;
}

export function refuse(): i32 {
  const text = Host.inputString();
  const greeting = orNone(Config.get("greeting"));
  setVariable("refused", text);
  output("not seen");
  Host.log(LogLevel.Warn, "about to refuse " + text);
  error_set(Memory.allocateString(`${greeting} refused: ${text}`).offset);
  return 3;
}

export function stop(): i32 {
  const text = Host.inputString();
  setVariable("stopped", text);
  Host.log(LogLevel.Error, "stops: " + text);
  unreachable();
  return 1;
}
