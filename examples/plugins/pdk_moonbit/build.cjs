// Compiles main.mbt with MoonBit's compiler as it runs in browsers: node build.cjs FOLDER OUTPUT, where FOLDER is the
// unpacked npm package `@moonbit/moonpad-monaco`. That holds the compiler, and the sources of the core library inside
// of a script; of these, what WebAssembly needs is compiled first.
const fs = require("fs");
const path = require("path");
const zlib = require("zlib");

const [folder, output] = process.argv.slice(2);
const EXPORTS = ["report", "forward", "settings", "remember", "refuse", "stop"];
const CORE = "moonbitlang/core";

// The compiler is a worker, which offers its functions by messages: here they are wanted as they are.
function compiler() {
  const worker = fs.readFileSync(path.join(folder, "dist/moonc-worker.js"), "utf8");
  const commonjs = worker.replace(/\w+\((\w+)\);\s*(\/\*\*[^/]*@license[^/]*\*\/\s*)?$/, "module.exports = $1;");
  const module = { exports: {} };
  new Function("module", "exports", "require", commonjs)(module, module.exports, require);
  return module.exports;
}

// The files of the core library, by their names.
function library() {
  const script = fs.readFileSync(path.join(folder, "dist/moonpad-monaco.js"), "utf8");
  const texts = new Map();
  for (const [, name, text] of script.matchAll(/(?<![\w$.])([\w$]+) = [\w$]+\("([\w+/=]{8,})"\)/g)) {
    texts.set(name, text);
  }
  const files = new Map();
  for (const [, file, name] of script.matchAll(/\w\["(\/lib\/core\/[^"]+)"\] = ([\w$]+);/g)) {
    let bytes = Buffer.from(texts.get(name) ?? "", "base64");
    while (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = zlib.gunzipSync(bytes);
    files.set(file, bytes);
  }
  return files;
}

const moonc = compiler();
const files = library();
const packages = JSON.parse(files.get("/lib/core/_build/packages.json")).packages;
const shared = { indirectImportMiFiles: [], target: "wasm", isMain: false, errorFormat: "human", enableValueTracing: false, noOpt: false };

function build(options) {
  const built = moonc.buildPackage({ ...shared, ...options });
  if (!built.core) throw new Error(built.diagnostics.join("\n"));
  return built;
}

function core(name, miFiles) {
  const sources = Object.entries(packages.find((each) => each.rel === name).files);
  const used = sources.filter(([, when]) => when.backend.includes("Wasm") && when.optlevel.includes("Release"));
  const mbtFiles = used.map(([file]) => [file, files.get(file.replace("moonbit-core:", "")).toString()]);
  const pkg = `${CORE}/${name}`;
  return build({ mbtFiles, miFiles, stdMiFiles: [], pkg, pkgSources: [`${pkg}:moonbit-core:/lib/core/${name}`] });
}

const abort = core("abort", []);
const builtin = core("builtin", [["/lib/core/abort:abort", abort.mi]]);
// The interfaces of the other packages are the same for all targets; of their code, nothing is used.
const stdMiFiles = packages.flatMap(({ rel }) => {
  const compiled = { abort, builtin }[rel]?.mi;
  const bundled = files.get(`/lib/core/_build/js/release/bundle/${rel}/${rel.split("/").at(-1)}.mi`);
  const mi = compiled ?? (bundled && new Uint8Array(bundled));
  return mi ? [[`/lib/core/${rel}:${rel}`, mi]] : [];
});
const mbtFiles = [["main.mbt", fs.readFileSync(path.join(__dirname, "main.mbt"), "utf8")]];
const guest = build({ mbtFiles, miFiles: [], stdMiFiles, pkg: "pdk_moonbit", pkgSources: ["pdk_moonbit:pdk_moonbit:/"] });
const linked = moonc.linkCore({
  coreFiles: [abort.core, builtin.core, guest.core],
  main: "pdk_moonbit",
  pkgSources: ["pdk_moonbit:pdk_moonbit:/", `${CORE}:moonbit-core:/lib/core`],
  target: "wasm",
  exportedFunctions: EXPORTS,
  outputFormat: "wasm",
  testMode: false,
  // With the functions' names.
  debug: true,
  noOpt: false,
  sourceMap: false,
  sources: {},
  stopOnMain: false,
});
fs.writeFileSync(output, linked.result);
