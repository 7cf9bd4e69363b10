import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CopyParts, copyApplication } from '../../../../functions/filing/copies/copy-application.ts';
import { guidesInMemory, PolicyBook } from '../../../../functions/policy/guides/policy-book.ts';
import { IdempotencyRecords } from '../../../../functions/shared/idempotency.ts';
import { dcmmContent, declared } from '../../../builders/content.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { compiled, openRooms, people, type Rooms, rehearsed } from '../../../support/rooms.ts';
import { storedDraft } from '../../../support/stored-draft.ts';

let database: TestDynamoDb;
let rooms: Rooms;
let source: Awaited<ReturnType<typeof storedDraft>>;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
});
afterAll(() => database.stop());

const hashes = { legalRepresentativeHash: 'a'.repeat(64), bankAccountHash: 'b'.repeat(64) };
beforeEach(async () => {
  const { enterprise, ...content } = dcmmContent();
  source = await storedDraft(rooms, { ...content, enterprise: { ...enterprise, ...hashes } });
});

/** A later version, in which dcmm asks for no number and wants the level as a text. */
const later = rehearsed.map((guide) => ({
  ...guide,
  version: '2026.2',
  items: guide.items.map((item) => ({
    ...item,
    facts:
      item.id === 'dcmm'
        ? item.facts.flatMap((fact) => {
            if (fact.id === 'certificateNumber') return [];
            return fact.id === 'level' ? [{ ...fact, type: 'text' as const }] : [fact];
          })
        : item.facts,
  })),
}));
const parts = (policy: PolicyBook = rooms.policy): CopyParts => ({
  ...rooms,
  policy,
  records: new IdempotencyRecords(rooms.tables.applications),
});
const copy = (key = `key-${source.applicationId}`, policy?: PolicyBook, actor = people.preparer) =>
  copyApplication(parts(policy), actor, source.applicationId, key);

describe('a copy of an earlier application', () => {
  it('is a new draft with what was stated, without personal data and without documents', async () => {
    await rooms.acceptMaterials(source.applicationId, 'dcmm');
    const { draft, view } = await copy();
    expect(draft).toMatchObject({ status: 'draft', version: 1, guide: '2026.1', createdBy: 'preparer' });
    expect(draft.applicationId).not.toBe(source.applicationId);
    expect(draft.content).toEqual(dcmmContent());
    expect(view.leftOut.map(({ path, rule }) => `${path} ${rule}`)).toEqual([
      'enterprise.legalRepresentative stated-again',
      'enterprise.bankAccount stated-again',
    ]);
    expect(view.toHandIn.map(({ material, earlierFiles }) => [material, ...earlierFiles])).toEqual([
      ['undertaking', 'undertaking.pdf'],
      ['business-licence', 'business-licence.pdf'],
      ['certificate', 'certificate.pdf'],
    ]);
    expect(await rooms.documents.list(draft.applicationId)).toEqual([]);
    const [row] = await rooms.historyRows(draft.applicationId);
    expect(row).toMatchObject({ event: 'copied', note: source.applicationId });
  });

  it('falls under the guide that is open now: facts that it has no more or otherwise are listed', async () => {
    const { draft, view } = await copy(undefined, new PolicyBook(compiled, guidesInMemory(later)));
    expect(draft).toMatchObject({
      guide: '2026.2',
      content: { facts: { certificateValidTo: '2029-01-31' } },
    });
    expect(Object.keys(draft.content.facts).sort()).toEqual(
      [...Object.keys(declared), 'certificateValidTo'].sort(),
    );
    expect(view.leftOut.slice(0, 2).map(({ path, rule }) => `${path} ${rule}`)).toEqual([
      'facts.certificateNumber unknown-fact',
      'facts.level fact-text',
    ]);
  });

  it('is one under a key, however often and at once it is asked for, and another under another', async () => {
    const made = await Promise.all([copy(), copy(), copy()]);
    expect(new Set(made.map(({ draft }) => draft.applicationId)).size).toBe(1);
    const other = await copy(`other-${source.applicationId}`);
    expect(other.draft.applicationId).not.toBe(made[0]?.draft.applicationId);
    const { applicationId } = await storedDraft(rooms);
    const reused = copyApplication(parts(), people.preparer, applicationId, `key-${source.applicationId}`);
    await expect(reused).rejects.toMatchObject({ code: 'idempotency-key-reused' });
  });

  it('of another organisation is not found, and of a closed item is not made', async () => {
    const stranger = { ...people.preparer, organisation: '914403001922038216' };
    await expect(copy('key-00001', undefined, stranger as typeof people.preparer)).rejects.toMatchObject({
      code: 'not-found',
    });
    rooms.setClock(new Date('2029-01-01T00:00:00Z'));
    try {
      await expect(copy()).rejects.toMatchObject({ code: 'item-not-open' });
    } finally {
      rooms.setClock(new Date('2026-11-23T02:00:00Z'));
    }
  });
});
