// "Debug" above main and above each test of a Rust file.
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ConfigurationProvider } from './configuration';
import { choicesFor, configuration } from './manifest';
import { modulePath, runnables, type Runnable } from './rusttests';

export class LensProvider implements vscode.CodeLensProvider {
  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (document.uri.scheme !== 'file' || !vscode.workspace.getConfiguration('sphex', document.uri).get<boolean>('codeLens')) return [];
    return runnables(document.getText()).map(
      r => new vscode.CodeLens(new vscode.Range(r.line, 0, r.line, 0), { title: '$(debug-alt) Debug in WebAssembly', command: 'sphex.debugRunnable', arguments: [document.uri, r] }),
    );
  }
}

/** Debugs one test, or the program, that a file holds. */
export async function debugRunnable(provider: ConfigurationProvider, uri: vscode.Uri, r: Runnable): Promise<void> {
  const file = uri.fsPath;
  const list = await provider.choices(path.dirname(file));
  const choice = choicesFor(list, file).find(c => c.test === (r.kind === 'test'));
  if (!choice) {
    void vscode.window.showErrorMessage(`${path.basename(file)} belongs to no ${r.kind === 'test' ? 'tests' : 'program'} of a Cargo package.`);
    return;
  }
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const config = configuration(choice, folder?.uri.fsPath) as vscode.DebugConfiguration;
  if (r.kind === 'test') {
    const name = [...modulePath(file, choice.root), r.name].join('::');
    config.name = `Debug ${name}`;
    config.args = [name, '--exact', '--nocapture'];
  }
  await vscode.debug.startDebugging(folder, config);
}
