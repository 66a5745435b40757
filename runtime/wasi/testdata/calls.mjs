// Makes the calls of calls.json in node's WASI, in the directory that is its argument, and prints what they answer.
import { openSync, readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const here = new URL(".", import.meta.url);
const steps = JSON.parse(readFileSync(new URL("calls.json", here)));
const nothing = openSync("/dev/null", "r+");
const wasi = new WASI({ version: "preview1", args: ["program"], env: { A: "1" }, preopens: { "/": process.argv[2] }, stdin: nothing, stdout: nothing });
const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(new URL("calls.wasm", here))), wasi.getImportObject());
wasi.initialize(instance);
const memory = () => Buffer.from(instance.exports.memory.buffer);
const vars = {};
// The arguments of 64 bits.
const WIDE = {
  clock_time_get: [1], fd_advise: [1, 2], fd_allocate: [1, 2], fd_fdstat_set_rights: [1, 2], fd_filestat_set_size: [1], fd_filestat_set_times: [1, 2],
  fd_pread: [3], fd_pwrite: [3], fd_readdir: [3], fd_seek: [1], path_filestat_set_times: [4, 5], path_open: [5, 6],
};
const answers = steps.map((s) => {
  for (const p of s.Poke ?? []) {
    memory().write(p.Hex, p.At, "hex");
  }
  const wide = WIDE[s.Name] ?? [];
  const args = (s.Args ?? []).map((a, i) => {
    const v = a[0] === "$" ? vars[a.slice(1)] ?? 0 : a;
    return wide.includes(i) ? BigInt(v) : Number(BigInt.asIntN(32, BigInt(v)));
  });
  const Errno = instance.exports[s.Name](...args);
  if (Errno === 0 && s.Assign) {
    vars[s.Assign] = memory().readUInt32LE(s.AssignAt);
  }
  return { Errno, Show: (s.Show ?? []).map(([at, n]) => memory().toString("hex", at, at + n)) };
});
console.log(JSON.stringify(answers));
