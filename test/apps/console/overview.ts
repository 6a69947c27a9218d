import type { Config } from '#libs/platform';
import type { Teardown } from '../../helpers/services.ts';
import { browserOf, signIn, startTestConsole } from './console.ts';

/** The overview of a console on this configuration, as somebody who is signed in sees it at each call. */
export async function signedInOverview(t: Teardown, config: Config): Promise<() => Promise<string>> {
  const { app } = await startTestConsole(t, { config });
  const ask = browserOf(app);
  await signIn(ask);
  return async () => (await ask({ url: '/' })).body;
}
