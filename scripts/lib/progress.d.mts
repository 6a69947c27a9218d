export interface Progress {
  step<Value>(label: string, work: (relabel: (label: string) => void) => Promise<Value>): Promise<Value>;
  line(text: string): void;
}

export function createProgress(stream?: NodeJS.WritableStream): Progress;
