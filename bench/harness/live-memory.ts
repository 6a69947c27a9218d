import { join } from 'node:path';
import { WebSocket } from 'undici';
import { freePort } from '../../scripts/lib/ports.mjs';
import { waitUntil } from '../../scripts/lib/processes.mjs';
import type { App, AppProcess } from './app-process.ts';
import type { Installation } from './installation.ts';
import { residentBytes } from './process-stats.ts';

/** What a process holds when everything that could be collected has been. */
export interface LiveMemory {
  residentBytes: number;
  heapBytes: number;
}

export interface InspectableProcess extends AppProcess {
  liveMemory(): Promise<LiveMemory>;
}

const OPEN_MS = 10_000;

/** As `installation.start`. Its inspector stays closed until the first look into it; the port alone costs nothing. */
export async function startInspectable(
  installation: Installation,
  app: App,
  options: Parameters<Installation['start']>[1] = {},
): Promise<InspectableProcess> {
  const port = await freePort();
  const main = (folder: string) => [`--inspect-port=${port}`, join(folder, `dist/apps/${app}/main.js`)];
  const started = await installation.start(app, { ...options, main });
  return { ...started, liveMemory: () => liveMemory(started.pid, port) };
}

/** By the Chrome DevTools Protocol, which Node opens on SIGUSR1. */
async function liveMemory(pid: number, port: number): Promise<LiveMemory> {
  const debuggerUrl = await openInspector(pid, port);
  const socket = new WebSocket(debuggerUrl);
  try {
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    await ask(socket, 'HeapProfiler.collectGarbage');
    const { usedSize } = await ask<{ usedSize: number }>(socket, 'Runtime.getHeapUsage');
    return { residentBytes: residentBytes(pid) ?? Number.NaN, heapBytes: usedSize };
  } finally {
    socket.close();
  }
}

async function openInspector(pid: number, port: number): Promise<string> {
  process.kill(pid, 'SIGUSR1');
  let debuggerUrl: string | undefined;
  const isOpen = async () => {
    const targets = await fetch(`http://127.0.0.1:${port}/json/list`).catch(() => null);
    const [target] = ((await targets?.json()) ?? []) as { webSocketDebuggerUrl?: string }[];
    debuggerUrl = target?.webSocketDebuggerUrl;
    return debuggerUrl !== undefined;
  };
  if (!(await waitUntil(isOpen, OPEN_MS)) || !debuggerUrl)
    throw new Error(`process ${pid} opens no inspector`);
  return debuggerUrl;
}

/** One at a time on a socket. */
function ask<Result>(socket: WebSocket, method: string): Promise<Result> {
  return new Promise((resolve, reject) => {
    socket.onmessage = ({ data }) => {
      const { result, error } = JSON.parse(String(data));
      if (error) reject(new Error(`${method}: ${error.message}`));
      else resolve(result);
    };
    socket.onclose = () => reject(new Error(`${method}: the process has gone`));
    socket.send(JSON.stringify({ id: 1, method }));
  });
}
