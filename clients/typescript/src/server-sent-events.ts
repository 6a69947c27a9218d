export interface ServerSentEvent {
  id: string;
  data: string;
}

/**
 * The events of a text/event-stream that have an id. Ends with the stream, when the connection breaks, and when nothing
 * came for `silenceMs`: all three mean the same to a reader, who comes again.
 */
export async function* serverSentEvents(
  response: Response,
  silenceMs: number,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const reader = response.body?.getReader();
  if (!reader) return;
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await within(silenceMs, reader.read());
      if (done) return;
      const blocks = (text + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = parse(block);
        if (event) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

type Chunk = { done: boolean; value?: Uint8Array | undefined };

/** The next piece; the end where there is none in time. */
async function within(ms: number, next: Promise<Chunk>): Promise<Chunk> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<Chunk>((resolve) => {
    timer = setTimeout(() => resolve({ done: true }), ms);
  });
  try {
    return await Promise.race([next.catch(() => ({ done: true })), silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** Comments, and fields that are not needed here, are passed over. */
function parse(block: string): ServerSentEvent | null {
  const lines = block.split(/\r?\n/);
  const valuesOf = (field: string) =>
    lines
      .filter((line) => line.startsWith(`${field}:`))
      .map((line) => line.slice(field.length + 1).trimStart());
  const id = valuesOf('id').at(-1);
  const data = valuesOf('data');
  return id && data.length > 0 ? { id, data: data.join('\n') } : null;
}
