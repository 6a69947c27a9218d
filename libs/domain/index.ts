export * from './activation.ts';
export * from './errors.ts';
export * from './message.ts';
export * from './money.ts';
export * from './outcome.ts';
export * from './phone-number.ts';
export * from './segments.ts';
export * from './sms-error-codes.ts';
