/**
 * Every Redis key of ours. All share one hash tag, so that scripts over several keys also work on a cluster;
 * BullMQ uses the same tag as its prefix.
 */
export const DEFAULT_PREFIX = '{smsx}';

export interface Keys {
  prefix: string;
  activation(id: number): string;
  rateLimit(apiKey: string): string;
  due: string;
  dueBuilt: string;
  budget(providerId: number): string;
  changes: string;
}

export function createKeys(prefix = DEFAULT_PREFIX): Keys {
  return {
    prefix,
    activation: (id) => `${prefix}:act:${id}`,
    rateLimit: (apiKey) => `${prefix}:rate:${apiKey}`,
    due: `${prefix}:due`,
    dueBuilt: `${prefix}:due:built`,
    budget: (providerId) => `${prefix}:budget:${providerId}`,
    changes: `${prefix}:changes`,
  };
}
