// A person's way through a Rust project in VS Code. Its steps build on each other.
//   SPHEX, CARGO: the programs; RUSTC when it is not on PATH; SHOTS: a folder for screenshots
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { VSCode, pause } from './vscode.mjs';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const shots = process.env.SHOTS ?? path.join(here, 'shots');

test('a Rust project', { timeout: 420000 }, async t => {
  const folder = path.join(fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'project-'))), 'shop');
  fs.cpSync(path.join(here, '../../../examples/shop'), folder, { recursive: true, filter: f => !/[/\\]target$/.test(f) });
  const lib = path.join(folder, 'src/lib.rs'), main = path.join(folder, 'src/main.rs');
  const lineOf = (file, text) => fs.readFileSync(file, 'utf8').split('\n').findIndex(l => l.includes(text)) + 1;
  const inlined = lineOf(lib, 'let sum = count * price');
  const pushed = lineOf(lib, 'self.history.push(event)');
  const printed = lineOf(main, 'cents');
  const read = lineOf(main, 'read_volatile');

  const v = await VSCode.start({
    folder, file: lib, vsix: path.join(here, '../sphex.vsix'),
    more: { 'sphex.path': process.env.SPHEX, 'sphex.cargo': process.env.CARGO, 'sphex.trace': true },
  });
  t.after(async () => {
    await v.close();
    fs.rmSync(path.dirname(folder), { recursive: true, force: true });
  });
  fs.mkdirSync(shots, { recursive: true });
  const shot = name => v.page.screenshot({ path: path.join(shots, name + '.png') });
  let failed = false;
  const step = async (name, run) => {
    if (failed) return;
    await t.test(name, async s => {
      try {
        await run(s);
      } catch (e) {
        failed = true;
        await shot('failed').catch(() => {});
        s.diagnostic(v.extensionLog().split('\n').slice(-60).map(l => l.slice(0, 400)).join('\n'));
        throw e;
      }
    });
  };

  await step('a breakpoint by a click, F5 without launch.json, cargo builds, the line is marked', async () => {
    await v.clickBreakpoint(inlined);
    await v.key('F5');
    const { frames, state } = await v.stopped({ file: 'lib.rs', line: inlined });
    assert.match(state, /paused on breakpoint/i);
    assert.match(frames[0].name, /worth/);
    assert.match(frames[0].name, /inlined/, 'the inlined function is a frame of its own');
    assert.match(frames[1].name, /sell/);
    assert.equal(frames[1].line, lineOf(lib, 'worth(count, price);'));
    assert.ok(frames.some(f => /main/.test(f.name) && f.file === 'main.rs'), JSON.stringify(frames));
  });

  await step('a HashMap and an enum in Variables', async () => {
    await v.expand('Arguments');
    await v.until('an argument of the inlined function', async () => (await v.values()).price === '250');
    await v.selectFrame('sell');
    await v.expand('Arguments');
    await v.expand('self');
    const self = await v.until('takings', async () => { const all = await v.values(); return 'takings' in all && all; });
    assert.equal(self.takings, '0');
    assert.match(self.shelves, /"tea": 38/);
    await v.expand('shelves');
    await v.until('the map', async () => { const all = await v.values(); return all['["tea"]'] === '38' && all['["cake"]'] === '12'; });
    await v.expand('history');
    await v.expand('[0]');
    const all = await v.until('the enum', async () => { const all = await v.values(); return 'count' in all && all; });
    assert.match(all['[0]'], /Delivered/);
    assert.equal(all.item, '"tea"');
  });

  await step('a watch and a hover', async () => {
    assert.match(await v.watch('self.history.len() + 40'), /value 42$/);
    assert.match(await v.hover(lineOf(lib, 'worth(count, price);'), 'price'), /250/);
    await shot('variables');
  });

  await step('the console: a command, an expression, a completion', async () => {
    assert.match(await v.console('stack 2'), /shop::Shop::sell/);
    assert.match(await v.console('self.takings + 1'), /\b1\b/);
    const list = await v.complete('self.');
    assert.ok(['shelves', 'takings', 'history'].every(f => list.some(l => l.includes(f))), JSON.stringify(list));
  });

  await step('a data breakpoint stops where the value changes', async () => {
    await v.row('takings').click({ button: 'right' });
    await v.menu('Break on Value Change');
    await v.key('F5');
    const { frames } = await v.stopped({ file: 'lib.rs', line: lineOf(lib, 'worth(count, price);') + 1, reason: 'data breakpoint' });
    assert.match(frames[0].name, /sell/);
  });
});
