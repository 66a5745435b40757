// The Debug Adapter Protocol's framing: a header with Content-Length, an empty line, and JSON.

/** One message of the protocol; only what the extension looks at is named. */
export interface Message {
  seq: number;
  type: 'request' | 'response' | 'event';
  command?: string;
  event?: string;
  arguments?: Record<string, unknown>;
  request_seq?: number;
  success?: boolean;
  message?: string;
  body?: Record<string, unknown>;
}

/** Renders a message with its header. */
export function encode(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message), 'utf8');
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`, 'ascii'), body]);
}

/** Takes bytes as they come and gives whole messages. */
export class Decoder {
  private chunks: Buffer[] = [];
  private size = 0;
  private wanted = 0; // bytes until the next step is possible

  constructor(private readonly take: (message: Message) => void) {}

  /** Throws when the bytes are no messages. */
  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.size += chunk.length;
    if (this.size < this.wanted) return;
    let rest = Buffer.concat(this.chunks);
    for (;;) {
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) {
        this.wanted = 0;
        break;
      }
      const header = rest.toString('ascii', 0, end);
      const length = /^Content-Length: *(\d+)\s*$/im.exec(header);
      if (!length) throw new Error(`this is no header of the Debug Adapter Protocol: ${JSON.stringify(header.slice(0, 80))}`);
      this.wanted = end + 4 + Number(length[1]);
      if (rest.length < this.wanted) break;
      const text = rest.toString('utf8', end + 4, this.wanted);
      rest = rest.subarray(this.wanted);
      this.take(JSON.parse(text) as Message);
    }
    this.chunks = rest.length > 0 ? [rest] : [];
    this.size = rest.length;
  }
}
