import { test } from 'node:test';
import assert from 'node:assert/strict';
import { choices, choicesFor, configuration, obvious, type Metadata } from '../src/manifest';
import { withProgram } from '../src/resolve';

const shop: Metadata = {
  workspace_root: '/w/shop',
  packages: [{
    name: 'shop', manifest_path: '/w/shop/Cargo.toml',
    targets: [
      { name: 'shop', kind: ['lib'], crate_types: ['lib'], src_path: '/w/shop/src/lib.rs', test: true },
      { name: 'shop', kind: ['bin'], crate_types: ['bin'], src_path: '/w/shop/src/main.rs', test: true },
      { name: 'tool', kind: ['bin'], crate_types: ['bin'], src_path: '/w/shop/src/bin/tool.rs', test: true },
      { name: 'demo', kind: ['example'], crate_types: ['bin'], src_path: '/w/shop/examples/demo.rs', test: false },
      { name: 'day', kind: ['test'], crate_types: ['bin'], src_path: '/w/shop/tests/day.rs', test: true },
      { name: 'build-script-build', kind: ['custom-build'], crate_types: ['bin'], src_path: '/w/shop/build.rs', test: false },
    ],
  }],
};

test('a package offers its programs first, then examples and tests', () => {
  assert.deepEqual(choices(shop).map(c => c.label), [
    'Debug shop', 'Debug tool', 'Debug example demo', 'Debug tests of library shop', 'Debug test day', 'Debug tests of shop', 'Debug tests of tool',
  ]);
});

test('F5 takes the program of the file that is open', () => {
  const list = choices(shop);
  const taken = (file?: string) => obvious(list, file)?.args.join(' ');
  assert.equal(taken('/w/shop/src/main.rs'), 'build --bin shop');
  assert.equal(taken('/w/shop/src/lib.rs'), 'build --bin shop');
  assert.equal(taken('/w/shop/src/deep/module.rs'), 'build --bin shop');
  assert.equal(taken('/w/shop/src/bin/tool.rs'), 'build --bin tool');
  assert.equal(taken('/w/shop/examples/demo.rs'), 'build --example demo');
  assert.equal(taken('/w/shop/tests/day.rs'), 'test --test day');
  assert.equal(taken('/w/shop/Cargo.toml'), undefined, 'there are two programs');
  assert.equal(obvious(choices({ ...shop, packages: [{ ...shop.packages[0], targets: [shop.packages[0].targets[0]] }] }), '/w/shop/src/lib.rs')?.args.join(' '), 'test --lib');
  assert.deepEqual(choicesFor(list, '/elsewhere/main.rs'), []);
});

test('a workspace names the package', () => {
  const two: Metadata = { workspace_root: '/w', packages: [shop.packages[0], { name: 'plug', manifest_path: '/w/plug/Cargo.toml', targets: [{ name: 'plug', kind: ['cdylib'], src_path: '/w/plug/src/lib.rs' }] }] };
  const plug = choices(two).find(c => c.filter.kind === 'cdylib');
  assert.deepEqual(plug?.args, ['build', '--lib', '--package', 'plug']);
  assert.equal(plug?.label, 'Debug library plug (plug)');
});

test('a configuration has paths of the workspace', () => {
  const c = choices(shop)[0];
  assert.deepEqual(configuration(c, '/w/shop'), {
    type: 'sphex', request: 'launch', name: 'Debug shop', cargo: { args: ['build', '--bin', 'shop'], filter: { name: 'shop', kind: 'bin' } }, args: [], cwd: '${workspaceFolder}',
  });
  assert.equal(configuration(c, '/w').cwd, '${workspaceFolder}/shop');
  assert.equal(configuration(c, '/other').cwd, '/w/shop');
});

test('what was built gets into the configuration', () => {
  const built = { artifact: { file: '/t/shop.wasm', name: 'shop', kind: 'bin', test: false, debugInfo: true }, programArgs: ['from', 'cargo'], test: false };
  const cargo = ['build'];
  assert.deepEqual(withProgram({ cargo, args: ['own'] }, built), { cargo, program: '/t/shop.wasm', args: ['from', 'cargo', 'own'] });
  assert.deepEqual(withProgram({ cargo, program: '/host.wasm', args: ['${cargo:program}'], env: { A: 'x=${cargo:program}' } }, { ...built, programArgs: [] }), {
    cargo, program: '/host.wasm', args: ['/t/shop.wasm'], env: { A: 'x=/t/shop.wasm' },
  });
});
