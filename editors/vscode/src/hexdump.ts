// Memory as lines of text: address, 16 bytes, and what they are as ASCII.

export const bytesInLine = 16;

/** Renders bytes from an address; `missing` bytes more can't be read. */
export function hexdump(address: number, bytes: Uint8Array, missing = 0): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += bytesInLine) {
    const row = bytes.subarray(at, at + bytesInLine);
    const hex = Array.from({ length: bytesInLine }, (_, i) => (i < row.length ? row[i].toString(16).padStart(2, '0') : '  '));
    const text = Array.from(row, b => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : '.')).join('');
    lines.push(`${(address + at).toString(16).padStart(8, '0')}  ${hex.slice(0, 8).join(' ')}  ${hex.slice(8).join(' ')}  ${text}`);
  }
  if (missing > 0) lines.push(`${(address + bytes.length).toString(16).padStart(8, '0')}  the memory ends here`);
  return lines.join('\n') + '\n';
}

/** Where the hex digits of a byte stand in the text. */
export function positionOf(index: number): { line: number; column: number } {
  const at = index % bytesInLine;
  return { line: Math.floor(index / bytesInLine), column: 10 + at * 3 + (at >= 8 ? 1 : 0) };
}

/** Lists the indexes of bytes that differ. */
export function changed(before: Uint8Array, after: Uint8Array): number[] {
  const list: number[] = [];
  for (let i = 0; i < Math.min(before.length, after.length); i++) if (before[i] !== after[i]) list.push(i);
  return list;
}
