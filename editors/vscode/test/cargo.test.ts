import { test } from 'node:test';
import assert from 'node:assert/strict';
import { CargoOutput, cargoSettings, choose, command, configuredTarget, nothingChosen, wasiTarget, type Artifact } from '../src/cargo';
import type { RustDiagnostic } from '../src/problems';

test('arguments build without running, in JSON, for a target', () => {
  const json = '--message-format=json';
  const cases: [string[], string | undefined, string[], string[]][] = [
    [['build'], 'wasm32-wasip1', ['build', '--target', 'wasm32-wasip1', json], []],
    [['run', '--bin', 'shop', '--', 'broken', '--fast'], 'wasm32-wasip1', ['build', '--bin', 'shop', '--target', 'wasm32-wasip1', json], ['broken', '--fast']],
    [['test', '--lib'], undefined, ['test', '--lib', '--no-run', json], []],
    [['bench', '--no-run'], undefined, ['bench', '--no-run', json], []],
    [['+nightly', 'b', '--target=wasm32-wasi'], 'wasm32-wasip1', ['+nightly', 'b', '--target=wasm32-wasi', json], []],
    [['--release'], undefined, ['--release', 'build', json], []],
    [['build', '--message-format=json-diagnostic-rendered-ansi'], undefined, ['build', '--message-format=json-diagnostic-rendered-ansi'], []],
  ];
  for (const [given, target, args, programArgs] of cases) assert.deepEqual(command(given, target), { args, programArgs });
});

test('the attribute "cargo"', () => {
  assert.deepEqual(cargoSettings(['build', '--bin', 'a']).args, ['build', '--bin', 'a']);
  assert.deepEqual(cargoSettings({}).args, ['build']);
  assert.deepEqual(cargoSettings({ args: ['test'], filter: { kind: 'lib' } }).filter, { kind: 'lib' });
  for (const bad of ['build', 7, null, { args: 'build' }, { arg: [] }, { cwd: 1 }, { env: 'A=b' }, { filter: 'x' }]) assert.throws(() => cargoSettings(bad), /"cargo"/);
});

test('the target', () => {
  assert.equal(configuredTarget('[build]\ntarget = "wasm32-wasip1"\n'), 'wasm32-wasip1');
  assert.equal(configuredTarget("build.target = 'wasm32-wasi'"), 'wasm32-wasi');
  assert.equal(configuredTarget('[target.wasm32-wasip1]\nrunner = "sphex run"\n'), undefined);
  assert.equal(configuredTarget('[build]\n# target = "x"\n[unstable]\ntarget = "y"'), undefined);
  assert.equal(wasiTarget('wasm32-unknown-unknown\nwasm32-wasip1\nx86_64-unknown-linux-gnu'), 'wasm32-wasip1');
  assert.equal(wasiTarget('wasm32-unknown-unknown\nwasm32-wasi'), 'wasm32-wasi');
});

const messages = [
  { reason: 'compiler-artifact', target: { kind: ['lib'], crate_types: ['lib'], name: 'shop' }, profile: { debuginfo: 2, test: false }, filenames: ['/t/libshop.rlib'], executable: null },
  { reason: 'build-script-executed' },
  { reason: 'compiler-message', message: { message: 'unused', level: 'warning', code: null, spans: [], children: [], rendered: 'warning: unused' } },
  { reason: 'compiler-artifact', target: { kind: ['bin'], crate_types: ['bin'], name: 'shop' }, profile: { debuginfo: 2, test: false }, filenames: ['/t/shop.wasm'], executable: '/t/shop.wasm' },
  { reason: 'compiler-artifact', target: { kind: ['cdylib'], crate_types: ['cdylib'], name: 'plug' }, profile: { debuginfo: null, test: false }, filenames: ['/t/plug.wasm'], executable: null },
  { reason: 'build-finished', success: true },
];

test('the output of cargo in pieces', () => {
  const diagnostics: RustDiagnostic[] = [];
  const lines: string[] = [];
  const out = new CargoOutput(d => diagnostics.push(d), l => lines.push(l));
  const text = ['a proc macro prints this', ...messages.map(m => JSON.stringify(m))].join('\n');
  for (let i = 0; i < text.length; i += 7) out.push(text.slice(i, i + 7));
  const { artifacts, success } = out.end();
  assert.equal(success, true);
  assert.deepEqual(lines, ['a proc macro prints this']);
  assert.deepEqual(diagnostics.map(d => d.message), ['unused']);
  assert.deepEqual(artifacts, [
    { file: '/t/shop.wasm', name: 'shop', kind: 'bin', test: false, debugInfo: true },
    { file: '/t/plug.wasm', name: 'plug', kind: 'cdylib', test: false, debugInfo: false },
  ]);
});

test('what to debug of what was built', () => {
  const artifact = (name: string, kind: string, file = `/t/${name}.wasm`): Artifact => ({ file, name, kind, test: false, debugInfo: true });
  const list = [artifact('a', 'bin'), artifact('b', 'bin'), artifact('lib', 'cdylib'), artifact('native', 'bin', '/t/native')];
  assert.deepEqual(choose(list).map(a => a.name), ['a', 'b']);
  assert.deepEqual(choose(list, { name: 'b' }).map(a => a.name), ['b']);
  assert.deepEqual(choose(list, { kind: 'cdylib' }).map(a => a.name), ['lib']);
  assert.deepEqual(choose([list[2]]).map(a => a.name), ['lib']);
  assert.match(nothingChosen([]), /no program/);
  assert.match(nothingChosen([list[3]]), /native, which is no WebAssembly/);
  assert.match(nothingChosen(list, { kind: 'test', name: 'x' }), /no test x, but bin a, bin b, cdylib lib/);
});
