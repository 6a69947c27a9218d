import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { type Fence, readFence, type Tab } from '../../../apps/gateway/docs/guide/fence.ts';
import { GUIDE } from '../../../apps/gateway/docs/guide/page.ts';

/** An example of the guide that can be run, and the reply that is shown below it. */
export interface Example {
  page: string;
  name: string;
  tab: Tab;
  code: string;
  reply: Reply | null;
}

/** JSON with its status, or a line of text. */
type Reply = { status: number; json: unknown } | { text: string };

interface Language {
  command: string;
  file: string;
  run: (file: string) => string[];
  /** Where it differs: an example that listens on port 3000. */
  serve?: (file: string, port: number) => string[];
}

const LANGUAGES: Record<Tab, Language> = {
  curl: { command: 'sh', file: 'example.sh', run: (file) => [file] },
  php: {
    command: 'php',
    file: 'example.php',
    run: (file) => [file],
    serve: (file, port) => ['-S', `127.0.0.1:${port}`, file],
  },
  node: { command: 'node', file: 'example.mjs', run: (file) => [file] },
  python: { command: 'python3', file: 'example.py', run: (file) => [file] },
  go: { command: 'go', file: 'example.go', run: (file) => ['run', file] },
};

export function isAtHand(tab: Tab): boolean {
  const { command } = LANGUAGES[tab];
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, command)));
}

/** Every example that has a name, in the order of the pages. */
export function examplesOf(): Example[] {
  return GUIDE.flatMap(({ name: page, source }) => {
    const fences = [...source.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)].map(
      ([, info = '', code = '']) => ({
        fence: readFence(info),
        code,
      }),
    );
    return fences.flatMap(({ fence, code }, index) =>
      fence.run === null
        ? []
        : [
            {
              page,
              name: fence.run,
              tab: fence.tab ?? 'curl',
              code,
              reply: replyBelow(fence.run, fences.slice(index + 1)),
            },
          ],
    );
  });
}

/** The reply stands right below all languages of an example. */
function replyBelow(run: string, following: { fence: Fence; code: string }[]): Example['reply'] {
  const next = following.find(({ fence }) => fence.run !== run);
  if (next?.fence.language === 'text') return { text: next.code.trim() };
  const status = next?.fence.status ?? null;
  return next && status !== null ? { status, json: JSON.parse(next.code) } : null;
}

/** Keys and types of a JSON value; a list is as its first entry. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? [shapeOf(value[0])] : [];
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [key, shapeOf(inner)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The same words; numbers may be others. */
export function isLike(text: string, shown: string): boolean {
  const withoutNumbers = (line: string) => line.replace(/[0-9]+/g, '0');
  return withoutNumbers(text) === withoutNumbers(shown);
}

/** Runs an example to its end; what it printed. curl also says the status, on a line of its own. */
export async function runExample(folder: string, example: Example, code: string): Promise<string> {
  const language = LANGUAGES[example.tab];
  const file = writeExample(
    folder,
    language,
    code.replaceAll('curl -sS', `curl -sS -w '\\n%{http_code}\\n'`),
  );
  return new Promise((resolve, reject) => {
    execFile(language.command, language.run(file), { timeout: 120_000 }, (error, stdout, stderr) => {
      if (error)
        reject(new Error(`${example.page}/${example.name}, ${example.tab}: ${error.message}\n${stderr}`));
      else resolve(stdout);
    });
  });
}

export interface RunningExample {
  url: string;
  printed(): string;
  stop(): void;
}

/** Starts an example that listens on port 3000, on a free one. */
export async function serveExample(folder: string, example: Example, code: string): Promise<RunningExample> {
  const language = LANGUAGES[example.tab];
  const port = await freePort();
  const file = writeExample(folder, language, code.replace('3000', String(port)));
  const process = spawn(language.command, (language.serve ?? language.run)(file, port), { detached: true });
  let printed = '';
  for (const stream of [process.stdout, process.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const url = `http://127.0.0.1:${port}/hooks`;
  await answers(url, process, () => printed);
  return { url, printed: () => printed, stop: () => stop(process) };
}

async function answers(url: string, process: ChildProcess, printed: () => string): Promise<void> {
  for (const until = Date.now() + 90_000; Date.now() < until && process.exitCode === null; ) {
    const response = await fetch(url, { method: 'POST', body: '{}' }).catch(() => null);
    if (response) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  stop(process);
  throw new Error(`nothing listens at ${url}: ${printed()}`);
}

/** With what it started: `go run` has a child of its own. */
function stop({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function writeExample(folder: string, language: Language, code: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, language.file);
  writeFileSync(file, code);
  return file;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
