// Completes a launch configuration by what cargo has built.
import type { Built } from './build';

const mark = '${cargo:program}';

/** Puts the module where the configuration wants it: as its program, and for ${cargo:program} anywhere. */
export function withProgram<T extends Record<string, unknown>>(config: T, built: Built): T {
  const out: Record<string, unknown> = { ...substitute(config, built.artifact.file), cargo: config.cargo };
  if (typeof out.program !== 'string' || out.program === '') out.program = built.artifact.file;
  const given = Array.isArray(out.args) ? (out.args as unknown[]) : [];
  out.args = [...built.programArgs, ...given];
  return out as T;
}

function substitute(value: unknown, program: string): Record<string, unknown> {
  const walk = (v: unknown): unknown => {
    if (typeof v === 'string') return v.split(mark).join(program);
    if (Array.isArray(v)) return v.map(walk);
    if (v !== null && typeof v === 'object') return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, walk(x)]));
    return v;
  };
  return walk(value) as Record<string, unknown>;
}
