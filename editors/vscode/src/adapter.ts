// The debug adapter: a `sphex dap` process, with the messages passed on both ways. It stands between so that a restart
// can build the program anew first, and so that a process that dies leaves no session behind.
import { spawn, type ChildProcess } from 'node:child_process';
import * as vscode from 'vscode';
import { Decoder, encode, type Message } from './framing';

export interface AdapterOptions {
  log: vscode.LogOutputChannel;
  trace: boolean;
  /** Runs before the program is started again; returns why it can't be. */
  beforeRestart?: () => Promise<string | undefined>;
}

export class Adapter implements vscode.DebugAdapter {
  private readonly messages = new vscode.EventEmitter<vscode.DebugProtocolMessage>();
  readonly onDidSendMessage = this.messages.event;
  private readonly process: ChildProcess;
  private readonly waiting = new Map<number, string>(); // requests without an answer: seq -> command
  private said = ''; // the end of what the process wrote to stderr
  private leaving = false; // the client has asked for the end
  private over = false;

  constructor(program: string, private readonly options: AdapterOptions) {
    this.process = spawn(program, ['dap'], { stdio: ['pipe', 'pipe', 'pipe'] });
    const decoder = new Decoder(m => this.fromAdapter(m));
    this.process.stdout!.on('data', (chunk: Buffer) => {
      try {
        decoder.push(chunk);
      } catch (e) {
        this.end((e as Error).message);
        this.process.kill();
      }
    });
    this.process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.said = (this.said + text).slice(-4000);
      options.log.warn(text.trimEnd());
    });
    this.process.stdin!.on('error', () => {}); // it has gone: 'close' tells
    this.process.on('error', e => this.end(e.message));
    this.process.on('close', (code, signal) => this.end(`sphex ended ${signal ? `by ${signal}` : `with status ${code}`}`));
  }

  handleMessage(message: vscode.DebugProtocolMessage): void {
    const m = message as Message;
    if (m.type === 'request' && m.command === 'restart' && this.options.beforeRestart) {
      void this.restart(m, this.options.beforeRestart);
      return;
    }
    this.toAdapter(m);
  }

  private async restart(m: Message, before: () => Promise<string | undefined>): Promise<void> {
    const problem = await before();
    if (problem === undefined) this.toAdapter(m);
    else this.answer(m, problem);
  }

  private toAdapter(m: Message): void {
    if (this.options.trace) this.options.log.info(`-> ${JSON.stringify(m)}`);
    if (this.over) {
      this.answer(m, m.command === 'disconnect' || m.command === 'terminate' ? undefined : 'sphex has ended');
      return;
    }
    if (m.type === 'request') {
      this.waiting.set(m.seq, m.command ?? '');
      if (m.command === 'disconnect' || m.command === 'terminate') this.leaving = true;
      // What only the extension understands stays here.
      if (m.command === 'launch' || m.command === 'restart') m = { ...m, arguments: withoutCargo(m.arguments) };
    }
    this.process.stdin!.write(encode(m));
  }

  private fromAdapter(m: Message): void {
    if (this.options.trace) this.options.log.info(`<- ${JSON.stringify(m)}`);
    if (m.type === 'response' && m.request_seq !== undefined) this.waiting.delete(m.request_seq);
    this.messages.fire(m as unknown as vscode.DebugProtocolMessage);
  }

  private answer(m: Message, problem: string | undefined): void {
    const showUser = /^(launch|attach|restart)$/.test(m.command ?? '');
    const body = problem === undefined ? {} : { error: { id: 1, format: problem, showUser } };
    this.fromAdapter({ seq: 0, type: 'response', request_seq: m.seq, command: m.command, success: problem === undefined, message: problem, body });
  }

  /** Ends the session when the process is no more. */
  private end(why: string): void {
    if (this.over) return;
    this.over = true;
    for (const [seq, command] of [...this.waiting]) this.answer({ seq, type: 'request', command }, command === 'disconnect' ? undefined : why);
    if (!this.leaving) {
      this.options.log.error(why);
      this.fromAdapter({ seq: 0, type: 'event', event: 'output', body: { category: 'stderr', output: `${why}\n${this.said}` } });
      void vscode.window.showErrorMessage(`The debugger has died: ${why}.`, 'Show Log').then(choice => choice && this.options.log.show());
    }
    this.fromAdapter({ seq: 0, type: 'event', event: 'terminated', body: {} });
  }

  dispose(): void {
    this.over = true;
    this.process.stdin!.end();
    const timer = setTimeout(() => this.process.kill('SIGKILL'), 2000);
    this.process.on('close', () => clearTimeout(timer));
    this.messages.dispose();
  }
}

function withoutCargo(args: Message['arguments']): Message['arguments'] {
  if (!args) return args;
  const { cargo: _cargo, ...rest } = args;
  if (rest.arguments) rest.arguments = withoutCargo(rest.arguments as Message['arguments']); // of restart
  return rest;
}
