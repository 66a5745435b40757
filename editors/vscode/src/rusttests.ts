// Finds in Rust source what can be debugged by itself: the program and its tests.

export interface Runnable {
  kind: 'main' | 'test';
  /** The test's path inside of its file: tests::adds. */
  name: string;
  /** Line of the function's first attribute, or of the function; from 0. */
  line: number;
}

/**
 * Reads lines alone: modules are followed by their braces, while strings and comments that span lines are not
 * understood. What it misses has no lens, and can be debugged all the same.
 */
export function runnables(text: string): Runnable[] {
  const found: Runnable[] = [];
  const modules: { name: string; depth: number }[] = [];
  let depth = 0;
  let attributes = -1;
  let isTest = false;
  text.split('\n').forEach((whole, line) => {
    const code = whole.replace(/\/\/.*$/, '').replace(/"(?:[^"\\]|\\.)*"/g, '""').replace(/'(?:[^'\\]|\\.)'/g, "''");
    const attribute = /^\s*#\[(.*)\]\s*$/.exec(code);
    if (attribute) {
      if (attributes < 0) attributes = line;
      if (/^(?:[\w:]+::)?test\b/.test(attribute[1])) isTest = true;
    }
    const module = /^\s*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)\s*\{/.exec(code);
    if (module) modules.push({ name: module[1], depth });
    const fn = /^\s*(?:pub(?:\([^)]*\))?\s+)?(?:const\s+)?(?:async\s+)?(?:unsafe\s+)?(?:extern\s+""\s+)?fn\s+(\w+)/.exec(code);
    if (fn && isTest) found.push({ kind: 'test', name: [...modules.map(m => m.name), fn[1]].join('::'), line: attributes });
    else if (fn && fn[1] === 'main' && depth === 0) found.push({ kind: 'main', name: 'main', line: attributes < 0 ? line : attributes });
    if (!attribute && code.trim() !== '') {
      attributes = -1;
      isTest = false;
    }
    for (const c of code) {
      if (c === '{') depth++;
      if (c === '}') depth--;
    }
    while (modules.length > 0 && depth <= modules[modules.length - 1].depth) modules.pop();
  });
  return found;
}

/** The path of modules that a file below its target's root stands for: src/shop/till.rs is shop::till. */
export function modulePath(file: string, root: string): string[] {
  if (root.endsWith('.rs')) return [];
  const below = file.slice(root.length).replace(/^[/\\]/, '').replace(/\.rs$/, '').split(/[/\\]/);
  const last = below[below.length - 1];
  if (last === 'main' || last === 'lib' || last === 'mod') below.pop();
  return below.filter(Boolean);
}
