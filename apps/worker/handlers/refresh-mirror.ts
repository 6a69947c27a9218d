import { parseMirrorId, refreshMirror } from '#libs/services';
import type { JobHandler } from '../deps.ts';

/** Fetches what a partner waits for. The poller fetches it too, within seconds, when this job is lost. */
export const refreshMirrorEntry: JobHandler = async ({ ctx, numbers }, { id }) => {
  const key = parseMirrorId(id);
  const provider = key && (await numbers.get(key.providerId));
  if (key && provider) await refreshMirror({ ctx, input: { key, provider } });
};
