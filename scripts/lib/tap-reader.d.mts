export class TapReader {
  counts: { passed: number; failed: number; skipped: number };
  constructor(listener?: { onOther?(line: string): void });
  line(line: string): void;
}
