import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import ts from 'typescript';
import { dataFolder, root } from '../../scripts/lib/paths.mjs';
import { tethered } from '../../scripts/lib/tether.mjs';
import type { MeterLine } from '../programs/protocol.ts';
import { type Cores, onCores } from './cores.ts';
import type { Scope } from './scope.ts';

export type ProgramName = 'load' | 'caller' | 'bare' | 'naive' | 'stand-in' | 'receiver';

let built: string | undefined;

/**
 * The programs as plain JavaScript, so that no compiler runs inside what is measured. Below the checkout, where they
 * find the installed packages.
 */
function buildPrograms(): string {
  const sources = join(root, 'bench/programs');
  const out = join(dataFolder, 'bench', `programs-${process.pid}`);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'package.json'), '{"type":"module"}\n');
  for (const file of readdirSync(sources).filter((name) => name.endsWith('.ts'))) {
    const { outputText } = ts.transpileModule(readFileSync(join(sources, file), 'utf8'), {
      compilerOptions: {
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
        rewriteRelativeImportExtensions: true,
      },
    });
    writeFileSync(join(out, file.replace(/\.ts$/, '.js')), outputText);
  }
  return out;
}

export function programsFolder(): string {
  built ??= buildPrograms();
  return built;
}

/** Starts a program with its specification; `onLine` hears what it says. Killed at the end of the scope. */
export function startProgram(
  scope: Scope,
  name: ProgramName,
  spec: object,
  { cores, onLine }: { cores: Cores; onLine: (line: MeterLine) => void },
): ChildProcess {
  const [inner, innerArgs] = onCores(cores, process.execPath, [join(programsFolder(), `${name}.js`)]);
  const [command, args] = tethered('KILL', inner, innerArgs);
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin?.end(JSON.stringify(spec));
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => onLine(JSON.parse(line) as MeterLine));
  scope.onEnd(() => child.kill('SIGKILL'));
  return child;
}

export interface ProgramServer {
  pid: number;
  port: number;
  url: string;
}

/** Starts a program that listens; resolves once it does. */
export function startServer(
  scope: Scope,
  name: ProgramName,
  spec: object,
  cores: Cores,
): Promise<ProgramServer> {
  return new Promise((resolve, reject) => {
    const child = startProgram(scope, name, spec, {
      cores,
      onLine: (line) => {
        if (line.event === 'ready')
          resolve({ pid: child.pid ?? 0, port: line.port, url: `http://127.0.0.1:${line.port}` });
      },
    });
    child.once('exit', (code) => reject(new Error(`the program ${name} ended with ${code}`)));
  });
}
