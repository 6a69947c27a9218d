import { pino } from 'pino';
import t from 'tap';
import { createLineWriter } from '#libs/platform';

t.test('a line of its own looks like one of the logger', (t) => {
  const { lines, log } = open('info');
  log.info({ event: 'a', n: 1 });
  createLineWriter(log)('info', '"event":"a","n":1');
  createLineWriter(log)('warn', '"event":"b"');
  const [theirs, ours, warning] = lines.map((line) => JSON.parse(line));
  t.ok(lines.every((line) => line.endsWith('}\n')));
  t.same({ ...ours, time: null }, { ...theirs, time: null });
  t.match(ours.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  t.match(warning, { level: 40, app: 'x', event: 'b' });
  t.end();
});

t.test('below the level of the logger nothing is written', (t) => {
  const { lines, log } = open('warn');
  createLineWriter(log)('info', '"event":"a"');
  t.same(lines, []);
  createLineWriter(log)('warn', '"event":"b"');
  t.equal(lines.length, 1);
  t.end();
});

function open(level: string) {
  const lines: string[] = [];
  const settings = { level, base: { app: 'x' }, timestamp: pino.stdTimeFunctions.isoTime };
  return { lines, log: pino(settings, { write: (line: string) => void lines.push(line) }) };
}
