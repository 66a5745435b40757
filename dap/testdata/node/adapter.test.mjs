// Drives `sphex dap` with the client that VS Code's own adapters are tested with.
//   SPHEX=path/to/sphex node --test
import { test } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { DebugClient } from '@vscode/debugadapter-testsupport';

const programs = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../../../testdata/programs');
const sphex = process.env.SPHEX;

async function session(run) {
  const dc = new DebugClient(sphex, 'dap', 'sphex');
  dc.defaultTimeout = 180000; // on a busy machine
  await dc.start();
  try { await run(dc); } finally { await dc.stop(); }
}

const locals = async (dc, frameId, name) => {
  const { body: { scopes } } = await dc.scopesRequest({ frameId });
  const { body: { variables } } = await dc.variablesRequest({ variablesReference: scopes.find(s => s.name === name).variablesReference });
  return Object.fromEntries(variables.map(v => [v.name, v]));
};

test('a Rust program stops at a line and shows its values', () => session(async dc => {
  const file = path.join(programs, 'orders/main.rs');
  await dc.hitBreakpoint({ program: path.join(programs, 'orders/orders.wasm') }, { path: file, line: 54 });
  const { body: { stackFrames: [top, caller] } } = await dc.stackTraceRequest({ threadId: 1 });
  assert.match(top.name, /take$/);
  assert.equal(caller.line, 75);
  const args = await locals(dc, top.id, 'Locals');
  const { body: { variables } } = await dc.variablesRequest({ variablesReference: args.order.variablesReference });
  const order = Object.fromEntries(variables.map(v => [v.name, v.value]));
  assert.equal(order.customer, '"Ada"');
  assert.equal(order.items, '["tea", "cake"]');
  assert.equal(order.discount, 'None');
  await Promise.all([dc.assertStoppedLocation('step', { path: file, line: 55 }), dc.nextRequest({ threadId: 1 })]);
  await dc.setBreakpointsRequest({ source: { path: file }, breakpoints: [] });
  await Promise.all([dc.waitForEvent('terminated'), dc.continueRequest({ threadId: 1 })]);
}));

test('output, exit code and end', () => session(async dc => {
  const out = [];
  dc.on('output', e => out.push(e.body.output));
  const exited = dc.waitForEvent('exited');
  await Promise.all([dc.configurationSequence(), dc.launch({ program: path.join(programs, 'c_trap/c_trap-O0-dw5.wasm'), args: ['exit'] }), dc.waitForEvent('terminated')]);
  assert.equal((await exited).body.exitCode, 7);
  assert.match(out.join(''), /mode exit local 6/);
}));

test('a trap stops at its line', () => session(async dc => {
  await Promise.all([dc.configurationSequence(), dc.launch({ program: path.join(programs, 'c_trap/c_trap-O0-dw5.wasm'), args: ['oob'] }),
    dc.assertStoppedLocation('exception', { path: path.join(programs, 'c_trap/main.c'), line: 16 })]);
}));

test('steps in C', () => session(async dc => {
  const file = path.join(programs, 'c_steps/main.c');
  await dc.hitBreakpoint({ program: path.join(programs, 'c_steps/c_steps-O0.wasm') }, { path: file, line: 54 });
  for (const [request, line] of [['stepIn', 22], ['stepOut', 54], ['next', 55]]) {
    await Promise.all([dc.waitForEvent('stopped'), dc[request + 'Request']({ threadId: 1 })]);
    const { body: { stackFrames: [f] } } = await dc.stackTraceRequest({ threadId: 1 });
    assert.equal(f.line, line, request);
  }
}));

test('an endless loop pauses, steps, goes on and is terminated', () => session(async dc => {
  const printed = dc.assertOutput('stdout', 'turning');
  await Promise.all([dc.configurationSequence(), dc.launch({ program: path.join(programs, 'c_endless/c_endless-O0.wasm') }), printed]);
  for (let i = 0; i < 3; i++) {
    const [stopped] = await Promise.all([dc.waitForEvent('stopped'), dc.pauseRequest({ threadId: 1 })]);
    assert.equal(stopped.body.reason, 'pause');
    const { body: { result } } = await dc.evaluateRequest({ expression: 'squares[70]', context: 'watch', frameId: 1 });
    assert.equal(result, '4900');
    await dc.continueRequest({ threadId: 1 });
  }
  await Promise.all([dc.waitForEvent('terminated'), dc.terminateRequest({})]);
}));

test('conditions, hit counts and log messages', () => session(async dc => {
  const file = path.join(programs, 'c_steps/main.c');
  const logged = dc.assertOutput('console', 'i is 0, total 0\ni is 1, total 0\ni is 2, total 1\n');
  await Promise.all([
    dc.waitForEvent('initialized').then(() => dc.setBreakpointsRequest({ source: { path: file }, breakpoints: [
      { line: 52, logMessage: 'i is {i}, total {total}' },
      { line: 30, condition: 'n == 2' },
      { line: 61, hitCondition: '>= 3' },
    ] })).then(({ body: { breakpoints } }) => {
      assert.deepEqual(breakpoints.map(b => [b.verified, b.line]), [[true, 52], [true, 30], [true, 61]]);
      return dc.configurationDoneRequest();
    }),
    dc.launch({ program: path.join(programs, 'c_steps/c_steps-O0.wasm') }),
    dc.assertStoppedLocation('breakpoint', { path: file, line: 30 }),
    logged,
  ]);
  const { body: { result } } = await dc.evaluateRequest({ expression: 'n', context: 'hover', frameId: 1 });
  assert.equal(result, '2');
  await Promise.all([dc.assertStoppedLocation('breakpoint', { path: file, line: 61 }), dc.continueRequest({ threadId: 1 })]);
  await dc.setBreakpointsRequest({ source: { path: file }, breakpoints: [] });
  await Promise.all([dc.waitForEvent('terminated'), dc.continueRequest({ threadId: 1 })]);
}));
