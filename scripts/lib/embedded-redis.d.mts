/** Where a Redis server is, and where its libraries lie when it was fetched. */
export function prepareRedis(): Promise<{ binary: string; libraryPath?: string }>;
