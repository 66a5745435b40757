// What is said to cargo, and what it answers.
import * as path from 'node:path';
import type { RustDiagnostic } from './problems';

/** The attribute "cargo" of a launch configuration. */
export interface CargoSettings {
  args: string[];
  cwd?: string;
  env?: Record<string, string | null>;
  filter?: Filter;
}

/** Chooses among what was built. */
export interface Filter {
  name?: string;
  kind?: string;
}

/** Reads the attribute, which may be a list of arguments alone. Throws what is wrong with it. */
export function cargoSettings(given: unknown): CargoSettings {
  const value = Array.isArray(given) ? { args: given } : given;
  if (typeof value !== 'object' || value === null) throw new Error('"cargo" is {"args": ["build"]} or a list of arguments');
  const { args = ['build'], cwd, env, filter, ...rest } = value as Record<string, unknown>;
  const unknown = Object.keys(rest);
  if (unknown.length > 0) throw new Error(`"cargo" has no attribute "${unknown[0]}"; it has args, cwd, env and filter`);
  if (!isStrings(args)) throw new Error('"args" of "cargo" is a list of strings: ["build", "--bin", "name"]');
  if (cwd !== undefined && typeof cwd !== 'string') throw new Error('"cwd" of "cargo" is a folder');
  if (env !== undefined && (typeof env !== 'object' || env === null)) throw new Error('"env" of "cargo" is {"NAME": "value"}');
  if (filter !== undefined && (typeof filter !== 'object' || filter === null)) throw new Error('"filter" of "cargo" is {"name": "…", "kind": "bin"}');
  return { args: args.length > 0 ? args : ['build'], cwd, env: env as CargoSettings['env'], filter: filter as Filter | undefined };
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string');
}

/** What to run, and what stood behind "--", which is meant for the program. */
export interface Command {
  args: string[];
  programArgs: string[];
}

/**
 * Makes the arguments that build without running, and report in JSON. `run` becomes `build`, tests and benches are not run.
 * With a target, it is added unless the arguments name one.
 */
export function command(args: string[], target?: string): Command {
  const end = args.indexOf('--');
  const programArgs = end < 0 ? [] : args.slice(end + 1);
  const own = end < 0 ? [...args] : args.slice(0, end);
  const at = own.findIndex(a => !a.startsWith('-') && !a.startsWith('+'));
  const verb = at < 0 ? 'build' : own[at];
  if (at < 0) own.push('build');
  if (verb === 'run' || verb === 'r') own[at] = 'build';
  if (isTest(own) && !own.includes('--no-run')) own.push('--no-run');
  if (target && !namesTarget(own)) own.push('--target', target);
  if (!own.some(a => a === '--message-format' || a.startsWith('--message-format='))) own.push('--message-format=json');
  return { args: own, programArgs };
}

/** Whether the arguments make tests or benches. */
export function isTest(args: string[]): boolean {
  return args.some(a => a === 'test' || a === 't' || a === 'bench');
}

export function namesTarget(args: string[]): boolean {
  return args.some(a => a === '--target' || a.startsWith('--target='));
}

/** The target that a .cargo/config.toml sets for builds, if it does. */
export function configuredTarget(toml: string): string | undefined {
  let section = '';
  for (const line of toml.split('\n')) {
    const header = /^\s*\[([^\]]*)\]/.exec(line);
    if (header) section = header[1].trim();
    const key = /^\s*([\w.]+)\s*=\s*["']([^"']+)["']/.exec(line);
    if (key && (section ? `${section}.${key[1]}` : key[1]) === 'build.target') return key[2];
  }
  return undefined;
}

/** Chooses the WASI target that this Rust knows: wasm32-wasip1, which Rust before 1.78 called wasm32-wasi. */
export function wasiTarget(targetList: string): string {
  const names = targetList.split(/\s+/);
  return names.includes('wasm32-wasip1') || !names.includes('wasm32-wasi') ? 'wasm32-wasip1' : 'wasm32-wasi';
}

/** A module that cargo has made. */
export interface Artifact {
  file: string;
  name: string;
  kind: string;
  test: boolean;
  debugInfo: boolean;
}

/** What one build gave. */
export interface Outcome {
  artifacts: Artifact[];
  success: boolean | undefined;
}

/** Cargo's messages: https://doc.rust-lang.org/cargo/reference/external-tools.html */
interface CargoMessage {
  reason: string;
  success?: boolean;
  message?: RustDiagnostic;
  target?: { name: string; kind: string[]; crate_types?: string[] };
  profile?: { test?: boolean; debuginfo?: number | string | null };
  executable?: string | null;
  filenames?: string[];
}

/** Reads cargo's output as it comes. */
export class CargoOutput {
  readonly outcome: Outcome = { artifacts: [], success: undefined };
  private rest = '';

  constructor(
    private readonly onDiagnostic: (d: RustDiagnostic) => void,
    private readonly onText: (line: string) => void,
  ) {}

  push(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.line(line);
  }

  end(): Outcome {
    if (this.rest) this.line(this.rest);
    this.rest = '';
    return this.outcome;
  }

  private line(line: string): void {
    if (line.trim() === '') return;
    let m: CargoMessage;
    try {
      m = JSON.parse(line) as CargoMessage;
    } catch {
      this.onText(line); // build scripts and macros may print what they like
      return;
    }
    switch (m.reason) {
      case 'compiler-message':
        if (m.message) this.onDiagnostic(m.message);
        break;
      case 'compiler-artifact':
        this.artifact(m);
        break;
      case 'build-finished':
        this.outcome.success = m.success;
        break;
      case undefined:
        this.onText(line);
        break;
    }
  }

  private artifact(m: CargoMessage): void {
    const target = m.target;
    if (!target) return;
    const file = m.executable ?? (target.kind.includes('cdylib') ? m.filenames?.find(f => f.endsWith('.wasm')) : undefined);
    if (!file) return;
    const level = m.profile?.debuginfo;
    this.outcome.artifacts.push({
      file,
      name: target.name,
      kind: target.kind.includes('bin') ? 'bin' : target.kind[0] ?? '',
      test: m.profile?.test ?? false,
      debugInfo: level !== undefined && level !== null && level !== 0 && level !== '0' && level !== 'none',
    });
  }
}

/** Returns the artifacts that are WebAssembly and match the filter. Programs win over libraries. */
export function choose(artifacts: Artifact[], filter: Filter = {}): Artifact[] {
  const match = artifacts.filter(a => path.extname(a.file) === '.wasm' && (!filter.name || a.name === filter.name) && (!filter.kind || a.kind === filter.kind));
  const programs = match.filter(a => a.kind !== 'cdylib');
  const list = programs.length > 0 ? programs : match;
  return list.filter((a, i) => list.findIndex(b => b.file === a.file) === i);
}

/** Says why nothing was chosen. */
export function nothingChosen(artifacts: Artifact[], filter: Filter = {}): string {
  if (artifacts.length === 0) return 'Cargo built no program: name one by --bin, --example or --test, or make the library a cdylib.';
  const wasm = artifacts.filter(a => path.extname(a.file) === '.wasm');
  if (wasm.length === 0) return `Cargo built ${path.basename(artifacts[0].file)}, which is no WebAssembly: use the target wasm32-wasip1.`;
  const wanted = [filter.kind, filter.name].filter(Boolean).join(' ');
  return `Cargo built no ${wanted}, but ${wasm.map(a => `${a.kind} ${a.name}`).join(', ')}.`;
}
