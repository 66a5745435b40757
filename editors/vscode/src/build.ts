// Builds with cargo: progress in the window, the compiler's messages as problems, its text in the log.
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { CargoOutput, choose, command, configuredTarget, isTest, namesTarget, nothingChosen, wasiTarget, type Artifact, type CargoSettings } from './cargo';
import { failure, missingTarget, problem, type Problem } from './problems';
import { findProgram } from './programs';
import { Told } from './sphex';
import type { Metadata } from './manifest';

const run = promisify(execFile);

export interface Built {
  artifact: Artifact;
  programArgs: string[];
  test: boolean;
}

export class Builder implements vscode.Disposable {
  private readonly diagnostics = vscode.languages.createDiagnosticCollection('sphex');

  constructor(private readonly log: vscode.LogOutputChannel) {}

  dispose(): void {
    this.diagnostics.dispose();
  }

  /** Returns what cargo knows of the packages around a folder; undefined if there are none. Throws Told without cargo. */
  async metadata(dir: string): Promise<Metadata | undefined> {
    try {
      const { stdout } = await run(this.cargo(), ['metadata', '--no-deps', '--format-version', '1'], { cwd: dir, maxBuffer: 64 << 20, timeout: 60000 });
      return JSON.parse(stdout) as Metadata;
    } catch (e) {
      if (e instanceof Told) throw e;
      this.log.info(`no Cargo package around ${dir}: ${(e as Error).message}`);
      return undefined;
    }
  }

  private cargo(): string {
    const wanted = vscode.workspace.getConfiguration('sphex').get<string>('cargo')?.trim() || 'cargo';
    const program = findProgram(wanted);
    if (program) return program;
    throw told(`There is no "${wanted}": install Rust from https://rustup.rs, or set sphex.cargo.`);
  }

  /** Builds and returns the module that was asked for. Throws Told, or Cancelled without a word. */
  async build(settings: CargoSettings, cwd: string): Promise<Built> {
    const env = environment(settings.env);
    const target = await this.target(settings.args, cwd, env);
    const { args, programArgs } = command(settings.args, target);
    const root = (await this.metadata(cwd))?.workspace_root ?? cwd;
    const artifacts = await this.run(args, cwd, root, env);
    const found = choose(artifacts, settings.filter);
    if (found.length === 0) throw this.fail(nothingChosen(artifacts, settings.filter));
    const artifact = found.length === 1 ? found[0] : await pick(found);
    if (!artifact.debugInfo) this.adviseDebugInfo(settings.args);
    return { artifact, programArgs, test: isTest(args) };
  }

  /** The target to build for; undefined when something else chooses it. */
  private async target(args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
    if (namesTarget(args) || env.CARGO_BUILD_TARGET) return undefined;
    for (let dir = cwd; ; dir = path.dirname(dir)) {
      for (const name of ['.cargo/config.toml', '.cargo/config']) {
        const text = await fs.readFile(path.join(dir, name), 'utf8').catch(() => '');
        if (configuredTarget(text)?.startsWith('wasm')) return undefined;
      }
      if (dir === path.dirname(dir)) break;
    }
    const rustc = findProgram(env.RUSTC || 'rustc', env);
    if (!rustc) return 'wasm32-wasip1';
    try {
      return wasiTarget((await run(rustc, ['--print', 'target-list'], { cwd, env, timeout: 60000 })).stdout);
    } catch {
      return 'wasm32-wasip1';
    }
  }

