import type { Target } from './api-call.ts';
import { verifyHistories } from './audit-verify.ts';
import { OpsError } from './guide-file.ts';
import { keptHeads } from './kept-heads.ts';
import { verifyLedgers } from './ledger-verify.ts';

/** Verifies histories, and with `--heads` the heads of an earlier day. @throws OpsError */
export async function verifyAudit(
  target: Target,
  given: {
    readonly application?: string | undefined;
    readonly heads?: string | undefined;
    readonly key?: string | undefined;
    readonly json: boolean;
  },
): Promise<string> {
  const { application, heads, key, json } = given;
  if ((heads === undefined) !== (key === undefined)) throw new OpsError('--heads and --key go together');
  const kept = heads !== undefined && key !== undefined ? keptHeads(heads, key) : undefined;
  const asked = { only: application, ...(kept && { heads: kept.heads }) };
  const found = await verifyHistories(target, asked, (line) => console.error(line));
  const { applications, others, rows, breaks } = found;
  if (breaks.length > 0) process.exitCode = 1;
  if (json) return JSON.stringify(found);
  return [
    ...breaks.map(({ kind, id, row, fault }) => `${kind} ${id} ${row}: ${fault}`),
    `${applications} applications, ${others} others, ${rows} rows: ${breaks.length === 0 ? 'no break' : `${breaks.length} broken`}`,
  ].join('\n');
}

/** Verifies one ledger, or all. @throws OpsError */
export async function verifyLedger(target: Target, pool: string | undefined, json: boolean): Promise<string> {
  const found = await verifyLedgers(target, pool, (line) => console.error(line));
  const { pools, entries, rounds, awards, breaks } = found;
  if (breaks.length > 0) process.exitCode = 1;
  if (json) return JSON.stringify(found);
  const counted = `${pools} pools, ${entries} entries, ${rounds} rounds, ${awards} awards`;
  return [
    ...breaks.map(({ poolId, version, fault }) => `${poolId} version ${version}: ${fault}`),
    `${counted}: ${breaks.length === 0 ? 'no break' : `${breaks.length} broken`}`,
  ].join('\n');
}
