// The limit of everything that calls a provider: undici in a loop, nothing before it and nothing after.
import { Pool } from 'undici';
import { createMeter } from './meter.ts';
import { type CallerSpec, readSpec } from './protocol.ts';

const spec = readSpec<CallerSpec>();
const { origin, pathname, search } = new URL(spec.url);
const pool = new Pool(origin, { connections: spec.concurrency, pipelining: 1 });
const meter = createMeter();

meter.start(spec);
for (let i = 0; i < spec.concurrency; i += 1) void callOn();

async function callOn(): Promise<void> {
  while (meter.running()) {
    const startedAt = performance.now();
    const { statusCode, body } = await pool.request({
      path: pathname + search,
      method: spec.method,
      headers: spec.headers,
      body: spec.body,
    });
    await body.text();
    meter.answered(statusCode, performance.now() - startedAt);
  }
}
