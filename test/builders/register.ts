import type { ApplicationIn } from '../../functions/filing/applications/application.ts';
import type { RegisterEntry } from '../../functions/register/entry.ts';
import type { RegisteredEvent } from '../../functions/register/register-entry.ts';
import { csvEntry, csvHead, type HashedEntry, hashed } from '../../functions/register/register-file.ts';
import { genesisRoot } from '../../functions/register/root.ts';
import { newUlid } from '../../functions/shared/ids.ts';
import { fen } from '../../functions/shared/money.ts';
import { dcmmContent } from './content.ts';
import { signedOffApplication } from './signed-off-application.ts';

/** An entry of the register. */
export function registerEntry(overrides: Partial<RegisterEntry> = {}): RegisterEntry {
  const amountFen = overrides.amountFen ?? fen(45_000_000);
  return {
    day: '2026-03-02',
    applicationId: '01K00000000000000000000001',
    event: 'ordered',
    number: 1,
    at: '2026-03-02T02:00:00.000Z',
    organisationName: '广州示例云帆软件有限公司',
    item: 'dcmm',
    clause: '二(二)6',
    direction: 'foundation',
    district: '440106',
    districtName: '天河区',
    roundId: '01K0000000000000000000000R',
    orderId: '01K0000000000000000000000D',
    amountFen,
    standing: { orderedFen: amountFen, paidFen: fen(0), recoveredFen: fen(0) },
    ...overrides,
  };
}

/** A register of three days; one name has commas, quotes and what a spreadsheet would take for a formula. */
export const sampleEntries: readonly HashedEntry[] = [
  registerEntry(),
  registerEntry({
    applicationId: '01K00000000000000000000002',
    organisationName: `=1+1,"引号" 有限公司`,
  }),
  registerEntry({ day: '2026-03-05', at: '2026-03-05T01:00:00.000Z', event: 'paid' }),
  registerEntry({ day: '2026-03-05', at: '2026-03-05T01:00:00.000Z', event: 'paid', number: 2 }),
  registerEntry({ day: '2026-11-23', at: '2026-11-22T16:00:00.000Z', event: 'recovered' }),
].map(hashed);

/** Entries as a downloaded file. */
export function registerFile(
  format: 'csv' | 'json',
  entries: readonly HashedEntry[],
  openingRoot = genesisRoot,
): string {
  return format === 'csv'
    ? csvHead + entries.map((entry) => csvEntry(entry, openingRoot)).join('')
    : JSON.stringify({ year: 2026, openingRoot, entries });
}

/** An award that was ordered, as the register is told of it. */
export function orderedEvent(
  at: string,
  overrides: Partial<RegisteredEvent> & { readonly name?: string; readonly district?: string } = {},
): RegisteredEvent {
  const { name = '广州示例云帆软件有限公司', district = '440106', ...event } = overrides;
  const content = dcmmContent();
  const application: ApplicationIn<'ordered'> = {
    ...signedOffApplication({ ...content, enterprise: { ...content.enterprise, name, district } }),
    status: 'ordered',
    ceiling: { fen: fen(45_000_000), limits: [], unitFen: 100 },
    matterKey: 'dcmm',
    claims: [],
    pool: 'software-2026',
    award: { fen: fen(45_000_000), roundId: newUlid(), at },
    notice: { opensAt: at, closesAt: at, clearedAt: at },
    order: { orderId: newUlid(), fen: fen(40_000_000), at },
    paidFen: fen(0),
  };
  return { event: 'ordered', application, amountFen: fen(40_000_000), at, ...event };
}
