export function tethered(signal: string, command: string, args: string[]): [string, string[]];
