import type { DynamoGuideSource } from '../policy/guides/guide-store.ts';
import { verifyGuides } from '../policy/guides/verify-guides.ts';
import type { RegisterStore } from '../register/register-store.ts';
import { log } from '../shared/log.ts';
import { shanghaiDate } from '../shared/shanghai-date.ts';
import { type HeadsStatement, headsOf, SignedHeadsSchema } from './heads.ts';
import { type HeadsKeeper, type KeepHeadsParts, keepHeads } from './keep-heads.ts';
import { type Position, type VerifyParts, verifyStored } from './verify-stored.ts';

/** How often a night's verification is called, a quarter of an hour after another: each goes on where the last stopped. */
export const legsPerNight = 16;

const dayMs = 86_400_000;

interface VerifyAuditParts extends VerifyParts, KeepHeadsParts {
  readonly guides: DynamoGuideSource;
  readonly register: RegisterStore;
}

interface VerifiedAudit {
  readonly heads: number;
  readonly breaks: number;
  readonly unverified: Position | null;
}

/**
 * Verifies every history, ledger, witnessed row and guide as they are stored, tells of each break, and keeps the heads,
 * signed. What a run has no time for, the next of the day goes on with, from what the last one kept; when the day's is
 * ended, a run changes nothing. What a night has not come to is in its last statement, and told.
 * @param again begins anew, whatever the day has come to.
 */
export async function verifyAudit(parts: VerifyAuditParts, again = false): Promise<VerifiedAudit> {
  const now = parts.clock();
  const before = again ? undefined : await newestOf(parts.keeper, shanghaiDate(now));
  if (before && before.unverified === null) return resultOf(before);
  if (!before) await tellOfYesterday(parts.keeper, shanghaiDate(new Date(now.getTime() - dayMs)));

  const found = await verifyStored(parts, before?.unverified ?? undefined);
  const ofGuides = found.next ? [] : await verifyGuides(parts.guides);
  const breaks = [
    ...found.breaks,
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
  const statement = await newestOf(keeper, day);
  if (statement?.unverified && statement.leg < legsPerNight) tellUnfinished(statement);
}

function tellUnfinished({ day, leg, unverified }: HeadsStatement): void {
  log.warn('audit.unfinished', { day, leg, stage: unverified?.stage ?? '' });
}

async function newestOf(keeper: HeadsKeeper, day: string): Promise<HeadsStatement | undefined> {
  const kept = await keeper.newest(headsOf(day));
  return kept === undefined ? undefined : SignedHeadsSchema.parse(JSON.parse(kept)).statement;
}

function resultOf({ heads, breaks, unverified }: HeadsStatement): VerifiedAudit {
  return { heads, breaks, unverified };
}
