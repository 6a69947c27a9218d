const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const STILL_EVERY_MS = 15_000;

/**
 * Shows slow steps: on a terminal one line with a spinner and the elapsed seconds of all running steps, elsewhere
 * a plain line at the start, every 15 seconds and at the end. `step(label, work)` returns what `work` returns;
 * `work` gets a function that changes the label.
 */
export function createProgress(stream = process.stderr) {
  const live = Boolean(stream.isTTY) && process.env.TERM !== 'dumb';
  const paint =
    live && !process.env.NO_COLOR ? (code, text) => `\x1b[${code}m${text}\x1b[0m` : (_, text) => text;
  const running = new Set();
  let timer;
  let frame = 0;

  const line = (text) => stream.write(`${live ? '\r\x1b[K' : ''}${text}\n`);
  const draw = () => {
    const text = [...running].map((step) => `${step.label} ${seconds(step)}`).join(' · ');
    stream.write(
      `\r\x1b[K${paint(36, FRAMES[frame++ % FRAMES.length])} ${text.slice(0, (stream.columns || 80) - 3)}`,
    );
  };
  const tick = () => {
    if (live) return draw();
    for (const step of running) {
      if (Date.now() - step.toldAt < STILL_EVERY_MS) continue;
      step.toldAt = Date.now();
      line(`… still ${step.label} (${seconds(step)})`);
    }
  };
  const finish = (step, mark) => {
    running.delete(step);
    line(`${mark} ${step.label} ${paint(2, seconds(step))}`);
    if (running.size > 0 || !timer) return;
    clearInterval(timer);
    timer = undefined;
  };

  async function step(label, work) {
    const entry = { label, startedAt: Date.now(), toldAt: Date.now() };
    running.add(entry);
    if (!live) line(`… ${label}`);
    timer ??= setInterval(tick, live ? 80 : 1_000);
    try {
      const result = await work((text) => {
        entry.label = text;
      });
      finish(entry, paint(32, '✓'));
      return result;
    } catch (error) {
      finish(entry, paint(31, '✗'));
      throw error;
    }
  }
  return { step, line, paint };
}

function seconds(step) {
  const elapsed = (Date.now() - step.startedAt) / 1000;
  return `${elapsed.toFixed(elapsed < 10 ? 1 : 0)} s`;
}
