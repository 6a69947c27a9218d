export function isAlive(pid: number): boolean;
export function waitUntil(condition: () => unknown, patienceMs: number, everyMs?: number): Promise<boolean>;
