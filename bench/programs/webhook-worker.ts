// The built worker as it is, but that every host name leads to this machine, whose certificate it trusts: in production
// a webhook to a private address is refused. Arguments: the folder of the build, and the certificate's file.
import { readFileSync } from 'node:fs';

interface Build {
  runApp(name: 'worker', start: (app: object) => Promise<void>, options: object): Promise<void>;
  startWorker(app: object, options: object): Promise<void>;
}

const [, , folder, certificate = ''] = process.argv;
const { runApp }: Pick<Build, 'runApp'> = await import(`${folder}/dist/libs/platform/index.js`);
const { startWorker }: Pick<Build, 'startWorker'> = await import(`${folder}/dist/apps/worker/start.js`);

const webhooks = {
  resolve: async () => ['127.0.0.1'],
  isAllowed: (address: string) => address === '127.0.0.1',
  ca: readFileSync(certificate, 'utf8'),
};
await runApp('worker', (app) => startWorker(app, { webhooks }), { maxConnections: 20 });
