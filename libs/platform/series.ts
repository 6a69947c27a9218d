import type { Metric, Registry } from 'prom-client';

/** One line of a metric. */
type Labels = Readonly<Record<string, string>>;

export interface CounterSeries {
  add(): void;
}

export interface HistogramSeries {
  observe(seconds: number): void;
}

/**
 * Counters and histograms for what happens with every request. Those of prom-client find their series by its labels each
 * time, which costs a microsecond or two; these are found once, by whoever keeps them, and then only added to.
 */
export function counterSeries(
  registry: Registry,
  name: string,
  help: string,
): (labels: Labels) => CounterSeries {
  const all: { labels: Labels; value: number }[] = [];
  register(registry, { name, help, type: 'counter', values: () => all, reset: () => all.forEach(toZero) });
  return (labels) => {
    const series = { labels, value: 0 };
    all.push(series);
    return {
      add() {
        series.value += 1;
      },
    };
  };
}

export function histogramSeries(
  registry: Registry,
  name: string,
  help: string,
  bounds: readonly number[],
): (labels: Labels) => HistogramSeries {
  const all: Histogram[] = [];
  register(registry, {
    name,
    help,
    type: 'histogram',
    values: () => all.flatMap((histogram) => linesOf(name, bounds, histogram)),
    reset: () => all.forEach(toNothing),
  });
  return (labels) => {
    const histogram = { labels, sum: 0, counts: new Array<number>(bounds.length + 1).fill(0) };
    all.push(histogram);
    return {
      observe(seconds) {
        let bucket = 0;
        while (seconds > (bounds[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1;
        histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
        histogram.sum += seconds;
      },
    };
  };
}

interface Histogram {
  labels: Labels;
  sum: number;
  /** For each bound what was at most that and above the one before; last what was above all. */
  counts: number[];
}

interface Line {
  labels: Record<string, string | number>;
  value: number;
  metricName?: string;
}

function linesOf(name: string, bounds: readonly number[], { labels, sum, counts }: Histogram): Line[] {
  let count = 0;
  const buckets = counts.map((more, index) => {
    count += more;
    return { labels: { le: bounds[index] ?? '+Inf', ...labels }, value: count, metricName: `${name}_bucket` };
  });
  return [
    ...buckets,
    { labels, value: sum, metricName: `${name}_sum` },
    { labels, value: count, metricName: `${name}_count` },
  ];
}

interface OwnMetric {
  name: string;
  help: string;
  type: 'counter' | 'histogram';
  values(): Line[];
  reset(): void;
}

function register(registry: Registry, { values, reset, ...about }: OwnMetric): void {
  const get = async () => ({ ...about, aggregator: 'sum', values: values() });
  registry.registerMetric(asMetric({ ...about, get, reset }));
}

/** The registry asks its metrics for no more than their name, `get` and `reset`; its type names its own classes only. */
function asMetric(own: { name: string; get(): Promise<unknown>; reset(): void }): Metric {
  return own as unknown as Metric;
}

function toZero(series: { value: number }): void {
  series.value = 0;
}

function toNothing(histogram: Histogram): void {
  histogram.sum = 0;
  histogram.counts.fill(0);
}
