// One run of a job in node: what the others are compared with.
import { openSync, readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const job = JSON.parse(process.env.BIGPROGRAMS_JOB);
const cpu = () => { const u = process.cpuUsage(); return (u.user + u.system) * 1000; };
const wasi = new WASI({ version: "preview1", args: job.Args, preopens: job.Dirs, stdout: openSync(process.env.BIGPROGRAMS_STDOUT, "w"), returnOnExit: true });
const start = cpu();
const module = new WebAssembly.Module(readFileSync(job.Module));
const compiled = cpu();
const imports = { ...wasi.getImportObject() };
for (const { module: m, name, kind } of WebAssembly.Module.imports(module)) {
  if (kind === "function" && !imports[m]?.[name]) {
    (imports[m] ??= {})[name] = () => 0;
  }
}
const instance = new WebAssembly.Instance(module, imports);
const x = instance.exports;
if (!job.Ruby) {
  const status = wasi.start(instance);
  if (status) {
    throw new Error(`exit status ${status}`);
  }
} else {
  wasi.initialize(instance);
  const text = (s) => {
    const b = new TextEncoder().encode(s);
    const p = x.cabi_realloc(0, 0, 1, b.length);
    new Uint8Array(x.memory.buffer).set(b, p);
    return [p, b.length];
  };
  const args = ["ruby.wasm", "-EUTF-8", "-e_=0"];
  const list = x.cabi_realloc(0, 0, 4, 8 * args.length);
  args.forEach((a, i) => {
    const [p, n] = text(a);
    const view = new DataView(x.memory.buffer);
    view.setUint32(list + 8 * i, p, true);
    view.setUint32(list + 8 * i + 4, n, true);
  });
  x["ruby-init: func(args: list<string>) -> ()"](list, args.length);
  const evaluate = x["rb-eval-string-protect: func(str: string) -> tuple<handle<rb-abi-value>, s32>"];
  const result = evaluate(...text(job.Ruby));
  const state = new DataView(x.memory.buffer).getInt32(result + 4, true);
  if (state) {
    throw new Error(`the Ruby code ended with state ${state}`);
  }
  evaluate(...text("$stdout.flush"));
}
console.log(JSON.stringify({ Compile: Math.round(compiled - start), Run: Math.round(cpu() - compiled) }));
