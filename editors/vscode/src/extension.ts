// Wires the parts to VS Code.
import * as vscode from 'vscode';
import { Adapter } from './adapter';
import { Builder } from './build';
import { ConfigurationProvider, moduleConfiguration } from './configuration';
import type { Message } from './framing';
import { debugRunnable, LensProvider } from './lens';
import { MemoryViews } from './memory';
import type { Runnable } from './rusttests';
import { findSphex } from './sphex';

const type = 'sphex';

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Sphex', { log: true });
  const builder = new Builder(log);
  const configurations = new ConfigurationProvider(builder, log, () => findSphex(context, log));
  const memory = new MemoryViews();
  const add = (...parts: vscode.Disposable[]) => context.subscriptions.push(...parts);
  add(log, builder, memory);

  add(
    vscode.debug.registerDebugConfigurationProvider(type, configurations),
    vscode.debug.registerDebugConfigurationProvider(
      type,
      { provideDebugConfigurations: folder => configurations.provideDebugConfigurations(folder) }, // resolving once is enough
      vscode.DebugConfigurationProviderTriggerKind.Dynamic,
    ),
    vscode.debug.registerDebugAdapterDescriptorFactory(type, {
      async createDebugAdapterDescriptor(session) {
        const program = await findSphex(context, log);
        const trace = vscode.workspace.getConfiguration('sphex').get<boolean>('trace') ?? false;
        const beforeRestart = session.configuration.cargo === undefined ? undefined : () => rebuild(configurations, session);
        return new vscode.DebugAdapterInlineImplementation(new Adapter(program, { log, trace, beforeRestart }));
      },
    }),
    vscode.debug.registerDebugAdapterTrackerFactory(type, {
      createDebugAdapterTracker: session => ({
        onDidSendMessage(m: Message) {
          const written = m.type === 'response' && /^(setVariable|setExpression|writeMemory)$/.test(m.command ?? '');
          if (written || (m.type === 'event' && m.event === 'stopped')) void memory.refresh(session);
        },
      }),
    }),
    vscode.languages.registerCodeLensProvider({ language: 'rust', scheme: 'file' }, new LensProvider()),
    vscode.commands.registerCommand('sphex.debugRunnable', (uri: vscode.Uri, r: Runnable) => debugRunnable(configurations, uri, r)),
    vscode.commands.registerCommand('sphex.debugModule', async (given?: vscode.Uri) => {
      const uri = given ?? (await vscode.window.showOpenDialog({ filters: { WebAssembly: ['wasm'] }, openLabel: 'Debug' }))?.[0];
      if (!uri) return;
      const folder = vscode.workspace.getWorkspaceFolder(uri);
      await vscode.debug.startDebugging(folder, moduleConfiguration(uri, folder));
    }),
    vscode.commands.registerCommand('sphex.viewMemory', (item?: { variable?: { name: string; memoryReference?: string } }) => memory.open(item?.variable)),
    vscode.commands.registerCommand('sphex.showLog', () => log.show()),
  );
}

/** Builds the program of a session anew; returns why it did not work. */
async function rebuild(configurations: ConfigurationProvider, session: vscode.DebugSession): Promise<string | undefined> {
  try {
    await configurations.build(session.configuration, session.workspaceFolder);
    return undefined;
  } catch (e) {
    return `Not restarted: ${(e as Error).message}`;
  }
}
