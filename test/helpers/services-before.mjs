// Run once by tap, in a process of its own, before the first test file.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writePrivateJson } from '../../scripts/lib/files.mjs';
import { createProgress } from '../../scripts/lib/progress.mjs';
import { acquireServices } from '../../scripts/lib/services.mjs';
import { listingFile } from './services-listing.mjs';

const LONGEST_RUN_SECONDS = 2 * 3600;

try {
  const folder = mkdtempSync(join(tmpdir(), 'smsx-test-'));
  const services = await acquireServices({
    folder,
    durable: false,
    temporary: true,
    // This process ends at once; the services live as long as tap, which started it.
    watchPid: process.ppid,
    maxSeconds: LONGEST_RUN_SECONDS,
    progress: createProgress(),
  });
  writePrivateJson(listingFile, { folder, ...services });
} catch (error) {
  process.stderr.write(`\nThe tests need PostgreSQL and Redis, which did not start. ${error.message}\n`);
  process.exit(1);
}
process.exit();
