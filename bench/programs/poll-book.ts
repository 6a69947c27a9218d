export interface PollSummary {
  seconds: number;
  polls: number;
  /** Rentals that were asked about at all. */
  rentals: number;
  /** Between two questions about one rental, or since the last one. */
  worstGapMs: number;
  p99GapMs: number;
  /** How many rentals were asked about how often. */
  counts: Record<string, number>;
}

interface Entry {
  lastAt: number;
  polls: number;
}

/** When each rental was asked about. */
export class PollBook {
  private readonly entries = new Map<string, Entry>();
  private gapsMs: number[] = [];
  private polls = 0;
  private since = performance.now();

  note(id: string, now: number): void {
    const entry = this.entries.get(id);
    this.polls += 1;
    if (!entry) return void this.entries.set(id, { lastAt: now, polls: 1 });
    this.gapsMs.push(now - entry.lastAt);
    entry.lastAt = now;
    entry.polls += 1;
  }

  /** Known rentals stay, so that the first gap after it counts too. */
  clear(now: number): void {
    for (const entry of this.entries.values()) entry.polls = 0;
    this.gapsMs = [];
    this.polls = 0;
    this.since = now;
  }

  summary(now: number): PollSummary {
    const gaps = this.gapsMs.sort((a, b) => a - b);
    const counts: Record<string, number> = {};
    let openMs = 0;
    for (const { lastAt, polls } of this.entries.values()) {
      counts[polls] = (counts[polls] ?? 0) + 1;
      openMs = Math.max(openMs, now - lastAt);
    }
    return {
      seconds: (now - this.since) / 1_000,
      polls: this.polls,
      rentals: this.entries.size,
      worstGapMs: Math.max(openMs, gaps.at(-1) ?? 0),
      p99GapMs: gaps[Math.floor(gaps.length * 0.99)] ?? 0,
      counts,
    };
  }
}
