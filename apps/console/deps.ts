import type { Producer } from '#libs/jobs';
import type { Config, Database, Logger } from '#libs/platform';

/** What the console is built from. */
export interface ConsoleDeps {
  db: Database;
  log: Logger;
  config: Config;
  jobs: Pick<Producer, 'queues'>;
  /** Whether Redis answers at this moment. */
  redisIsReady: () => boolean;
}
