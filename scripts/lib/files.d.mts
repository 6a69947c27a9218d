/** Parsed content, or null when the file is missing or torn. */
export function readJson(path: string): unknown;
