import { join } from 'node:path';
import { dataFolder } from '../../scripts/lib/paths.mjs';

/** Where `before` tells the test files which services to use; `npm test` gives each run a file of its own. */
export const listingFile = process.env.SMSX_TEST_SERVICES || join(dataFolder, 'test-services.json');
