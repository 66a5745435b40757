import { test } from 'node:test';
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Decoder, encode, type Message } from '../src/framing';
import { changed, hexdump, positionOf } from '../src/hexdump';
import { findProgram } from '../src/programs';
import { modulePath, runnables } from '../src/rusttests';

test('messages in pieces and together', () => {
  const sent = [{ seq: 1, type: 'event', event: 'ä…' }, { seq: 2, type: 'response' }, { seq: 3, type: 'request', command: 'x'.repeat(5000) }];
  const bytes = Buffer.concat(sent.map(encode));
  for (const size of [1, 3, 64, bytes.length]) {
    const got: Message[] = [];
    const decoder = new Decoder(m => got.push(m));
    for (let i = 0; i < bytes.length; i += size) decoder.push(bytes.subarray(i, i + size));
    assert.deepEqual(got, sent, `pieces of ${size}`);
  }
  assert.throws(() => new Decoder(() => {}).push(Buffer.from('panic: no\r\n\r\n')), /no header/);
});

test('a dump of memory', () => {
  const bytes = Uint8Array.from([...Buffer.from('Hello, memory!\n'), 0, 255, 65]);
  assert.equal(hexdump(0xffff0, bytes, 4), [
    '000ffff0  48 65 6c 6c 6f 2c 20 6d  65 6d 6f 72 79 21 0a 00  Hello, memory!..',
    '00100000  ff 41                                             .A',
    '00100002  the memory ends here',
    '',
  ].join('\n'));
  assert.deepEqual(changed(Uint8Array.from([1, 2, 3]), Uint8Array.from([1, 5, 3, 4])), [1]);
  const line = hexdump(0xffff0, bytes).split('\n')[0];
  for (const i of [0, 7, 8, 15]) {
    const { line: n, column } = positionOf(i);
    assert.equal(n, 0);
    assert.equal(line.slice(column, column + 2), bytes[i].toString(16).padStart(2, '0'));
  }
  assert.deepEqual(positionOf(17), { line: 1, column: 13 });
});

test('what can be run in a Rust file', () => {
  const text = [
    'fn main() { println!("}}}"); }', '', 'mod inner {', '    #[test]', '    #[should_panic(expected = "{")]', '    fn one() {}', '', '    mod deeper {',
    '        #[tokio::test]', '        async fn two() {}', '    }', '    fn main() {}', '}', '/// no test', 'fn three() {}', '#[cfg(test)]', 'pub(crate) mod tests {',
    '    #[test] // of four', '    fn four() {}', '}',
  ].join('\n');
  assert.deepEqual(runnables(text), [
    { kind: 'main', name: 'main', line: 0 },
    { kind: 'test', name: 'inner::one', line: 3 },
    { kind: 'test', name: 'inner::deeper::two', line: 8 },
    { kind: 'test', name: 'tests::four', line: 17 },
  ]);
  assert.deepEqual(modulePath('/w/src/shop/till.rs', '/w/src'), ['shop', 'till']);
  assert.deepEqual(modulePath('/w/src/shop/mod.rs', '/w/src'), ['shop']);
  assert.deepEqual(modulePath('/w/src/lib.rs', '/w/src'), []);
  assert.deepEqual(modulePath('/w/tests/day.rs', '/w/tests/day.rs'), []);
});

test('programs by path, by PATH and in the usual folders', () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'programs-'));
  try {
    const make = (...parts: string[]) => {
      const file = path.join(dir, ...parts);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, '', { mode: 0o755 });
      return file;
    };
    const home = make('go/bin/sphex'), first = make('a/sphex'), second = make('b/sphex');
    fs.writeFileSync(path.join(dir, 'plain'), '');
    const env = (PATH: string) => ({ HOME: dir, PATH });
    assert.equal(findProgram('sphex', env([path.join(dir, 'a'), path.join(dir, 'b')].join(path.delimiter))), first);
    assert.equal(findProgram('sphex', env(path.join(dir, 'b'))), second);
    assert.equal(findProgram('sphex', env('')), home);
    assert.equal(findProgram('~/b/sphex', env('')), second);
    assert.equal(findProgram(first, env('')), first);
    assert.equal(findProgram(path.join(dir, 'plain'), env('')), undefined);
    assert.equal(findProgram('no-such-program', env('')), undefined);
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
});
