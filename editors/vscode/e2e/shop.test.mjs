// A person's way through a Rust project in VS Code. Its steps build on each other.
//   SPHEX, CARGO: the programs; RUSTC when it is not on PATH; SHOTS: a folder for screenshots; MILLISECONDS: how long it may take
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { VSCode, remove } from './vscode.mjs';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const shots = process.env.SHOTS ?? path.join(here, 'shots');

test('a Rust project', { timeout: Number(process.env.MILLISECONDS ?? 1e6) }, async t => {
  const folder = path.join(fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'project-'))), 'shop');
  fs.cpSync(path.join(here, '../../../examples/shop'), folder, { recursive: true, filter: f => !/[/\\]target$/.test(f) });
  const programs = path.join(here, '../../../testdata/programs');
  fs.copyFileSync(path.join(programs, 'c_trap/c_trap-O0-dw5.wasm'), path.join(folder, 'trap.wasm'));
  fs.copyFileSync(path.join(programs, 'c_trap/main.c'), path.join(folder, 'main.c'));
  fs.copyFileSync(path.join(programs, 'c_endless/c_endless-O0.wasm'), path.join(folder, 'endless.wasm'));
  let launch; // the configurations of launch.json
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
    await remove(path.dirname(folder));
  });
  fs.mkdirSync(shots, { recursive: true });
  const shot = (name, height) => v.page.screenshot({ path: path.join(shots, name + '.png'), clip: height && { x: 0, y: 0, width: 1400, height } });
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
    const { frames, state } = await v.stopped({ file: 'lib.rs', line: inlined, depth: 3 });
    assert.match(state, /paused on breakpoint/i);
    assert.match(frames[0].name, /worth/);
    assert.match(frames[0].name, /inlined/, 'the inlined function is a frame of its own');
    assert.match(frames[1].name, /sell/);
    assert.equal(frames[1].line, lineOf(lib, 'worth(count, price);'));
    assert.ok(frames.some(f => /main/.test(f.name) && f.file === 'main.rs'), JSON.stringify(frames));
  });

  await step('a HashMap and an enum in Variables', async () => {
    await v.until('an argument of the inlined function', async () => (await v.values()).price === '250');
    await v.selectFrame('sell');
    const self = await v.opened(['self'], all => 'takings' in all);
    assert.equal(self.takings, '0');
    assert.match(self.shelves, /"tea": 38/);
    await v.opened(['self', 'shelves'], all => all['["tea"]'] === '38' && all['["cake"]'] === '12');
    const all = await v.opened(['self', 'history', '[0]'], all => all.item === '"tea"');
    assert.match(all['[0]'], /Delivered/);
    assert.equal(all.item, '"tea"');
  });

  await step('a watch and a hover', async () => {
    await v.watch('self.history.len() + 40', /value 42$/);
    await v.hover(lineOf(lib, 'worth(count, price);'), 'price', /250/);
    await shot('variables', 790);
  });

  await step('the console: a command, an expression, completions', async () => {
    await v.console('stack 2', /shop::Shop::sell/);
    await v.console('self.takings + 41', /^41$/m);
    await v.complete('self.', ['shelves', 'takings', 'history']);
  });

  await step('a value is changed, and the memory view shows it', async () => {
    await v.row('takings').click({ button: 'right' });
    await v.menu('View Memory');
    const memory = () => v.editorText('takings at');
    await v.until('the memory', async () => /^0*[0-9a-f]+ {2}00 00 00 00 /.test(await memory()));
    await v.setValue('takings', '1000');
    await v.until('the changed memory', async () => / {2}e8 03 00 00 /.test((await memory()).split('\n')[0]));
    await shot('memory');
    await v.page.locator('.tab[data-resource-name*="takings at"] .codicon-close').click();
  });

  await step('a data breakpoint stops where the value changes', async () => {
    await v.row('takings').click({ button: 'right' });
    await v.menu('Break on Value Change');
    await v.page.locator('.debug-breakpoints .monaco-list-row', { hasText: 'takings', has: v.page.locator('.codicon-debug-breakpoint-data') }).waitFor();
    await v.key('F5');
    const { frames, state } = await v.stopped({ file: 'lib.rs', line: lineOf(lib, 'worth(count, price);') + 1 });
    assert.match(frames[0].name, /sell/);
    assert.match(state, /takings changed from 1000 to 1500/);
    await v.opened(['self'], all => all.takings === '1500');
  });

  await step('the disassembly view', async () => {
    await v.palette('Open Disassembly View');
    const rows = () => v.page.locator('.disassembly-view .monaco-table-tr').allInnerTexts();
    await v.until('instructions', async () => (await rows()).filter(r => /\b(mov|call|jmp|cmp|add)/.test(r)).length > 10);
    await v.page.locator('.disassembly-view .codicon-debug-stackframe').first().waitFor();
    await v.until('source lines among them', async () => (await rows()).some(r => r.includes('worth(count, price)')));
    await shot('disassembly');
    await v.page.locator('.tab.active .codicon-close').click();
  });

  await step('a log point writes, and the program goes on with the value that was set', async () => {
    await v.palette('Remove All Breakpoints');
    await v.open('lib.rs');
    await v.logPoint(lineOf(lib, 'let sold'), 'sells {count} {item}');
    await v.key('F5');
    await v.ended();
    await v.consoleSays(/sells 2 "tea"[^]*sells 1 "cake"[^]*sells 1 "coffee"[^]*sells 3 "tea"/);
    await v.consoleSays(/2670 cents/);
    await v.palette('Remove All Breakpoints');
  });

  await step('a trap with its reason', async () => {
    fs.mkdirSync(path.join(folder, '.vscode'));
    launch = [
      { type: 'sphex', request: 'launch', name: 'broken label', cargo: { args: ['run', '--bin', 'shop', '--', 'broken'] }, cwd: '${workspaceFolder}' },
      { type: 'sphex', request: 'launch', name: 'shop', cargo: ['build', '--bin', 'shop'], cwd: '${workspaceFolder}' },
      { type: 'sphex', request: 'launch', name: 'core dump', program: 'trap.wasm', core: 'trap.core', cwd: '${workspaceFolder}' },
    ];
    fs.writeFileSync(path.join(folder, '.vscode/launch.json'), JSON.stringify({ version: '0.2.0', configurations: launch }));
    await v.launch('broken label');
    await v.stopped({ file: 'main.rs', line: read, reason: 'Trap' });
    const widget = v.page.locator('.exception-widget');
    await widget.waitFor();
    await v.until('the argument', async () => (await v.values()).number === '4294967280');
    await v.until('the reason', async () => /out of bounds memory access: load of 1 byte at 0xfffffff0[^]*shop::label/.test(await widget.innerText()));
    await shot('trap', 860);
  });

  await step('stop', async () => {
    await v.key('Shift+F5');
    await v.ended();
  });

  await step('restart builds what was changed', async () => {
    await v.open('main.rs');
    await v.clickBreakpoint(printed);
    await v.launch('shop');
    await v.stopped({ file: 'main.rs', line: printed });
    fs.writeFileSync(main, fs.readFileSync(main, 'utf8').replace('cents', 'pence'));
    await v.key('Control+Shift+F5');
    await v.consoleSays(/loaded again[^]*customers served/);
    await v.stopped({ file: 'main.rs', line: printed });
    await v.key('F5');
    await v.ended();
    await v.consoleSays(/1670 pence/);
  });

  await step('the compiler\'s errors are problems', async () => {
    fs.writeFileSync(main, fs.readFileSync(main, 'utf8').replace('let mut sold = 0;', 'let mut sold: u32 = "none";'));
    await v.launch('shop');
    await v.until('the notification', async () => (await v.notifications()).some(n => n.includes('Cargo found 1 error.')));
    const problem = v.page.locator('.markers-panel-container .monaco-list-row', { hasText: 'mismatched types' }).first();
    await problem.waitFor();
    await v.until('its code', async () => /E0308/.test(await problem.innerText()));
    await shot('problems');
    fs.writeFileSync(main, fs.readFileSync(main, 'utf8').replace('let mut sold: u32 = "none";', 'let mut sold = 0;'));
  });

  await step('a test by its lens', async () => {
    await v.open('lib.rs');
    await v.clickBreakpoint(lineOf(lib, 'assert_eq!(shop.takings, 500)'));
    const lenses = v.page.locator('.codelens-decoration a', { hasText: 'Debug in WebAssembly' });
    await v.until('two lenses', async () => await lenses.count() === 2);
    await lenses.first().click();
    const { frames } = await v.stopped({ file: 'lib.rs', line: lineOf(lib, 'assert_eq!(shop.takings, 500)'), reason: 'breakpoint' });
    assert.match(frames[0].name, /tests::sells_what_is_there/);
    await v.key('Shift+F5');
    await v.ended();
  });

  await step('a debugger that is killed leaves no session behind', async () => {
    await v.launch('shop');
    await v.stopped({ file: 'main.rs', line: printed + 1 });
    const command = pid => { try { return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8'); } catch { return ''; } };
    const [adapter] = await v.until('the end of the adapters of earlier sessions', () => {
      const adapters = fs.readdirSync('/proc').filter(pid => command(pid) === `${process.env.SPHEX}\0dap\0`);
      return adapters.length === 1 && adapters;
    });
    process.kill(Number(adapter), 'SIGKILL');
    await v.until('the notification', async () => (await v.notifications()).some(n => n.includes('sphex ended by SIGKILL')));
    await v.ended();
    await v.palette('Remove All Breakpoints');
  });

  await step('a module from the Explorer', async () => {
    await v.palette('View: Show Explorer');
    const row = v.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'trap.wasm' }).first();
    await row.click({ button: 'right' });
    await v.menu('Debug with Sphex');
    await v.consoleSays(/survived 3/);
    await v.palette('View: Show Run and Debug');
    await v.ended();
  });

  await step('a core dump', async () => {
    const sphex = spawnSync(process.env.SPHEX, ['run', '--coredump', path.join(folder, 'trap.core'), path.join(folder, 'trap.wasm'), 'oob']);
    assert.equal(sphex.status, 134);
    await v.launch('core dump');
    await v.stopped({ file: 'main.c', line: 16, depth: 2 });
    await v.key('Shift+F5');
    await v.ended();
  });

  await step('attach where nobody is says so', async () => {
    const configurations = [...launch, { type: 'sphex', request: 'attach', name: 'nobody there', address: '127.0.0.1:9' }];
    fs.writeFileSync(path.join(folder, '.vscode/launch.json'), JSON.stringify({ version: '0.2.0', configurations }));
    await v.launch('nobody there');
    const dialog = v.page.locator('.monaco-dialog-box', { hasText: 'nobody answers at 127.0.0.1:9' });
    await dialog.locator('.monaco-button', { hasText: 'Cancel' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await v.ended();
  });

  await step('attach to a program that runs, and let it go on', async () => {
    const host = spawn(process.env.SPHEX, ['run', '--debug-listen', '127.0.0.1:0', path.join(folder, 'endless.wasm')]);
    t.after(() => host.kill('SIGKILL'));
    let said = '';
    host.stderr.on('data', text => said += text);
    const port = await v.until('the address', () => /attach at 127\.0\.0\.1:(\d+)/.exec(said)?.[1]);
    const configurations = [...launch, { type: 'sphex', request: 'attach', name: 'running host', address: `127.0.0.1:${port}` }];
    fs.writeFileSync(path.join(folder, '.vscode/launch.json'), JSON.stringify({ version: '0.2.0', configurations }));
    await v.launch('running host');
    const pause = v.page.locator('.sidebar .codicon-debug-pause').first();
    await v.until('the stack', async () => {
      if (await pause.isVisible()) await pause.click({ timeout: 5000 }); // one before the threads are known does nothing
      return (await v.frames()).some(f => f.name === 'main');
    });
    await v.key('Shift+F5');
    await v.ended();
    assert.equal(host.exitCode, null, 'the program goes on');
    assert.equal(host.signalCode, null);
  });
});