  private run(args: string[], cwd: string, root: string, env: NodeJS.ProcessEnv): Promise<Artifact[]> {
    const cargo = this.cargo();
    this.log.info(`${cwd}$ ${cargo} ${args.join(' ')}`);
    return Promise.resolve(
      vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: 'Cargo', cancellable: true }, (progress, cancel) => {
        return new Promise<Artifact[]>((resolve, reject) => {
          const problems: Problem[] = [];
          let lacks: string | undefined;
          let end = ''; // of what cargo has to say
          const output = new CargoOutput(
            d => {
              const p = problem(d, root);
              if (p) problems.push(p);
              lacks ??= missingTarget(d);
              if (d.rendered) this.log.append(d.rendered);
            },
            line => this.log.appendLine(line),
          );
          const child = spawn(cargo, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
          cancel.onCancellationRequested(() => child.kill());
          child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
          child.stderr.setEncoding('utf8').on('data', (text: string) => {
            this.log.append(text);
            for (const line of text.split(/[\r\n]+/)) {
              const step = /^\s*(Compiling|Checking|Downloading|Updating|Blocking|Building|Finished)\b.*/.exec(line);
              if (step) progress.report({ message: step[0].trim() });
            }
            end = (end + text).slice(-8192);
          });
          child.on('error', e => reject(this.fail(`Cargo could not be started: ${e.message}`)));
          child.on('close', code => {
            this.show(problems);
            const { artifacts } = output.end();
            if (cancel.isCancellationRequested) reject(new Told('cancelled'));
            else if (code === 0) resolve(artifacts);
            else if (lacks) reject(this.adviseTarget(lacks, cwd));
            else reject(this.failBuild(problems, failure(end)));
          });
        });
      }),
    );
  }

  private show(problems: Problem[]): void {
    this.diagnostics.clear();
    const byFile = new Map<string, vscode.Diagnostic[]>();
    for (const p of problems) {
      const d = new vscode.Diagnostic(range(p), p.message, severity[p.severity]);
      d.source = 'cargo';
      if (p.code) {
        d.code = /^E\d+$/.test(p.code) ? { value: p.code, target: vscode.Uri.parse(`https://doc.rust-lang.org/error_codes/${p.code}.html`) } : p.code;
      }
      d.relatedInformation = p.related.map(r => new vscode.DiagnosticRelatedInformation(new vscode.Location(vscode.Uri.file(r.file), range(r)), r.message));
      byFile.set(p.file, [...(byFile.get(p.file) ?? []), d]);
    }
    for (const [file, list] of byFile) this.diagnostics.set(vscode.Uri.file(file), list);
  }

  private failBuild(problems: Problem[], why: string): Told {
    const n = problems.filter(p => p.severity === 'error').length;
    if (n === 0) return this.fail(`Cargo failed: ${why || 'the log says why'}`);
    void vscode.commands.executeCommand('workbench.panel.markers.view.focus');
    return this.fail(`Cargo found ${n} ${n === 1 ? 'error' : 'errors'}.`, 'Show Problems', () => vscode.commands.executeCommand('workbench.panel.markers.view.focus'));
  }

  private adviseTarget(target: string, cwd: string): Told {
    return this.fail(`Rust's library for ${target} is not installed.`, 'Install It', () => {
      const terminal = vscode.window.createTerminal({ name: `rustup target add ${target}`, cwd });
      terminal.show();
      terminal.sendText(`rustup target add ${target}`);
    });
  }

  private adviseDebugInfo(args: string[]): void {
    const at = args.indexOf('--profile');
    const profile = args.includes('--release') || args.includes('-r') ? 'release' : at >= 0 ? args[at + 1] : args[0] === 'bench' ? 'bench' : 'dev';
    void vscode.window.showWarningMessage(`The profile "${profile}" makes no debug information: variables and lines are missing. Put debug = true under [profile.${profile}] in Cargo.toml.`);
  }

  /** Shows what went wrong, with a button for the log and perhaps one more. */
  private fail(text: string, button?: string, action?: () => unknown): Told {
    const log = 'Show Log';
    void vscode.window.showErrorMessage(text, ...(button ? [button, log] : [log])).then(choice => {
      if (choice === log) this.log.show();
      else if (choice) action?.();
    });
    return new Told(text);
  }
}

const severity = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

function range(p: { startLine: number; startColumn: number; endLine: number; endColumn: number }): vscode.Range {
  return new vscode.Range(p.startLine, p.startColumn, p.endLine, p.endColumn);
}

function told(text: string): Told {
  void vscode.window.showErrorMessage(text);
  return new Told(text);
}

async function pick(found: Artifact[]): Promise<Artifact> {
  const chosen = await vscode.window.showQuickPick(
    found.map(artifact => ({ label: artifact.name, description: `${artifact.test ? 'tests of ' : ''}${artifact.kind}`, artifact })),
    { placeHolder: 'Cargo built several modules: which one?' },
  );
  if (!chosen) throw new Told('cancelled');
  return chosen.artifact;
}

/** The environment of cargo: ours with changes, where null unsets. */
function environment(changes: CargoSettings['env']): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const [name, value] of Object.entries(changes ?? {})) {
    if (value === null) delete env[name];
    else env[name] = value;
  }
  return env;
}
