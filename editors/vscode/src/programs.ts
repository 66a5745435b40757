// Finds programs as a shell does, also when the editor was started without the shell's PATH.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** Where `go install` and rustup put programs. */
function usualFolders(env: NodeJS.ProcessEnv): string[] {
  const home = env.HOME || os.homedir();
  return [
    ...(env.GOBIN ? [env.GOBIN] : []),
    ...(env.GOPATH ? env.GOPATH.split(path.delimiter).map(dir => path.join(dir, 'bin')) : []),
    path.join(home, 'go/bin'),
    path.join(env.CARGO_HOME || path.join(home, '.cargo'), 'bin'),
    path.join(home, '.local/bin'),
    '/usr/local/bin',
  ];
}

/** Replaces a leading ~ by the home folder. */
function expandHome(file: string, env: NodeJS.ProcessEnv): string {
  return file === '~' || file.startsWith('~/') ? path.join(env.HOME || os.homedir(), file.slice(1)) : file;
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Returns the complete path of a program: a path as it is, a name by PATH and then by the usual folders. */
export function findProgram(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  name = expandHome(name, env);
  if (name.includes('/') || name.includes(path.sep)) return isProgram(name) ? path.resolve(name) : undefined;
  const suffixes = process.platform === 'win32' ? ['.exe', ''] : [''];
  for (const dir of [...(env.PATH ?? '').split(path.delimiter), ...usualFolders(env)]) {
    for (const suffix of suffixes) {
      const file = path.join(dir, name + suffix);
      if (path.isAbsolute(file) && isProgram(file)) return file;
    }
  }
  return undefined;
}
