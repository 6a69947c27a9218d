/** What was started, ended in reverse order. */
export interface Scope {
  onEnd(end: () => unknown): void;
  end(): Promise<void>;
}

export function createScope(): Scope {
  const ends: (() => unknown)[] = [];
  return {
    onEnd: (end) => void ends.push(end),
    async end() {
      for (let end = ends.pop(); end; end = ends.pop()) {
        await Promise.resolve(end()).catch((error: Error) =>
          process.stderr.write(`while ending: ${error.message}\n`),
        );
      }
    },
  };
}
