import type { DynamoGuideSource } from '../policy/guides/guide-store.ts';
import { verifyGuides } from '../policy/guides/verify-guides.ts';
import type { RegisterStore } from '../register/register-store.ts';
import { log } from '../shared/log.ts';
import { shanghaiDate } from '../shared/shanghai-date.ts';
import { type KeepHeadsParts, keepHeads } from './keep-heads.ts';
import { type VerifyParts, verifyStored } from './verify-stored.ts';

/**
 * Verifies every history, ledger and guide as they are stored, tells of each break, and keeps the day's heads, signed. Run
 * again, it looks again and keeps what it found then beside.
 */
export async function verifyAudit(
  parts: VerifyParts &
    KeepHeadsParts & { readonly guides: DynamoGuideSource; readonly register: RegisterStore },
): Promise<{ heads: number; breaks: number; isComplete: boolean }> {
  const found = await verifyStored(parts);
  const ofGuides = (await verifyGuides(parts.guides)).map(({ version, fault }) => ({
    ...{ kind: 'guide', id: version, row: 'guide', fault },
  }));
  const breaks = [...found.breaks, ...ofGuides];
  for (const { kind, id, row, fault } of breaks) log.warn('audit.broken', { kind, id, row, fault });
  if (!found.isComplete) log.warn('audit.unfinished', { heads: found.heads.length });
  const root = await parts.register.lastRoot(shanghaiDate(parts.clock()));
  const standing = {
    register: root ? { day: root.day, root: root.root } : null,
    guides: await parts.guides.newest(),
  };
  const { statement } = await keepHeads(parts, { ...found, breaks }, standing);
  const result = { heads: statement.heads, breaks: statement.breaks, isComplete: found.isComplete };
  log.info('audit.verified', result);
  return result;
}
