// Launch configurations: those that are offered, those for F5 without launch.json, and what is missing in given ones.
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Builder, Built } from './build';
import { cargoSettings } from './cargo';
import { choices, configuration, obvious, type Choice } from './manifest';
import { withProgram } from './resolve';
import { Told } from './sphex';

export class ConfigurationProvider implements vscode.DebugConfigurationProvider {
  constructor(
    private readonly builder: Builder,
    private readonly log: vscode.LogOutputChannel,
    private readonly findSphex: () => Promise<string>,
  ) {}

  /** For launch.json, and for the list of configurations beside it. */
  async provideDebugConfigurations(folder?: vscode.WorkspaceFolder): Promise<vscode.DebugConfiguration[]> {
    const list = await this.choices(folder?.uri.fsPath ?? activeFolder());
    if (list.length > 0) return list.map(c => configuration(c, folder?.uri.fsPath));
    const modules = await findModules(folder);
    if (modules.length > 0) return modules.map(m => moduleConfiguration(m, folder));
    return [{ type: 'sphex', request: 'launch', name: 'Debug a module', program: '${workspaceFolder}/app.wasm', args: [], cwd: '${workspaceFolder}' }];
  }

  /** F5 without launch.json gives an empty configuration: make the one that is meant. */
  async resolveDebugConfiguration(folder: vscode.WorkspaceFolder | undefined, config: vscode.DebugConfiguration): Promise<vscode.DebugConfiguration | undefined> {
    try {
      if (!config.type && !config.request && !config.name) {
        const made = await this.meant(folder);
        return made && { ...made, noDebug: config.noDebug };
      }
      config.request ??= 'launch';
      config.name ||= 'Sphex';
      return config;
    } catch (e) {
      return this.stop(e);
    }
  }

  /**
   * Builds with cargo. What is missing is said here, where nothing has begun: VS Code's own dialogue for a session that
   * does not start has no room for advice.
   */
  async resolveDebugConfigurationWithSubstitutedVariables(folder: vscode.WorkspaceFolder | undefined, config: vscode.DebugConfiguration): Promise<vscode.DebugConfiguration | undefined> {
    try {
      if (config.debugServer === undefined) await this.findSphex();
      if (config.request !== 'launch') return config;
      if (config.cargo !== undefined) return withProgram(config, await this.build(config, folder));
      if (typeof config.program !== 'string' || config.program === '') {
        throw this.complain('The launch configuration needs "program", the path of a .wasm module, or "cargo", what to build.');
      }
      const base = typeof config.cwd === 'string' ? config.cwd : folder?.uri.fsPath;
      const program = base ? path.resolve(base, config.program) : config.program;
      if (!fs.existsSync(program)) throw this.complain(`There is no ${program}: build the program first, or let "cargo" or a "preLaunchTask" do it.`);
      return { ...config, program };
    } catch (e) {
      return this.stop(e);
    }
  }

  /** Builds what a configuration's "cargo" says. */
  build(config: vscode.DebugConfiguration, folder?: vscode.WorkspaceFolder): Promise<Built> {
    let settings;
    try {
      settings = cargoSettings(config.cargo);
    } catch (e) {
      throw this.complain((e as Error).message);
    }
    const base = folder?.uri.fsPath ?? activeFolder() ?? process.cwd();
    return this.builder.build(settings, path.resolve(base, settings.cwd ?? config.cwd ?? '.'));
  }

  /** What a person means who presses F5: the program of the file that is open, or one that is chosen. */
  private async meant(folder?: vscode.WorkspaceFolder): Promise<vscode.DebugConfiguration | undefined> {
    const document = vscode.window.activeTextEditor?.document;
    const file = document?.uri.scheme === 'file' ? document.uri.fsPath : undefined;
    const root = folder?.uri.fsPath ?? activeFolder();
    const list = await this.choices(file ? path.dirname(file) : root);
    if (list.length > 0) {
      const choice = obvious(list, file) ?? (await pick(list));
      return choice && configuration(choice, root);
    }
    const modules = await findModules(folder);
    if (modules.length === 0) throw this.complain('There is nothing to debug here: no Cargo package, and no .wasm file. Build one with debug information (-g), or write a launch.json.');
    const module = modules.length === 1 ? modules[0] : await pickModule(modules);
    return module && moduleConfiguration(module, folder);
  }

  async choices(dir: string | undefined): Promise<Choice[]> {
    const metadata = dir ? await this.builder.metadata(dir) : undefined;
    return metadata ? choices(metadata) : [];
  }

  private complain(text: string): Told {
    const edit = 'Open launch.json';
    void vscode.window.showErrorMessage(text, edit).then(choice => choice && vscode.commands.executeCommand('workbench.action.debug.configure'));
    return new Told(text);
  }

  /** undefined stops the start without another word. */
  private stop(e: unknown): undefined {
    if (!(e instanceof Told)) void vscode.window.showErrorMessage(`Sphex: ${(e as Error).message}`);
    this.log.error((e as Error).message);
    return undefined;
  }
}

function activeFolder(): string | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  if (uri?.scheme === 'file') return vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? path.dirname(uri.fsPath);
  return vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
}

async function findModules(folder?: vscode.WorkspaceFolder): Promise<vscode.Uri[]> {
  const pattern = folder ? new vscode.RelativePattern(folder, '**/*.wasm') : '**/*.wasm';
  const found = await vscode.workspace.findFiles(pattern, '**/{node_modules,deps,.git}/**', 50);
  return found.sort((a, b) => a.fsPath.length - b.fsPath.length || a.fsPath.localeCompare(b.fsPath));
}

export function moduleConfiguration(module: vscode.Uri, folder?: vscode.WorkspaceFolder): vscode.DebugConfiguration {
  const inside = folder && module.fsPath.startsWith(folder.uri.fsPath + path.sep);
  return {
    type: 'sphex',
    request: 'launch',
    name: `Debug ${path.basename(module.fsPath)}`,
    program: inside ? '${workspaceFolder}/' + path.relative(folder.uri.fsPath, module.fsPath) : module.fsPath,
    args: [],
    cwd: inside ? '${workspaceFolder}' : path.dirname(module.fsPath),
  };
}

async function pick(list: Choice[]): Promise<Choice | undefined> {
  const chosen = await vscode.window.showQuickPick(list.map(c => ({ label: c.label, description: `cargo ${c.args.join(' ')}`, c })), { placeHolder: 'What to debug?' });
  return chosen?.c;
}

async function pickModule(list: vscode.Uri[]): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showQuickPick(list.map(uri => ({ label: vscode.workspace.asRelativePath(uri), uri })), { placeHolder: 'Which module to debug?' });
  return chosen?.uri;
}
