import type { Target } from './api-call.ts';
import { verifyHistories } from './audit-verify.ts';
import { OpsError } from './guide-file.ts';
import { keptNight } from './kept-heads.ts';
import { verifyLedgers } from './ledger-verify.ts';
import { verifyStoredRows } from './rows-verify.ts';

/** Verifies histories and rows with witnesses, and with `--heads` the heads of an earlier day. @throws OpsError */
export async function verifyAudit(
  target: Target,
  given: {
    readonly application?: string | undefined;
    readonly heads?: readonly string[] | undefined;
    readonly key?: string | undefined;
    readonly json: boolean;
  },
): Promise<string> {
  const { application: only, heads: files, key, json } = given;
  if ((files === undefined) !== (key === undefined)) throw new OpsError('--heads and --key go together');
  const night = files !== undefined && key !== undefined ? keptNight(files, key) : undefined;
  const heads = night?.heads ?? new Map<string, string>();
  const report = (line: string) => console.error(line);
  const left = night?.statements.at(-1)?.unverified;
  if (left) report(`the night of these heads did not come to ${left.stage}, or not to its end`);
  const found = await verifyHistories(target, { only, heads }, report);
  const ofRows = only === undefined ? await verifyStoredRows(target, heads, report) : undefined;
  const breaks = [...found.breaks, ...(ofRows?.breaks ?? [])];
  if (breaks.length > 0) process.exitCode = 1;
  const { applications, others, rows } = found;
  if (json) {
    return JSON.stringify({
      applications,
      others,
      rows,
      ...(ofRows && { witnessed: ofRows.witnessed }),
      breaks,
    });
  }
  const looked = `${applications} applications, ${others} others, ${rows} rows${ofRows ? `, ${ofRows.witnessed} with witnesses` : ''}`;
  return [
    ...breaks.map(({ kind, id, row, fault }) => `${kind} ${id} ${row}: ${fault}`),
    `${looked}: ${breaks.length === 0 ? 'no break' : `${breaks.length} broken`}`,
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
