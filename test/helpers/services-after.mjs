// Run once by tap, in a process of its own, after the last test file.
import { rmSync } from 'node:fs';
import { readJson } from '../../scripts/lib/files.mjs';
import { stopServices } from '../../scripts/lib/services.mjs';
import { listingFile } from './services-listing.mjs';

const listing = readJson(listingFile);
if (listing) await stopServices(listing.folder);
rmSync(listingFile, { force: true });
