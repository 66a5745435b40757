// Finds sphex, checks that it is one, and says what to do when it is not there.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as fs from 'node:fs';
import * as vscode from 'vscode';
import { findProgram } from './programs';

const run = promisify(execFile);

/** A failure that has been shown to the user already. */
export class Told extends Error {}

const checked = new Map<string, string>(); // path and time of change -> version

/** Returns the path of sphex. Throws Told when there is none that works. */
export async function findSphex(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<string> {
  const wanted = vscode.workspace.getConfiguration('sphex').get<string>('path')?.trim() || 'sphex';
  const program = findProgram(wanted);
  if (!program) {
    const text = wanted === 'sphex' ? 'Sphex is not installed: there is no "sphex" on PATH.' : `There is no program at ${wanted}, which the setting sphex.path names.`;
    return tell(context, text);
  }
  const key = `${program} ${fs.statSync(program).mtimeMs}`;
  if (!checked.has(key)) {
    try {
      const { stdout } = await run(program, ['version'], { timeout: 60000 });
      const version = /^sphex (\S+)/.exec(stdout)?.[1];
      if (!version) throw new Error(`it answers ${JSON.stringify(stdout.slice(0, 80))}`);
      checked.set(key, version);
      log.info(`${program} is sphex ${version}`);
    } catch (e) {
      return tell(context, `${program} is no Sphex that works: ${(e as Error).message.trim()}`);
    }
  }
  return program;
}

async function tell(context: vscode.ExtensionContext, text: string): Promise<never> {
  const settings = 'Open Settings';
  const install = 'How to Install';
  void vscode.window.showErrorMessage(text, install, settings).then(async choice => {
    if (choice === settings) await vscode.commands.executeCommand('workbench.action.openSettings', 'sphex.path');
    if (choice === install) await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.joinPath(context.extensionUri, 'README.md').with({ fragment: 'install' }));
  });
  throw new Told(text);
}
