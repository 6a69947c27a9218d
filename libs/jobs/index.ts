export * from './catalog.ts';
export * from './consumer.ts';
export * from './producer.ts';
