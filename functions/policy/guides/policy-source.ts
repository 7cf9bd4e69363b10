import { readFileSync } from 'node:fs';
import type { Clock } from '../../shared/clock.ts';
import type { Table } from '../../shared/table.ts';
import { DynamoGuideSource } from './guide-store.ts';
import { type Law, PolicyBook } from './policy-book.ts';

/** Reads the compiled law that stands beside the bundle; it was validated when it was compiled. */
export function readLaw(bundleUrl: string): Law {
  return JSON.parse(readFileSync(new URL('./policy.json', bundleUrl), 'utf8'));
}

/** The policy of a door, and what it reads published guides from. See `openPolicyBook`. */
export function openPolicy(bundleUrl: string, table: Table<'policy'>, clock: Clock) {
  const guides = new DynamoGuideSource(table, clock);
  return { guides, policy: new PolicyBook(readLaw(bundleUrl), guides) };
}

/** The policy of a door: the law that lies beside its bundle, and the guides that were published into the table. */
export function openPolicyBook(bundleUrl: string, table: Table<'policy'>, clock: Clock): PolicyBook {
  return openPolicy(bundleUrl, table, clock).policy;
}
