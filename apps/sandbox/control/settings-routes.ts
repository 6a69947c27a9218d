import type { FastifyInstance } from 'fastify';
import type { SandboxContext } from '../core/context.ts';
import type { Settings, Tunables } from '../core/settings.ts';
import { bodyOf } from './body.ts';
import { ControlError } from './errors.ts';

type Check = (value: unknown) => boolean;

const isAmount: Check = (value) => typeof value === 'number' && value >= 0;

/** What may be changed while running, and how its value must look. */
const TUNABLES: Record<keyof Tunables, { check: Check; expected: string }> = {
  autoCodeSeconds: { check: (value) => value === null || isAmount(value), expected: 'seconds or null' },
  lifetimeSeconds: { check: isAmount, expected: 'seconds' },
  earliestCancelSeconds: { check: isAmount, expected: 'seconds' },
  statusAfterFinish: {
    check: (value) => ['STATUS_CANCEL', 'STATUS_OK', 'NO_ACTIVATION'].includes(String(value)),
    expected: 'STATUS_CANCEL, STATUS_OK or NO_ACTIVATION',
  },
  pushUrls: {
    check: (value) =>
      Array.isArray(value) && value.every((url) => typeof url === 'string' && URL.canParse(url)),
    expected: 'a list of URLs',
  },
  pushDelayScale: { check: isAmount, expected: 'a factor' },
  sentDelayMs: { check: isAmount, expected: 'milliseconds' },
  deliveredDelayMs: { check: isAmount, expected: 'milliseconds' },
};

export function registerSettingsRoutes(app: FastifyInstance, ctx: SandboxContext): void {
  app.get('/settings', () => tunablesOf(ctx.settings));
  app.put('/settings', (request) => {
    const changes = bodyOf(request);
    for (const [name, value] of Object.entries(changes)) requireValid(name, value);
    Object.assign(ctx.settings, changes);
    return tunablesOf(ctx.settings);
  });
  app.post('/clock', (request) => {
    const { advanceSeconds } = bodyOf(request);
    if (!isAmount(advanceSeconds))
      throw new ControlError(400, 'advanceSeconds must be a number of seconds from 0 on.');
    ctx.clock.advance(Number(advanceSeconds) * 1000);
    return { now: new Date(ctx.clock.nowMs()).toISOString() };
  });
}

function requireValid(name: string, value: unknown): void {
  const rule = Object.entries(TUNABLES).find(([known]) => known === name)?.[1];
  if (!rule)
    throw new ControlError(
      400,
      `There is no setting ${name}; there are ${Object.keys(TUNABLES).join(', ')}.`,
    );
  if (!rule.check(value)) throw new ControlError(400, `${name} must be ${rule.expected}.`);
}

function tunablesOf(settings: Settings): Tunables {
  const names = Object.keys(TUNABLES) as (keyof Tunables)[];
  return Object.fromEntries(names.map((name) => [name, settings[name]])) as unknown as Tunables;
}
