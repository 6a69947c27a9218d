export * from './keys.ts';
export * from './poll-index.ts';
export * from './reply-channel.ts';
export * from './request-budget.ts';
export * from './request-counter.ts';
export * from './status-cache.ts';
