import { randomUUID } from 'node:crypto';
import type { Database } from '#libs/platform';
import { insertMessages, type MessageClaim, type NewMessage } from '#libs/store';

export function newMessage(changes: Partial<NewMessage> = {}): NewMessage {
  return {
    ...{ id: randomUUID(), owner: 'u:1', apiKey: 'k', to: '+15551234567', body: Buffer.from('sealed') },
    ...{ test: false, encoding: 'gsm7', segments: 1, reference: null, callbackUrl: null, sendAt: null },
    ...{ validitySeconds: 600, idempotency: null, ...changes },
  };
}

/** Messages that are ready to be sent, each with a claim that nobody has made yet. */
export async function readyMessages(
  db: Database,
  count: number,
  changes: Partial<NewMessage> = {},
): Promise<MessageClaim[]> {
  const messages = Array.from({ length: count }, () => newMessage(changes));
  await insertMessages(db, messages);
  return messages.map(({ id }) => ({ id, epoch: 1, claim: randomUUID() }));
}

/** The same database, counting statements outside of transactions. */
export function counted(db: Database): { db: Database; statements: () => number } {
  let count = 0;
  const query: Database['query'] = (sql, values) => {
    count += 1;
    return db.query(sql, values);
  };
  return { db: { ...db, query }, statements: () => count };
}
