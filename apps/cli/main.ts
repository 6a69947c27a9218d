#!/usr/bin/env node
import { runCli } from './run.ts';

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', () => undefined);

// Nothing that is still open may keep the caller waiting.
process.exit(await runCli(process.argv.slice(2)));
