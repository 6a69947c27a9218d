import { readFile } from 'node:fs/promises';
import { CliError, usageError } from './cli-error.ts';

/** Reads a secret from a file, or with `-` or without a path from standard input: typed unseen, or piped in. */
export async function readSecret(what: string, path: string | null): Promise<string> {
  const text = path === null || path === '-' ? await fromStandardInput(what) : await fromFile(what, path);
  const secret = text.replace(/[\r\n]+$/, '');
  if (secret !== '' && !/[\p{Cc}]/u.test(secret)) return secret;
  throw usageError('missing_secret', `The ${what} is empty or has more than one line.`);
}

async function fromFile(what: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new CliError('unreadable_file', `The file with the ${what} cannot be read: ${path} (${reason}).`, {
      hint: 'Check the path and its permissions.',
    });
  }
}

async function fromStandardInput(what: string): Promise<string> {
  if (process.stdin.isTTY) return typeUnseen(`${what}: `);
  process.stderr.write(`Reading the ${what} from standard input …\n`);
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk;
  return text;
}

const CTRL_C = '\u0003';
const ENTER = ['\r', '\n', '\u0004'];
const ERASE = ['\u007f', '\b'];

/** Raw mode, so that the terminal echoes nothing. */
function typeUnseen(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  stdin.setRawMode(true).setEncoding('utf8').resume();
  stderr.write(prompt);
  return new Promise((resolve, reject) => {
    let text = '';
    const end = () => {
      stdin.off('data', onData).setRawMode(false).pause();
      stderr.write('\n');
    };
    const onKey = (key: string) => {
      if (key === CTRL_C)
        return reject(new CliError('interrupted', 'Interrupted; nothing was changed.', { exitCode: 130 }));
      if (ENTER.includes(key)) return resolve(text);
      text = ERASE.includes(key) ? text.slice(0, -1) : text + key;
    };
    const onData = (chunk: string) => {
      for (const key of chunk) onKey(key);
      if ([CTRL_C, ...ENTER].some((key) => chunk.includes(key))) end();
    };
    stdin.on('data', onData);
  });
}
