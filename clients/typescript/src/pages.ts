/** One page of a list. */
export interface Page<Entry> {
  data: Entry[];
  /** Where the next one begins; null on the last. */
  next_cursor: string | null;
}

/**
 * A list that is read page by page while it is iterated: `for await (const entry of list)`. `pages()` gives whole
 * pages, `first()` only the first. Nothing is requested before.
 */
export class Pages<Entry> implements AsyncIterable<Entry> {
  readonly #read: (cursor: string | undefined) => Promise<Page<Entry>>;

  constructor(read: (cursor: string | undefined) => Promise<Page<Entry>>) {
    this.#read = read;
  }

  first(): Promise<Page<Entry>> {
    return this.#read(undefined);
  }

  async *pages(): AsyncGenerator<Page<Entry>, void, undefined> {
    let cursor: string | undefined;
    do {
      const page = await this.#read(cursor);
      yield page;
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Entry, void, undefined> {
    for await (const page of this.pages()) yield* page.data;
  }
}
