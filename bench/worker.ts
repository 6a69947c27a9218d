import type { Benchmark } from './harness/benchmark.ts';
import { compare } from './harness/compare.ts';
import { measureDrain } from './harness/drain.ts';
import { type Installation, install } from './harness/installation.ts';
import { measureCaller } from './harness/measure.ts';
import type { Run } from './harness/run.ts';

/** As many jobs as one worker process runs at the same time. */
const CONCURRENCY = 50;
const FIRST_JOBS = 1_000;

export const worker: Benchmark = {
  name: 'worker',
  ours: 'messages sent by one worker process: claim, HTTP call, settle, each durable',
  limit: 'raw undici calling the same stand-in, 50 at a time',
  async run(run) {
    const installation = await install(run);
    const process = await installation.start('worker');
    run.progress('warming up');
    const first = await measureDrain(installation, [process], FIRST_JOBS);
    const jobs = Math.max(500, Math.round(first.perSecond * run.seconds));
    return compare(run, {
      ours: {
        name: 'worker',
        counted: 'message',
        measure: () => measureDrain(installation, [process], jobs),
      },
      limit: { name: 'raw undici', counted: 'call', measure: () => measureSends(run, installation) },
      floor: 0.2,
      goal: 0.4,
    });
  },
};

/** The same request as the provider's library makes of one message. */
function measureSends(run: Run, { standIn, env }: Installation) {
  const account = `${env.TWILIO_ACCOUNT_SID}:${env.TWILIO_AUTH_TOKEN}`;
  const form = {
    To: '+15551234567',
    Body: 'Your verification code is 123456',
    ValidityPeriod: '14400',
    From: env.TWILIO_FROM ?? '',
    StatusCallback: `${env.PUBLIC_BASE_URL}/callbacks/twilio/00000000-0000-0000-0000-000000000000`,
  };
  return measureCaller(run, {
    url: `${standIn.url}/2010-04-01/Accounts/${env.TWILIO_ACCOUNT_SID}/Messages.json`,
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(account).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(form).toString(),
    concurrency: CONCURRENCY,
  });
}
