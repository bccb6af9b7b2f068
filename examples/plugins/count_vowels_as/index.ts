// `count_vowels` by another PDK, AssemblyScript's: the same export, config, var and report as the
// guest in Rust.
import { Config, Host, Var } from "@extism/as-pdk";

/** The vowels when the host configures none. */
const DEFAULT_VOWELS = "aeiouAEIOU";

/** Called when an assertion fails: traps. Without it the compiler imports one from `env`. */
export function trap(
  _message: string | null,
  _file: string | null,
  _line: u32,
  _column: u32,
): void {
  unreachable();
}

/** Text in, `{"count", "total", "vowels"}` out. */
export function count_vowels(): i32 {
  const configured = Config.get("vowels");
  const vowels = configured === null ? DEFAULT_VOWELS : configured;
  const text = Host.inputString();

  let count: u32 = 0;
  for (let i = 0; i < text.length; i++) {
    if (vowels.includes(text.charAt(i))) {
      count++;
    }
  }

  const total = readTotal() + count;
  writeTotal(total);

  const report = `{"count":${count},"total":${total},"vowels":"${escape(vowels)}"}`;
  // Not `outputString`, which takes the number of UTF-16 units for the number of bytes.
  Host.output(Uint8Array.wrap(String.UTF8.encode(report)));
  return 0;
}

/** The var `total`, four bytes, little endian; 0 when it is not set. */
function readTotal(): u32 {
  const bytes = Var.get("total");
  return bytes === null || bytes.length != 4 ? 0 : load<u32>(bytes.dataStart);
}

function writeTotal(total: u32): void {
  const bytes = new Uint8Array(4);
  store<u32>(bytes.dataStart, total);
  Var.set("total", bytes);
}

/** `text` as it stands between the quotes of a JSON string. */
function escape(text: string): string {
  let escaped = "";
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20) {
      escaped += "\\u" + unit.toString(16).padStart(4, "0");
    } else {
      if (unit == 0x22 || unit == 0x5c) {
        escaped += "\\";
      }
      escaped += text.charAt(i);
    }
  }
  return escaped;
}
