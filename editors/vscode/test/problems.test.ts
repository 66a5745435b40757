import { test } from 'node:test';
import assert from 'node:assert/strict';
import { failure, missingTarget, problem, type RustDiagnostic, type RustSpan } from '../src/problems';

const span = (file: string, line: number, from: number, to: number, more: Partial<RustSpan> = {}): RustSpan => ({
  file_name: file, line_start: line, line_end: line, column_start: from, column_end: to, is_primary: true, label: null, expansion: null, ...more,
});

const diagnostic = (more: Partial<RustDiagnostic>): RustDiagnostic => ({ message: 'mismatched types', code: { code: 'E0308' }, level: 'error', spans: [], children: [], rendered: null, ...more });

test('an error with its place, label, notes and what belongs to it', () => {
  const p = problem(
    diagnostic({
      spans: [span('src/main.rs', 12, 20, 26, { label: 'expected `u32`, found `&str`' }), span('src/main.rs', 12, 15, 18, { is_primary: false, label: 'expected due to this' })],
      children: [
        { message: 'try this', code: null, level: 'help', spans: [], children: [], rendered: null },
        { message: 'defined here', code: null, level: 'note', spans: [span('src/lib.rs', 3, 1, 5)], children: [], rendered: null },
      ],
    }),
    '/home/ada/shop',
  );
  assert.deepEqual(p, {
    file: '/home/ada/shop/src/main.rs', startLine: 11, startColumn: 19, endLine: 11, endColumn: 25,
    severity: 'error', message: 'mismatched types\nexpected `u32`, found `&str`\nhelp: try this', code: 'E0308',
    related: [
      { file: '/home/ada/shop/src/lib.rs', startLine: 2, startColumn: 0, endLine: 2, endColumn: 4, message: 'note: defined here' },
      { file: '/home/ada/shop/src/main.rs', startLine: 11, startColumn: 14, endLine: 11, endColumn: 17, message: 'expected due to this' },
    ],
  });
});

test('an error inside of a macro is where the macro is used', () => {
  const used = span('src/lib.rs', 7, 5, 20);
  const p = problem(diagnostic({ level: 'warning', spans: [span('<std macros>', 1, 1, 2, { expansion: { span: used } })] }), '/w');
  assert.equal(p?.file, '/w/src/lib.rs');
  assert.equal(p?.startLine, 6);
  assert.equal(p?.severity, 'warning');
});

test('a message without a place is none', () => {
  assert.equal(problem(diagnostic({ message: 'aborting due to 2 errors' }), '/w'), undefined);
});

test('a target without its library', () => {
  const d = diagnostic({ message: "can't find crate for `std`", children: [diagnostic({ message: 'the `wasm32-wasip1` target may not be installed', level: 'note' })] });
  assert.equal(missingTarget(d), 'wasm32-wasip1');
  assert.equal(missingTarget(diagnostic({})), undefined);
});

test('why cargo itself failed', () => {
  assert.equal(failure('error: failed to parse lock file at: /p/Cargo.lock\n\nCaused by:\n  lock file version `4` was found\n\nCaused by:\n  it requires `-Znext-lockfile-bump`\n'), 'failed to parse lock file at: /p/Cargo.lock: it requires `-Znext-lockfile-bump`');
  assert.equal(failure('warning: x\nerror: no bin target named `a`.\n'), 'no bin target named `a`.');
  assert.equal(failure('   Compiling a v0.1.0\n'), '');
});
