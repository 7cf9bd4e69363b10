import { contentHash } from '../shared/hash.ts';
import { genesisHash, partsOf, stateHash } from '../shared/history.ts';
import type { Key } from '../shared/keys.ts';
import { isRecord } from '../shared/records.ts';
import { applications, budget, people } from '../shared/tables.ts';
import { plainMap } from './plain-values.ts';

/** Where a history is not what was written. */
export interface Break {
  /** Sort key of the row; `STATE` when the rows are whole and the aggregate is not what they led to. */
  readonly row: string;
  readonly fault: string;
}

/** A break of something, named. */
export interface FoundBreak extends Break {
  readonly kind: string;
  readonly id: string;
}

/** What has a history: its id, where it stands, and where its rows do. */
export interface Audited {
  readonly id: string;
  readonly key: Key;
  readonly rowAt: (version: number) => string;
}

const { application, history: applicationHistory } = applications.entities;
const { round, order, paymentFile, resultsFile, clawback, bankAccount, objection, history } = budget.entities;
const rowAt = (version: number) => history.sk({ version });

/** What has a history, by its kind and id. */
export const auditedKinds = {
  application: (id: string): Audited => ({
    id,
    key: application.key({ applicationId: id }),
    rowAt: (version) => applicationHistory.sk({ version }),
  }),
  round: (id: string): Audited => ({ id, key: round.key({ roundId: id }), rowAt }),
  order: (id: string): Audited => ({ id, key: order.key({ orderId: id }), rowAt }),
  'payment-file': (id: string): Audited => ({ id, key: paymentFile.key({ paymentFileId: id }), rowAt }),
  results: (id: string): Audited => ({ id, key: resultsFile.key({ importId: id }), rowAt }),
  clawback: (id: string): Audited => ({ id, key: clawback.key({ clawbackId: id }), rowAt }),
  account: (id: string): Audited => ({ id, key: bankAccount.key({ organisation: id }), rowAt }),
  objection: (id: string): Audited => ({ id, key: objection.key({ objectionId: id }), rowAt }),
  access: (id: string): Audited => ({
    id,
    key: people.entities.access.key({ reference: id }),
    rowAt: (version) => people.entities.accessRow.sk({ version }),
  }),
} as const;
export type AuditedKind = keyof typeof auditedKinds;

/**
 * The first break of a history, or undefined: every row stands in its place with nothing beside what it was written with,
 * follows the one before, and the aggregate is to the last attribute what the newest row led to.
 * @param items its rows in the order of their sort keys, as DynamoDB JSON.
 * @param head the aggregate itself, as DynamoDB JSON.
 */
export function findBreak(
  { id, key, rowAt }: Audited,
  items: readonly unknown[],
  head: unknown,
): Break | undefined {
  const { pk, sk } = key;
  let last: Readonly<Record<string, unknown>> = { version: 0, hash: genesisHash(id) };
  const parts: Record<string, unknown> = {};
  for (const [index, item] of items.entries()) {
    const version = index + 1;
    const row = rowAt(version);
    const stored = plainMap(item);
    if (!stored) return { row, fault: 'it has a value of a type that no row has' };
    if (stored['sk'] !== row) return { row, fault: `it is missing; ${String(stored['sk'])} stands there` };
    if (stored['pk'] !== pk) return { row, fault: 'it belongs to something else' };
    const more = Object.keys(stored).filter((name) => !['pk', 'sk', 'row'].includes(name));
    if (more.length > 0) return { row, fault: `it has foreign attributes: ${more.join(', ')}` };
    const fault = faultOf(stored['row'], version, last['hash']);
    if (fault !== undefined) return { row, fault };
    // It has been looked at just now.
    last = stored['row'] as Record<string, unknown>;
    Object.assign(parts, last['parts']);
  }
  const known = plainMap(head);
  if (!known) return { row: sk, fault: 'it is missing itself, or has a value of a type that it never has' };
  const state = isRecord(known['state']) ? known['state'] : {};
  const count = items.length;
  if (typeof state['version'] === 'number' && state['version'] > count) {
    return { row: rowAt(count + 1), fault: `it is missing; the state is at ${state['version']}` };
  }
  const altered = alteredParts(known, { pk, sk }, parts);
  if (altered.length > 0 || stateHash(known) !== last['stateHash']) {
    return { row: sk, fault: `it was altered: ${altered.join(', ') || 'as a whole'}` };
  }
  if (state['historyHash'] !== last['hash']) {
    return { row: sk, fault: `it is not at its last row, ${rowAt(count)}: state.historyHash` };
  }
  return undefined;
}

/** Names of what an aggregate has otherwise than its rows say, with its keys. */
function alteredParts(known: Record<string, unknown>, key: Key, parts: Readonly<Record<string, unknown>>) {
  const now: Readonly<Record<string, unknown>> = partsOf(known);
  const names = [...new Set([...Object.keys(now), ...Object.keys(parts)])].sort();
  return [
    ...(['pk', 'sk'] as const).filter((name) => known[name] !== key[name]),
    ...names.filter((name) => (Object.hasOwn(now, name) ? now[name] : null) !== (parts[name] ?? null)),
  ];
}

function faultOf(row: unknown, version: number, previous: unknown): string | undefined {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return 'it has no content';
  const { hash, ...content } = row as Record<string, unknown>;
  if (hash !== contentHash(content)) return 'it was altered: its hash is not that of its content';
  if (content['version'] !== version) return `it stands in the place of another: it is ${content['version']}`;
  if (content['previous'] !== previous) return 'it does not follow the row before';
  return undefined;
}
