import { findUser, hasUsableApiKey } from '#libs/store';
import type { Check, Finding } from './check.ts';

/** What may be left out, but hardly on purpose. */
export const configuration: Check = {
  name: 'configuration',
  needsDatabase: true,
  async run({ config, db }) {
    const problems: Finding[] = [];
    const warn = (result: string, hint: string) =>
      problems.push({ check: 'configuration', verdict: 'warn', result, hint });
    if (!config.encryptionKeyConfigured)
      warn('ENCRYPTION_KEY is not set', 'openssl rand -base64 32; the same for every process');
    if (config.publicBaseUrl === null)
      warn('PUBLIC_BASE_URL is not set', 'Providers cannot report delivery or codes without it');
    if (config.partnerApiKeys.length === 0 && !(await hasUsableApiKey(db)))
      warn('no API key is live', 'smsx key create --user 1 --name production');
    if (config.partnerUserId !== null && !(await findUser(db, config.partnerUserId)))
      warn(
        `PARTNER_VIRTUAL_USER_ID is ${config.partnerUserId}, who does not exist`,
        `smsx user create --id ${config.partnerUserId} --name "…"`,
      );
    if (problems.length > 0) return problems;
    return [{ check: 'configuration', verdict: 'ok', result: 'complete' }];
  },
};
