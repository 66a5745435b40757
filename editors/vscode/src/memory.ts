// The memory view: linear memory as a read-only document, read again at each stop, with the bytes that changed marked.
import * as vscode from 'vscode';
import { changed, hexdump, positionOf } from './hexdump';

export const scheme = 'sphex-memory';
const atOnce = 4096;

interface View {
  session: vscode.DebugSession;
  reference: string;
  bytes: Uint8Array;
  changes: number[];
  text: string;
}

export class MemoryViews implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly updates = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.updates.event;
  private readonly views = new Map<string, View>();
  private readonly mark = vscode.window.createTextEditorDecorationType({ backgroundColor: new vscode.ThemeColor('editor.wordHighlightStrongBackground') });
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    this.subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.window.onDidChangeVisibleTextEditors(() => this.decorate()),
      vscode.workspace.onDidChangeTextDocument(e => e.document.uri.scheme === scheme && this.decorate()),
      vscode.workspace.onDidCloseTextDocument(d => this.views.delete(d.uri.toString())),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(this.updates, this.mark, ...this.subscriptions).dispose();
  }

  /** Opens the memory at a variable, or at an expression that is asked for. */
  async open(variable?: { name: string; memoryReference?: string }): Promise<void> {
    const session = vscode.debug.activeDebugSession;
    if (session?.type !== 'sphex') {
      void vscode.window.showErrorMessage('No program is being debugged by Sphex.');
      return;
    }
    let name = variable?.name;
    let reference = variable?.memoryReference;
    if (!reference) {
      name = await vscode.window.showInputBox({ prompt: 'An address, or a variable or pointer', value: name ?? '0x' });
      if (!name) return;
      reference = /^(0x[\da-f]+|\d+)$/i.test(name) ? name : await addressOf(session, name);
    }
    if (!reference) {
      void vscode.window.showErrorMessage(`${name} is in no memory.`);
      return;
    }
    const uri = vscode.Uri.from({ scheme, path: `/${name} at ${reference}.memory`, query: session.id });
    const view: View = { session, reference, bytes: new Uint8Array(), changes: [], text: '' };
    await read(view);
    view.changes = [];
    this.views.set(uri.toString(), view);
    this.updates.fire(uri);
    await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: false });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.views.get(uri.toString())?.text ?? 'The program has ended.\n';
  }

  /** Reads all views of a session again, since its program has stopped or its memory was written. */
  async refresh(session: vscode.DebugSession): Promise<void> {
    for (const [key, view] of this.views) {
      if (view.session.id !== session.id) continue;
      await read(view).catch(() => {}); // it runs again, or has ended
      this.updates.fire(vscode.Uri.parse(key));
    }
  }

  private decorate(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const view = this.views.get(editor.document.uri.toString());
      if (!view) continue;
      editor.setDecorations(this.mark, view.changes.map(i => {
        const { line, column } = positionOf(i);
        return new vscode.Range(line, column, line, column + 2);
      }));
    }
  }
}

async function read(view: View): Promise<void> {
  const { address, data, unreadableBytes } = (await view.session.customRequest('readMemory', { memoryReference: view.reference, offset: 0, count: atOnce })) as {
    address: string;
    data?: string;
    unreadableBytes?: number;
  };
  const bytes = Buffer.from(data ?? '', 'base64');
  view.changes = changed(view.bytes, bytes);
  view.bytes = bytes;
  view.text = hexdump(Number(address), bytes, unreadableBytes);
}

/** The address of what an expression names, or that a pointer holds. */
async function addressOf(session: vscode.DebugSession, expression: string): Promise<string | undefined> {
  const frameId = (vscode.debug.activeStackItem as { frameId?: number } | undefined)?.frameId;
  try {
    const { memoryReference, result } = (await session.customRequest('evaluate', { expression, frameId, context: 'watch' })) as { memoryReference?: string; result: string };
    return memoryReference ?? /0x[\da-f]+/i.exec(result)?.[0];
  } catch (e) {
    void vscode.window.showErrorMessage((e as Error).message);
    return undefined;
  }
}
