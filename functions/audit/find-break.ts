import { contentHash } from '../shared/hash.ts';
import { genesisHash } from '../shared/history.ts';
import { applications } from '../shared/tables.ts';
import { plainMap } from './plain-values.ts';

const { application, history } = applications.entities;

/** Where a history is not what was written. */
export interface Break {
  /** Sort key of the row; `STATE` when the rows are whole and the application says something else of them. */
  readonly row: string;
  readonly fault: string;
}

/**
 * The first break of an application's history, or undefined: every row stands in its place with nothing beside what it
 * was written with, follows the one before, and the application knows the last one.
 * @param items its rows in the order of their sort keys, as DynamoDB JSON.
 * @param head version, status and historyHash of the application, as DynamoDB JSON.
 */
export function findBreak(
  applicationId: string,
  items: readonly unknown[],
  head: unknown,
): Break | undefined {
  const { pk, sk } = application.key({ applicationId });
  let last: Readonly<Record<string, unknown>> = { version: 0, hash: genesisHash(applicationId) };
  for (const [index, item] of items.entries()) {
    const version = index + 1;
    const row = history.sk({ version });
    const stored = plainMap(item);
    if (!stored) return { row, fault: 'it has a value of a type that no row has' };
    if (stored['sk'] !== row) return { row, fault: `it is missing; ${String(stored['sk'])} stands there` };
    if (stored['pk'] !== pk) return { row, fault: 'it belongs to another application' };
    const more = Object.keys(stored).filter((name) => !['pk', 'sk', 'row'].includes(name));
    if (more.length > 0) return { row, fault: `it has foreign attributes: ${more.join(', ')}` };
    const fault = faultOf(stored['row'], version, last['hash']);
    if (fault !== undefined) return { row, fault };
    // It has been looked at just now.
    last = stored['row'] as Record<string, unknown>;
  }
  const known = plainMap(head);
  if (!known) return { row: sk, fault: 'the application itself is missing' };
  const count = items.length;
  if (typeof known['version'] === 'number' && known['version'] > count) {
    return {
      row: history.sk({ version: count + 1 }),
      fault: `it is missing; the application is at ${known['version']}`,
    };
  }
  if (known['version'] !== count || known['historyHash'] !== last['hash'] || known['status'] !== last['to']) {
    return { row: sk, fault: `the application is not at its last row, ${history.sk({ version: count })}` };
  }
  return undefined;
}

function faultOf(row: unknown, version: number, previous: unknown): string | undefined {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return 'it has no content';
  const { hash, ...content } = row as Record<string, unknown>;
  if (hash !== contentHash(content)) return 'it was altered: its hash is not that of its content';
  if (content['version'] !== version) return `it stands in the place of another: it is ${content['version']}`;
  if (content['previous'] !== previous) return 'it does not follow the row before';
  return undefined;
}
