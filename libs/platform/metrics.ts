import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type CounterSeries, counterSeries, type HistogramSeries, histogramSeries } from './series.ts';

export type { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** One registry per app, so that several apps in one process keep their own numbers. Names start with `smsx_`. */
export interface Metrics {
  registry: Registry;
  counter<Label extends string>(name: string, help: string, labels?: readonly Label[]): Counter<Label>;
  gauge<Label extends string>(name: string, help: string, labels?: readonly Label[]): Gauge<Label>;
  histogram<Label extends string>(
    name: string,
    help: string,
    labels?: readonly Label[],
    bucketsSeconds?: number[],
  ): Histogram<Label>;
  /** For what is counted with every request: each series is made once, by its labels, and kept by who adds to it. */
  counterSeries(name: string, help: string): (labels: Record<string, string>) => CounterSeries;
  /** The same for durations, in seconds. */
  histogramSeries(name: string, help: string): (labels: Record<string, string>) => HistogramSeries;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createMetrics(app: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ app });
  collectDefaultMetrics({ register: registry });
  const own = { registers: [registry] };
  return {
    registry,
    counter: (name, help, labels = []) =>
      new Counter({ name: `smsx_${name}`, help, labelNames: labels, ...own }),
    gauge: (name, help, labels = []) => new Gauge({ name: `smsx_${name}`, help, labelNames: labels, ...own }),
    histogram: (name, help, labels = [], buckets = SECONDS) =>
      new Histogram({ name: `smsx_${name}`, help, labelNames: labels, buckets, ...own }),
    counterSeries: (name, help) => counterSeries(registry, `smsx_${name}`, help),
    histogramSeries: (name, help) => histogramSeries(registry, `smsx_${name}`, help, SECONDS),
  };
}
