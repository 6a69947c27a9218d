/** Resolves with a folder whose `dist/` is a build of the sources as they are now. */
export function snapshot(): Promise<string>;
