export * from './budget.ts';
export * from './open-number-provider.ts';
export * from './port.ts';
export * from './registry.ts';
export { createScriptedNumberProvider, type RentalScript } from './scripted/number-provider.ts';
export { createScriptedSmsProvider } from './scripted/sms-provider.ts';
export { createSmsbowerProvider, type SmsbowerConfig, type SmsbowerTimeouts } from './smsbower/provider.ts';
export * from './token-bucket.ts';
export { createTwilioProvider, type TwilioOptions, twilioTimeouts } from './twilio/provider.ts';
