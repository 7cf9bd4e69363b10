import { type DynamoGuideSource, genesis } from '../policy/guides/guide-store.ts';
import { verifyGuides } from '../policy/guides/verify-guides.ts';
import type { RegisterStore } from '../register/register-store.ts';
import { log } from '../shared/log.ts';
import { shanghaiDate } from '../shared/shanghai-date.ts';
import type { FoundBreak } from './find-break.ts';
import type { HeadsStatement } from './heads.ts';
import { type HeadsKeeper, type KeepHeadsParts, keepHeads, type Signer } from './keep-heads.ts';
import { earlierNights, type KeptNight, keptNight, newestStatement } from './kept-nights.ts';
import { goneBreak } from './since-heads.ts';
import { type Position, type VerifyParts, verifyStored } from './verify-stored.ts';

/** How often a night's verification is called, a quarter of an hour after another: each goes on where the last stopped. */
export const legsPerNight = 16;

const dayMs = 86_400_000;

interface VerifyAuditParts extends Omit<VerifyParts, 'kept'>, KeepHeadsParts {
  readonly signer: Signer;
  readonly keeper: HeadsKeeper;
  readonly guides: DynamoGuideSource;
  readonly register: RegisterStore;
}

interface VerifiedAudit {
  readonly heads: number;
  readonly breaks: number;
  readonly unverified: Position | null;
}

/**
 * Verifies every history, ledger, witnessed row and guide as they are stored, and that what the nights before have kept, signed,
 * is there still; tells of each break, and keeps the heads, signed. What a run has no time for, the next of the day goes on with, from what the last one kept; when the day's is
 * ended, a run changes nothing. What a night has not come to is in its last statement, and told.
 * @param again begins anew, whatever the day has come to.
 */
export async function verifyAudit(parts: VerifyAuditParts, again = false): Promise<VerifiedAudit> {
  const now = parts.clock();
  const before = again ? undefined : await newestStatement(parts.keeper, shanghaiDate(now));
  if (before && before.unverified === null) return resultOf(before);
  if (!before) await tellOfYesterday(parts.keeper, shanghaiDate(new Date(now.getTime() - dayMs)));

  const earlier = await earlierNights(parts, now);
  const found = await verifyStored({ ...parts, kept: earlier.heads }, before?.unverified ?? undefined);
  const ofGuides = found.next ? [] : await verifyGuides(parts.guides);
  const breaks = [
    ...(before ? [] : earlier.breaks),
    ...found.breaks,
    ...(found.next ? [] : await goneSince(parts, earlier, found.heads, before && shanghaiDate(now))),
    ...ofGuides.map(({ version, fault }) => ({ kind: 'guide', id: version, row: 'guide', fault })),
  ];
  for (const { kind, id, row, fault } of breaks) log.warn('audit.broken', { kind, id, row, fault });
  const root = await parts.register.lastRoot(shanghaiDate(now));
  const standing = {
    register: root ? { day: root.day, root: root.root } : null,
    guides: await parts.guides.newest(),
  };
  const { statement } = await keepHeads(parts, { ...found, breaks }, standing, before);
  if (statement.unverified && statement.leg >= legsPerNight) tellUnfinished(statement);
  const { leg, heads, unverified } = statement;
  log.info('audit.verified', { leg, heads, breaks: breaks.length, unverified: unverified?.stage });
  return resultOf(statement);
}

/** A night that stopped before its last run tells nothing of that itself: the next one does. */
async function tellOfYesterday(keeper: HeadsKeeper, day: string): Promise<void> {
  const statement = await newestStatement(keeper, day);
  if (statement?.unverified && statement.leg < legsPerNight) tellUnfinished(statement);
}

function tellUnfinished({ day, leg, unverified }: HeadsStatement): void {
  log.warn('audit.unfinished', { day, leg, stage: unverified?.stage ?? '' });
}

/**
 * What the nights before have kept and this one has not come to see: histories, ledgers and rows that are gone, a root of the
 * register or a publication that is not there any more.
 * @param today of the night, where earlier runs of it have seen a part.
 */
async function goneSince(
  parts: VerifyAuditParts,
  earlier: KeptNight,
  heads: readonly string[],
  today: string | undefined,
): Promise<FoundBreak[]> {
  const seen = new Set(heads.map((line) => line.slice(0, line.lastIndexOf(' '))));
  if (today !== undefined) for (const name of (await keptNight(parts, today)).heads.keys()) seen.add(name);
  const gone = [...earlier.heads.keys()].filter((name) => !seen.has(name)).map(goneBreak);
  const last = earlier.statements.at(-1);
  if (!last) return gone;
  const { register, guides } = last;
  const root = register && (await parts.register.rootOf(register.day));
  if (register && root?.root !== register.root) {
    gone.push({ kind: 'register', id: register.day, row: 'root', fault: 'it is not the root that was kept' });
  }
  const listed = await parts.guides.storedList();
  if (guides !== genesis && !listed.some(({ hash }) => hash === guides)) {
    gone.push({
      kind: 'guide',
      id: 'all',
      row: 'guide',
      fault: 'the publication that was the newest is gone',
    });
  }
  return gone;
}

function resultOf({ heads, breaks, unverified }: HeadsStatement): VerifiedAudit {
  return { heads, breaks, unverified };
}
