import { ConfigError, readConfig } from '#libs/platform';

/** Every variable that libs/platform/config.ts asks the environment for, as it asks. */
export function configurationNames(): string[] {
  const names = new Set<string>();
  const listening = new Proxy<Record<string, string | undefined>>(
    {},
    {
      get(_target, name) {
        if (typeof name === 'string') names.add(name);
        return undefined;
      },
    },
  );
  try {
    readConfig(listening);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
  return [...names].sort();
}
