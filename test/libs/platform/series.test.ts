import t from 'tap';
import { createMetrics } from '#libs/platform';

t.test('series show as the metrics of the registry do', async (t) => {
  const metrics = createMetrics('gateway');
  const seconds = metrics.histogramSeries('wait_seconds', 'Waits');
  const asked = metrics.counterSeries('asked_total', 'Questions');
  const short = seconds({ route: '/a' });
  for (const value of [0.001, 0.0011, 60]) short.observe(value);
  const known = metrics.histogram('known_seconds', 'Waits', ['route']);
  for (const value of [0.001, 0.0011, 60]) known.observe({ route: '/a' }, value);
  const yes = asked({ answer: 'yes' });
  yes.add();
  yes.add();
  asked({ answer: 'no' });
  const text = await metrics.registry.metrics();
  const linesOf = (name: string) =>
    text
      .split('\n')
      .filter((line) => line.includes(name))
      // The order of labels means nothing.
      .map((line) => line.replaceAll(name, 'x').split(/[{},]/).sort());
  t.same(linesOf('smsx_wait_seconds'), linesOf('smsx_known_seconds'));
  t.ok(linesOf('smsx_known_seconds').length > 15);
  t.match(text, '# TYPE smsx_asked_total counter');
  t.match(text, 'smsx_asked_total{answer="yes",app="gateway"} 2');
  t.match(text, 'smsx_asked_total{answer="no",app="gateway"} 0');
  metrics.registry.resetMetrics();
  t.match(await metrics.registry.metrics(), 'smsx_asked_total{answer="yes",app="gateway"} 0');
});
