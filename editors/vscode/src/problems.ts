// The compiler's messages, as cargo passes them on with --message-format=json, made ready for the Problems view.
import * as path from 'node:path';

/** rustc's diagnostics: https://doc.rust-lang.org/rustc/json.html */
export interface RustDiagnostic {
  message: string;
  code: { code: string } | null;
  level: string;
  spans: RustSpan[];
  children: RustDiagnostic[];
  rendered: string | null;
}

export interface RustSpan {
  file_name: string;
  line_start: number;
  line_end: number;
  column_start: number;
  column_end: number;
  is_primary: boolean;
  label: string | null;
  expansion: { span: RustSpan } | null;
}

/** A place in a file; lines and columns count from 0. */
export interface Place {
  file: string;
  startLine: number;
  startColumn: number;
  endLine: number;
  endColumn: number;
}

export interface Problem extends Place {
  severity: 'error' | 'warning' | 'information';
  message: string;
  code?: string;
  related: (Place & { message: string })[];
}

const severities: Record<string, Problem['severity']> = {
  error: 'error',
  'error: internal compiler error': 'error',
  warning: 'warning',
};

/** Makes a problem of a diagnostic; undefined for one without a place, such as "aborting due to 2 errors". */
export function problem(d: RustDiagnostic, root: string): Problem | undefined {
  const primary = d.spans.find(s => s.is_primary) ?? d.spans[0];
  const at = primary && place(primary, root);
  if (!at) return undefined;
  const notes: string[] = [];
  const related: Problem['related'] = [];
  for (const child of d.children) {
    const span = child.spans[0];
    const where = span && place(span, root);
    if (where) related.push({ ...where, message: `${child.level}: ${child.message}` });
    else notes.push(`${child.level}: ${child.message}`);
  }
  for (const span of d.spans) {
    if (span === primary || !span.label) continue;
    const where = place(span, root);
    if (where) related.push({ ...where, message: span.label });
  }
  const label = primary.label ? `\n${primary.label}` : '';
  return {
    ...at,
    severity: severities[d.level] ?? 'information',
    message: d.message + label + notes.map(n => `\n${n}`).join(''),
    code: d.code?.code,
    related,
  };
}

/** The place of a span. One inside of a macro is where the macro is used. */
function place(span: RustSpan, root: string): Place | undefined {
  let at: RustSpan | undefined = span;
  for (let s: RustSpan | undefined = span; s; s = s.expansion?.span) {
    if (!s.file_name.startsWith('<')) at = s;
  }
  if (at.file_name.startsWith('<')) return undefined;
  return {
    file: path.resolve(root, at.file_name),
    startLine: Math.max(at.line_start - 1, 0),
    startColumn: Math.max(at.column_start - 1, 0),
    endLine: Math.max(at.line_end - 1, 0),
    endColumn: Math.max(at.column_end - 1, 0),
  };
}

/** Whether the standard library for the target is not there; returns the target. */
export function missingTarget(d: RustDiagnostic): string | undefined {
  for (const m of [d, ...d.children]) {
    const found = /the `([\w.-]+)` target may not be installed/.exec(m.message);
    if (found) return found[1];
  }
  return undefined;
}

/** What cargo says of its own failure: the error, and the last of its causes. */
export function failure(stderr: string): string {
  const lines = stderr.split(/\r?\n/);
  const at = lines.map(l => /^error\b/.test(l)).lastIndexOf(true);
  if (at < 0) return '';
  const cause = lines.lastIndexOf('Caused by:');
  const parts = [lines[at].replace(/^error(\[\w+\])?:\s*/, ''), cause > at ? lines[cause + 1]?.trim() : ''];
  return parts.filter(p => p).join(': ');
}
