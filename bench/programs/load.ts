// The load generator, a process of its own: keep-alive HTTP/1.1 over raw sockets, one request per connection under way.
import { type Connection, openConnection } from './connection.ts';
import { createMeter } from './meter.ts';
import { type LoadSpec, readSpec } from './protocol.ts';
import { copyTemplate, createTemplate, type Template, writeSequence } from './requests.ts';

const spec = readSpec<LoadSpec>();
const templates = spec.requests.map((request) => createTemplate(request, spec.port));
const meter = createMeter();
const idle: Sender[] = [];
let turn = 0;
let sequence = spec.firstSequence;

interface Sender {
  /** `dueAt`: when it should have been sent, from which its latency counts. */
  send(dueAt: number): void;
}

for (let i = 0; i < spec.connections; i += 1) openSender();
meter.start(spec);
if (spec.ratePerSecond !== null) keepPace(spec.ratePerSecond);

function openSender(): void {
  const own: Template[] = [];
  let sentAt = 0;
  let waiting = false;
  const sender: Sender = {
    send(dueAt) {
      const index = turn % templates.length;
      turn += 1;
      const template = own[index] ?? copyTemplate(templates[index] as Template);
      own[index] = template;
      writeSequence(template, sequence);
      sequence += 1;
      sentAt = dueAt;
      waiting = true;
      connection.send(template.bytes);
    },
  };
  const next = () => {
    if (spec.ratePerSecond === null) sender.send(performance.now());
    else idle.push(sender);
  };
  const connection: Connection = openConnection(spec.port, {
    ready: next,
    reply(status) {
      waiting = false;
      meter.answered(status, performance.now() - sentAt);
      if (meter.running()) next();
    },
    lost() {
      if (waiting) meter.answered(0, performance.now() - sentAt);
      waiting = false;
    },
  });
}

/** Requests come at their times whether or not the server keeps up: what waits for a free connection counts as latency. */
function keepPace(ratePerSecond: number): void {
  const startedAt = performance.now();
  let sent = 0;
  setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * ratePerSecond);
    while (sent < due && idle.length > 0 && meter.running()) {
      // The one that has rested longest: a server closes a connection on which nothing is asked for long.
      sent += 1;
      idle.shift()?.send(startedAt + (sent / ratePerSecond) * 1_000);
    }
  }, 1);
}
