import { contentHash } from '../shared/hash.ts';
import { type AuditedKind, auditedKinds, type Break, findBreak } from './find-break.ts';

/** What has a history. */
export interface AuditedThing {
  readonly kind: AuditedKind;
  readonly id: string;
}

/** A history and what it is of, as DynamoDB JSON. */
export interface ReadHistory {
  readonly items: readonly unknown[];
  readonly head: unknown;
}

/**
 * The first break of a history as it is read. It may go on while it is read: a break counts when it is there again and
 * nothing has moved.
 */
export async function verifyHistory(
  read: (thing: AuditedThing) => Promise<ReadHistory>,
  thing: AuditedThing,
): Promise<ReadHistory & { readonly found: Break | undefined }> {
  let before: string | undefined;
  for (;;) {
    const history = await read(thing);
    const found = findBreak(auditedKinds[thing.kind](thing.id), history.items, history.head);
    // Attributes come in any order.
    const now = contentHash([found, history.head]);
    if (!found || now === before) return { ...history, found };
    before = now;
  }
}

/** What stands on two pages of a listing is taken once. */
export async function* onceEach(
  pages: AsyncGenerator<readonly AuditedThing[]>,
): AsyncGenerator<AuditedThing> {
  const seen = new Set<string>();
  for await (const things of pages) {
    for (const thing of things) {
      const name = `${thing.kind} ${thing.id}`;
      if (!seen.has(name)) yield thing;
      seen.add(name);
    }
  }
}
