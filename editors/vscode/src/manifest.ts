// What a Cargo workspace offers for debugging, from `cargo metadata --no-deps`.
import * as path from 'node:path';

/** https://doc.rust-lang.org/cargo/commands/cargo-metadata.html */
export interface Metadata {
  workspace_root: string;
  packages: Package[];
}

export interface Package {
  name: string;
  manifest_path: string;
  targets: Target[];
}

export interface Target {
  name: string;
  kind: string[];
  crate_types?: string[];
  src_path: string;
  test?: boolean;
}

/** A thing that can be debugged. */
export interface Choice {
  label: string;
  args: string[];
  filter: { name: string; kind: string };
  cwd: string;
  /** The folder or file that the target's sources are in. */
  root: string;
  package: string;
  test: boolean;
}

/** Lists the choices in the order in which a person would want them: programs, examples, tests, benches. */
export function choices(metadata: Metadata): Choice[] {
  const list: Choice[] = [];
  const several = metadata.packages.length > 1;
  for (const p of metadata.packages) {
    const cwd = path.dirname(p.manifest_path);
    const of = several ? ['--package', p.name] : [];
    const add = (t: Target, verb: string, kind: string, flag: string[], label: string, test: boolean) =>
      list.push({
        label: several ? `${label} (${p.name})` : label,
        args: [verb, ...flag, ...of],
        filter: { name: t.name, kind },
        cwd,
        root: sourceRoot(t.src_path),
        package: p.name,
        test,
      });
    for (const t of p.targets) {
      if (t.kind.includes('bin')) {
        add(t, 'build', 'bin', ['--bin', t.name], `Debug ${t.name}`, false);
        if (t.test !== false) add(t, 'test', 'bin', ['--bin', t.name], `Debug tests of ${t.name}`, true);
      } else if (t.kind.includes('example')) add(t, 'build', 'example', ['--example', t.name], `Debug example ${t.name}`, false);
      else if (t.kind.includes('test')) add(t, 'test', 'test', ['--test', t.name], `Debug test ${t.name}`, true);
      else if (t.kind.includes('bench')) add(t, 'bench', 'bench', ['--bench', t.name], `Debug bench ${t.name}`, true);
      else if (t.kind.some(k => /^(lib|rlib|cdylib|dylib|staticlib)$/.test(k))) {
        if (t.kind.includes('cdylib')) add(t, 'build', 'cdylib', ['--lib'], `Debug library ${t.name}`, false);
        if (t.test !== false) add(t, 'test', t.kind[0], ['--lib'], `Debug tests of library ${t.name}`, true);
      }
    }
  }
  const rank = (c: Choice) => (c.test ? (c.filter.kind === 'bin' ? 4 : 3) : ['bin', 'example', 'cdylib'].indexOf(c.filter.kind));
  return list.map((c, i) => ({ c, i })).sort((a, b) => rank(a.c) - rank(b.c) || a.i - b.i).map(({ c }) => c);
}

/** main.rs and lib.rs bring the folder that they are in; any other file stands for itself and a folder of its name. */
function sourceRoot(file: string): string {
  const base = path.basename(file);
  return base === 'main.rs' || base === 'lib.rs' || base === 'mod.rs' ? path.dirname(file) : file;
}

/** Returns the choices whose sources a file belongs to: those with the longest root. */
export function choicesFor(list: Choice[], file: string): Choice[] {
  const holds = (c: Choice) => {
    const dir = c.root.endsWith('.rs') ? c.root.slice(0, -3) : c.root;
    return file === c.root || file.startsWith(dir + path.sep);
  };
  const found = list.filter(holds);
  const longest = Math.max(0, ...found.map(c => c.root.length));
  return found.filter(c => c.root.length === longest);
}

/** The choice that F5 takes without a question, if there is one: the file's own program, or the only one. */
export function obvious(list: Choice[], file?: string): Choice | undefined {
  if (file) {
    const own = choicesFor(list, file);
    const programs = own.filter(c => !c.test);
    if (programs.length === 1) return programs[0];
    if (programs.length === 0 && own.length === 1) return own[0];
  }
  const programs = list.filter(c => !c.test && c.filter.kind === 'bin');
  if (programs.length === 1) return programs[0];
  return list.length === 1 ? list[0] : undefined;
}

/** Makes a launch configuration of a choice. */
export function configuration(c: Choice, workspace: string | undefined): Record<string, unknown> & { type: string; request: string; name: string } {
  const inside = workspace !== undefined && (c.cwd === workspace || c.cwd.startsWith(workspace + path.sep));
  const cwd = inside ? ['${workspaceFolder}', path.relative(workspace, c.cwd)].filter(Boolean).join('/') : c.cwd;
  return {
    type: 'sphex',
    request: 'launch',
    name: c.label,
    cargo: { args: c.args, filter: c.filter, ...(cwd === '${workspaceFolder}' ? {} : { cwd }) },
    args: [],
    cwd,
  };
}
