// Drives a real VS Code: code-server, with the packed extension installed, in Debian's chromium.
import { once } from 'node:events';
import { spawn, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const codeServer = path.join(here, 'node_modules/code-server/out/node/entry.js');

/** How long what must come may take, in milliseconds: the machine may be slow and busy. */
const patience = 180000;

const settings = {
  'workbench.startupEditor': 'none', 'workbench.tips.enabled': false, 'workbench.enableExperiments': false,
  'workbench.colorTheme': 'Default Dark Modern',
  'security.workspace.trust.enabled': false, 'extensions.autoCheckUpdates': false, 'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true, 'telemetry.telemetryLevel': 'off', 'update.mode': 'none',
  'chat.commandCenter.enabled': false, 'window.commandCenter': false, 'git.enabled': false,
  'debug.toolBarLocation': 'docked', 'debug.openDebug': 'openOnDebugBreak', 'debug.internalConsoleOptions': 'openOnSessionStart',
  'files.watcherExclude': { '**/target/**': true }, 'editor.minimap.enabled': false, 'editor.hover.delay': 100,
  'breadcrumbs.enabled': false, 'editor.renderWhitespace': 'none', 'editor.occurrencesHighlight': 'off', 'editor.stickyScroll.enabled': false,
};

function freePort() {
  return new Promise(resolve => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Where the browser is: Debian's own program, since its wrapper script writes to the terminal. */
function browser() {
  return [process.env.CHROMIUM, '/usr/lib/chromium/chromium', '/usr/bin/chromium'].find(p => p && fs.existsSync(p));
}

export class VSCode {
  /** Starts with a folder and a file open. `vsix` is installed first. */
  static async start({ folder, file, vsix, more = {}, env = {} }) {
    const v = new VSCode();
    v.tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'vscode-'));
    const data = path.join(v.tmp, 'data'), extensions = path.join(v.tmp, 'extensions');
    fs.mkdirSync(path.join(data, 'User'), { recursive: true });
    fs.mkdirSync(path.join(data, 'Machine'));
    fs.writeFileSync(path.join(data, 'User/settings.json'), JSON.stringify(settings));
    fs.writeFileSync(path.join(data, 'Machine/settings.json'), JSON.stringify(more)); // where paths of programs belong
    v.env = { ...process.env, HOME: v.tmp, XDG_CONFIG_HOME: path.join(v.tmp, 'config'), XDG_DATA_HOME: path.join(v.tmp, 'share'), XDG_CACHE_HOME: path.join(v.tmp, 'cache'), ...env };
    const common = ['--config', '/dev/null', '--user-data-dir', data, '--extensions-dir', extensions];
    execFileSync(process.execPath, [codeServer, ...common, '--install-extension', vsix], { env: v.env, stdio: 'pipe' });
    const port = await freePort();
    v.log = path.join(v.tmp, 'server.log');
    const log = fs.openSync(v.log, 'w');
    v.server = spawn(process.execPath, [codeServer, ...common, '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`,
      '--disable-telemetry', '--disable-update-check', '--disable-workspace-trust', '--disable-getting-started-override', folder],
      { env: v.env, stdio: ['ignore', log, log], detached: true });
    await v.until('code-server', async () => {
      if (v.server.exitCode !== null) throw new Error(fs.readFileSync(v.log, 'utf8'));
      return (await fetch(`http://127.0.0.1:${port}/healthz`)).ok;
    });
    v.browser = await chromium.launch({ executablePath: browser(), headless: true, timeout: patience,
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'] });
    v.page = await (await v.browser.newContext({ viewport: { width: 1400, height: 1200 } })).newPage();
    v.page.setDefaultTimeout(patience);
    v.authority = `127.0.0.1:${port}`;
    // With another authority the file would be opened as a second document, whose breakpoints are not the program's.
    const payload = JSON.stringify([['openFile', `vscode-remote://${v.authority}${file}`]]);
    await v.page.goto(`http://${v.authority}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(payload)}`);
    await v.page.waitForSelector(`.tab[data-resource-name="${path.basename(file)}"]`);
    await v.page.waitForSelector('.monaco-editor .view-lines .view-line');
    return v;
  }

  async close() {
    await this.browser?.close();
    if (this.server && this.server.exitCode === null && this.server.signalCode === null) {
      const ended = once(this.server, 'exit');
      try { process.kill(-this.server.pid, 'SIGKILL'); } catch { /* it has gone */ }
      await ended;
    }
    await remove(this.tmp);
  }

  /** The extension's log, for the report of a failure. */
  extensionLog() {
    const files = fs.readdirSync(path.join(this.tmp, 'data/logs'), { recursive: true }).filter(f => /Sphex\.log$/.test(f));
    return files.map(f => fs.readFileSync(path.join(this.tmp, 'data/logs', f), 'utf8')).join('\n');
  }

  /** Waits until a function gives something true, and returns it. What it throws is an answer, too: not yet. */
  async until(what, get, timeout = patience) {
    const end = Date.now() + timeout;
    for (let last; ; await pause(100)) {
      try {
        last = await get();
        if (last) return last;
      } catch (e) { last = e; }
      if (Date.now() > end) throw new Error(`${what}: not in time${last instanceof Error ? ': ' + last.message : ''}`);
    }
  }

  async palette(command) {
    await this.choose('F1', '>' + command, command);
  }

  /** Opens a quick pick by a key, types a text into it, and takes a row when that is the selected one. */
  async choose(key, text, row) {
    const input = await this.quickPick(key, text, async () => {
      await this.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: row }).first().waitFor({ timeout: 5000 });
    });
    await this.page.keyboard.press('Enter');
    await this.until(`${row} chosen`, async () => !await input.isVisible() || await input.inputValue() !== text);
  }

  /** Opens a quick pick and types into it, again when something else has taken the focus, which closes it. */
  async quickPick(key, text, ready = () => {}) {
    const input = this.page.locator('.quick-input-widget input.input');
    await this.until(`${key} ${text}`, async () => {
      if (!await input.isVisible()) await this.page.keyboard.press(key);
      await input.waitFor({ timeout: 5000 });
      await input.fill(text, { timeout: 5000 });
      await ready();
      return true;
    });
    return input;
  }

  /** Opens a file at a line through the quick pick of files. */
  async goto(line) {
    await this.focusEditor();
    const input = await this.quickPick('Control+g', `:${line}`);
    await this.page.keyboard.press('Enter');
    await input.waitFor({ state: 'hidden' });
    await this.page.locator('.editor-instance .margin-view-overlays .active-line-number', { hasText: new RegExp(`^${line}$`) }).first().waitFor();
    await this.steady(() => this.margin(line)); // it may be scrolled to
  }

  /** Waits until a function gives the same twice with some frames of the page between. */
  async steady(get) {
    let last;
    await this.until('rest', async () => {
      const before = last;
      last = JSON.stringify(await get());
      return last === before;
    });
  }

  async focusEditor() {
    await this.palette('View: Focus First Editor Group');
  }

  async open(name) {
    await this.choose('Control+p', name, path.basename(name));
    await this.page.waitForSelector(`.tab.active[data-resource-name="${path.basename(name)}"]`);
  }

  /** The box of the margin beside a line that is in view. */
  async margin(line) {
    const number = this.page.locator('.editor-instance .margin-view-overlays .line-numbers', { hasText: new RegExp(`^${line}$`) }).first();
    const box = await number.boundingBox();
    return { x: box.x - 10, y: box.y + box.height / 2 };
  }

  /** Clicks into the margin beside a line until a breakpoint is there: the language may not be known yet. A click that is
      late in its effect would be undone by the next, so each waits longer than the one before. */
  async clickBreakpoint(line) {
    await this.goto(line);
    const glyphs = this.page.locator('.editor-instance .glyph-margin-widgets [class*="codicon-debug-"][class*="breakpoint"]:not([class*="hint"])');
    const before = await glyphs.count();
    const { x, y } = await this.margin(line);
    for (let wait = 2000; wait < patience; wait *= 2) {
      await this.page.mouse.click(x, y);
      await this.page.mouse.move(x + 200, y); // its hint is a glyph, too
      try {
        return await this.until(`a breakpoint in line ${line}`, async () => await glyphs.count() > before, wait);
      } catch { /* once more */ }
    }
    throw new Error(`no breakpoint in line ${line}`);
  }

  /** Adds a log point to a line through the margin's menu. */
  async logPoint(line, message) {
    await this.goto(line);
    const { x, y } = await this.margin(line);
    await this.page.mouse.click(x, y, { button: 'right' });
    await this.menu('Add Logpoint...');
    const input = this.page.locator('.breakpoint-widget .monaco-editor');
    await this.until('the message typed', async () => { // what comes before the focus is lost
      await input.click();
      await this.page.keyboard.press('Control+a');
      await this.page.keyboard.type(message);
      await pause(200); // it is done again otherwise
      return (await input.locator('.view-lines').innerText()).replace(/\u00a0/g, ' ').trim() === message;
    });
    await this.page.keyboard.press('Enter');
    await this.page.waitForSelector('.glyph-margin-widgets [class*="codicon-debug-breakpoint-log"]');
  }

  async menu(label) {
    const item = this.page.locator('.context-view .action-item, .monaco-menu .action-item').filter({ hasText: label }).first();
    await item.waitFor();
    await item.hover();
    await item.click();
  }

  /** Waits for the next stop, with the program's line marked, and returns the stack, of so many frames at least, and the reason. */
  async stopped({ file, line, reason, depth = 1 }) {
    return this.until(`a stop at ${file}:${line} ${reason ?? ''}`, async () => {
      const trouble = await this.page.locator('.monaco-dialog-box .dialog-message-text').allTextContents();
      if (trouble.length > 0) throw new Error('VS Code says: ' + trouble[0]);
      const frames = await this.frames();
      const state = await this.state();
      const marked = await this.page.locator('.monaco-editor .debug-top-stack-frame-line, .monaco-editor .debug-focused-stack-frame-line').count();
      const top = frames.find(f => f.file?.split('/').pop() === file); // two files of one name are shown with their folders
      return marked > 0 && frames.length >= depth && top?.line === line && (!reason || state.includes(reason)) && { frames, state };
    });
  }

  frames() {
    return this.page.$$eval('.debug-call-stack .monaco-list-row .stack-frame', rows => rows.map(r => ({
      name: r.querySelector('.label')?.textContent, file: r.querySelector('.file-name')?.textContent, line: parseInt(r.querySelector('.line-number')?.textContent),
    })));
  }

  /** What the call stack says of the program: "Paused on breakpoint". */
  async state() {
    return (await this.page.locator('.pane-header', { hasText: /^Call Stack/i }).allInnerTexts()).join(' ');
  }

  async selectFrame(name) {
    const row = this.page.locator('.debug-call-stack .monaco-list-row', { has: this.page.locator('.stack-frame', { hasText: name }) }).first();
    await row.click();
    await this.until(`the frame ${name}`, async () => /\b(focused|selected)\b/.test(await row.getAttribute('class')));
  }

  /** The rows of the Variables view, or of the Watch view, as {name: value}. */
  async values(view = '.debug-variables') {
    const labels = await this.page.$$eval(`${view} .monaco-list-row[aria-label]`, rows => rows.map(r => r.getAttribute('aria-label')));
    return Object.fromEntries(labels.map(l => l.split(/, value /)).filter(p => p.length === 2));
  }

  row(name, view = '.debug-variables') {
    return this.page.locator(`${view} .monaco-list-row[aria-label^="${name}, value"]`).first();
  }

  /** Opens a row of Variables, or a scope, unless it is open. */
  async expand(name) {
    const row = this.row(name).or(this.page.locator(`.debug-variables .monaco-list-row[aria-label="Scope ${name}"]`)).first();
    await this.until(`${name} opened`, async () => { // again when the view was made anew meanwhile
      if (await row.getAttribute('aria-expanded') === 'true') return true;
      await row.locator('.monaco-tl-twistie').click();
      return this.until('', async () => await row.getAttribute('aria-expanded') === 'true', 5000);
    });
  }

  /** Opens rows of Variables, one in the other, until what is there passes a test, and returns that. What comes late may close them again. */
  async opened(names, test) {
    return this.until(names.join(), async () => {
      for (const name of names) await this.expand(name);
      const all = await this.values();
      return test(all) && all;
    });
  }

  async setValue(name, value) {
    await this.row(name).dblclick();
    const input = this.page.locator('.debug-variables .inputBoxContainer input, .debug-variables .monaco-inputbox input').first();
    await input.waitFor();
    await input.fill(value);
    await input.press('Enter');
    await this.until(`${name} set`, async () => (await this.values())[name] === value);
  }

  /** Adds a watch and waits until its label, "EXPRESSION, value VALUE", is as wanted. */
  async watch(expression, want) {
    const header = this.page.locator('.pane-header', { hasText: /^Watch/i }).first();
    await header.hover();
    await header.locator('[aria-label^="Add Expression"]').click();
    const input = this.page.locator('.debug-watch input, .debug-viewlet .monaco-inputbox input').first();
    await input.waitFor();
    await input.fill(expression);
    await input.press('Enter');
    return this.until(`the watch ${expression}`, async () => (await this.page.$$eval('.debug-watch .monaco-list-row, .pane .monaco-list-row', rows => rows.map(r => r.getAttribute('aria-label') ?? '')))
      .find(l => l.startsWith(expression + ', value') && want.test(l)));
  }

  /** Points at a word of a line in the editor and waits until the hover shows what is wanted. */
  async hover(line, word, want) {
    await this.goto(line);
    const y = (await this.margin(line)).y;
    const spans = this.page.locator('.editor-instance .monaco-editor .view-line span span');
    for (let i = 0, n = await spans.count(); i < n; i++) {
      const span = spans.nth(i);
      const [text, box] = [await span.textContent(), await span.boundingBox()];
      const at = text.search(new RegExp(`\\b${word}\\b`));
      if (!box || Math.abs(box.y + box.height / 2 - y) > box.height / 2 || at < 0) continue;
      const widget = this.page.locator('.debug-hover-widget');
      return this.until(`the hover over ${word}`, async () => {
        await this.page.mouse.move(box.x + box.width * (at + word.length / 2) / text.length, y);
        await widget.locator('.value').first().waitFor({ timeout: 5000 }).catch(async e => {
          await this.page.mouse.move(box.x, y - 100);
          throw e;
        });
        return want.test(await widget.innerText());
      });
    }
    throw new Error(`there is no ${word} in line ${line}`);
  }

  async focusConsole() {
    await this.palette('Debug Console: Focus on Debug Console View');
    await this.page.locator('.repl .repl-input-wrapper .monaco-editor').first().click();
  }

  /** Types a line into the console and waits until what comes of it is as wanted. */
  async console(text, want) {
    await this.focusConsole();
    const line = this.page.locator('.repl .repl-input-wrapper .view-lines').first();
    const typed = async () => (await line.innerText()).replace(/\u00a0/g, ' ').trim();
    await this.page.keyboard.insertText(text);
    await this.until(`${text} in the console`, async () => await typed() === text);
    await this.page.keyboard.press('Escape'); // what is proposed
    await this.until(`${text} taken`, async () => {
      if (await typed() === text) await this.page.keyboard.press('Enter');
      return await typed() === '';
    });
    await this.consoleSays(want, text);
  }

  /** Waits until the console's text matches, behind the last place of another. */
  async consoleSays(want, behind = '') {
    await this.until(`${want} in the console`, async () => {
      const all = await this.consoleText();
      const text = behind ? all.split(behind).slice(1).pop() ?? '' : all;
      if (want.test(text)) return true;
      throw new Error(text);
    });
  }

  async consoleText() {
    return (await this.page.locator('.repl .monaco-list-row').allInnerTexts()).join('\n').replace(/\u00a0/g, ' ');
  }

  /** Types into the console and waits until all of some names are suggested. */
  async complete(text, names) {
    await this.focusConsole();
    await this.page.keyboard.type(text, { delay: 40 });
    const rows = this.page.locator('.repl .suggest-widget .monaco-list-row .label-name');
    await this.until(`the completions ${names}`, async () => {
      const list = await rows.allTextContents();
      if (list.length === 0) await this.page.keyboard.press('Control+Space');
      if (names.every(n => list.includes(n))) return true;
      throw new Error(JSON.stringify(list));
    });
    await this.page.keyboard.press('Escape');
    await this.page.keyboard.press('Control+a');
    await this.page.keyboard.press('Delete');
  }

  /** Starts a configuration of launch.json by its name. */
  async launch(name) {
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first();
    await this.until(`the configuration ${name}`, async () => { // a file that was just written may not be known yet
      await this.page.keyboard.press('Escape');
      await this.palette('Debug: Select and Start Debugging');
      await row.waitFor({ timeout: 5000 });
      return true;
    });
    await row.click();
  }

  /** The text of the editor that shows a document of that name, without what is out of sight. */
  async editorText(name) {
    const lines = await this.page.$$eval('.editor-instance .view-line', rows => rows.map(r => [parseInt(r.style.top), r.textContent, r.closest('.editor-group-container')?.querySelector('.tab.active')?.getAttribute('data-resource-name')]));
    return lines.filter(l => l[2]?.includes(name)).sort((x, y) => x[0] - y[0]).map(l => l[1].replace(/\u00a0/g, ' ')).join('\n');
  }

  async notifications() {
    return this.page.locator('.notifications-toasts .notification-list-item-message').allTextContents();
  }

  /** Waits until no program is debugged: the Run and Debug view, which must be open, offers no stop. */
  async ended() {
    await this.until('the end of the session', async () => {
      const running = () => this.page.locator('.sidebar .codicon-debug-stop, .sidebar .codicon-debug-continue, .sidebar .codicon-debug-pause').count();
      if (await running() > 0) return false;
      await pause(400); // a session that begins anew comes back
      return await running() === 0;
    });
  }

  async key(keys) {
    await this.page.keyboard.press(keys);
  }
}

const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

/** Removes a folder, into which processes that are ending may still write. */
export async function remove(folder) {
  for (let i = 0; i < 100; i++, await pause(100)) {
    try { return fs.rmSync(folder, { recursive: true, force: true }); } catch { /* not yet */ }
  }
}
