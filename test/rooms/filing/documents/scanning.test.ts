import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApplication } from '../../../../functions/filing/applications/edit-draft.ts';
import { askAgain } from '../../../../functions/filing/documents/ask-scanner.ts';
import { objectKey } from '../../../../functions/filing/documents/document.ts';
import { listDocuments } from '../../../../functions/filing/documents/list-documents.ts';
import { removeDocument } from '../../../../functions/filing/documents/remove-document.ts';
import type { Verdict, VerdictEvent } from '../../../../functions/filing/documents/scan.ts';
import { documentVerdict, takeVerdict } from '../../../../functions/filing/documents/take-verdict.ts';
import { verifyDocument } from '../../../../functions/filing/documents/verify-document.ts';
import { submitApplication } from '../../../../functions/filing/submission/submit-application.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import { log } from '../../../../functions/shared/log.ts';
import { dcmmContent } from '../../../builders/content.ts';
import { awaitingDocument } from '../../../builders/document.ts';
import { declaration, fileOf } from '../../../builders/document-file.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms, today } from '../../../support/rooms.ts';

let database: TestDynamoDb;
let rooms: Rooms;
const warned = vi.spyOn(log, 'warn').mockImplementation(() => undefined);
vi.spyOn(log, 'info').mockImplementation(() => undefined);
beforeAll(async () => {
  database = await startTestDynamoDb();
});
beforeEach(() => {
  rooms = openRooms(database);
  warned.mockClear();
});
afterAll(async () => {
  vi.restoreAllMocks();
  await database.stop();
});

const pdf = fileOf('application/pdf');
const minutes = (count: number) => new Date(today.getTime() + count * 60_000);
const warnings = () => warned.mock.calls.map(([message]) => message);

/** A document whose sound file has arrived; `tell` brings a verdict on it. */
async function setup() {
  const draft = await createApplication(rooms, people.preparer, dcmmContent());
  const { applicationId } = draft;
  const declared = declaration(pdf, 'application/pdf');
  const document = awaitingDocument({ ...declared, applicationId, documentId: newUlid() });
  await rooms.documents.add(document, 'draft');
  const key = objectKey(document);
  const files = {
    read: async () =>
      (async function* () {
        yield pdf;
      })(),
  };
  const arrive = (parts: Partial<Rooms> = {}) => verifyDocument({ ...rooms, files, ...parts }, key);
  const tell = async (verdict: Verdict, change: Partial<VerdictEvent> = {}) => {
    const { token = '', sha256 = '' } = (await rooms.scans.get(key)) ?? {};
    const told = { key, token, sha256, verdict, engine: 'one', ...change };
    await takeVerdict(rooms, told, documentVerdict(rooms.documents, rooms.clock));
  };
  const standing = async () => (await rooms.documents.get(document))?.status;
  return { draft, document, key, arrive, tell, standing };
}

describe('a sound file', () => {
  it('stays in quarantine until a scanner has found it harmless', async () => {
    const { document, key, arrive, tell, standing } = await setup();
    await arrive();
    expect(await standing()).toBe('quarantined');
    expect(await rooms.documents.acceptedDocuments(document.applicationId)).toEqual([]);
    expect(rooms.scanner.asked).toMatchObject([{ objectKey: key, sha256: document.sha256 }]);
    await tell('clean');
    expect(await standing()).toBe('accepted');
  });

  it.each([
    ['harmful', 'harmful'],
    ['unreadable', 'unscannable'],
  ] as const)('that is found %s is refused as %s', async (verdict, code) => {
    const { document, arrive, tell } = await setup();
    await arrive();
    await tell(verdict);
    expect(await rooms.documents.get(document)).toMatchObject({
      status: 'refused',
      reason: { code, citation: '申报指南 2026.1 申报材料' },
    });
  });

  it('keeps its draft from being submitted until then, unless it is left out', async () => {
    const { draft, document, arrive, tell } = await setup();
    await rooms.acceptMaterials(draft.applicationId, 'dcmm');
    await arrive();
    const submit = () => submitApplication(rooms, people.admin, draft.applicationId, newUlid());
    await expect(submit()).rejects.toMatchObject({
      code: 'incomplete',
      faults: [
        {
          path: 'documents.certificate',
          rule: 'checked',
          message: {
            zh: expect.stringContaining('病毒检查'),
            en: expect.stringContaining(document.documentId),
          },
        },
      ],
    });
    await tell('clean');
    expect((await submit()).status).toBe('submitted');
  });
});

describe('a verdict', () => {
  it('that comes twice, or twenty times at once, counts once', async () => {
    const { arrive, tell, standing } = await setup();
    await arrive();
    await Promise.all(Array.from({ length: 20 }, () => tell('clean')));
    await tell('clean');
    expect(await standing()).toBe('accepted');
    expect(warnings()).toEqual([]);
  });

  it.each([
    ['clean', 'harmful'],
    ['harmful', 'clean'],
  ] as const)('of %s and then %s closes the file, and is an alarm', async (first, second) => {
    const { arrive, tell, standing } = await setup();
    await arrive();
    await tell(first);
    await tell(second);
    expect(await standing()).toBe('refused');
    expect(warnings()).toEqual(['scan.contrary']);
  });

  it('of two that contradict each other at once leaves the file closed', async () => {
    const { arrive, tell, standing } = await setup();
    await arrive();
    await Promise.all([tell('clean'), tell('harmful'), tell('clean'), tell('harmful')]);
    expect(await standing()).toBe('refused');
  });

  it.each([
    ['another word', { token: 'A'.repeat(43) }],
    ['no word', { token: '' }],
    ['other bytes', { sha256: '0'.repeat(64) }],
    ['another file', { key: `applications/${newUlid()}/${newUlid()}` }],
  ])('with %s is none, and an alarm', async (_, change) => {
    const { arrive, tell, standing } = await setup();
    await arrive();
    await tell('clean', change);
    expect(await standing()).toBe('quarantined');
    expect(warnings()).toEqual(['scan.rejected']);
  });

  it('before the file was inspected is none', async () => {
    const { tell, standing } = await setup();
    await tell('clean');
    expect(await standing()).toBe('awaiting-upload');
  });

  it('on a document that was taken out meanwhile changes nothing', async () => {
    const { draft, document, arrive, tell, standing } = await setup();
    await arrive();
    await removeDocument(rooms, draft, document.documentId, people.preparer.id);
    await tell('clean');
    expect(await standing()).toBeUndefined();
  });

  it('after the submission closes the file for everybody, and it stays on record', async () => {
    const { draft, document, arrive, tell, standing } = await setup();
    await rooms.acceptMaterials(draft.applicationId, 'dcmm');
    await arrive();
    await tell('clean');
    const submitted = await submitApplication(rooms, people.admin, draft.applicationId, newUlid());
    expect(submitted).toMatchObject({
      submission: {
        documents: expect.arrayContaining([expect.objectContaining({ documentId: document.documentId })]),
      },
    });
    await tell('harmful');
    expect(await standing()).toBe('refused');
  });
});

describe('a verdict that does not come', () => {
  it('is asked for again, later each time, and an alarm after half an hour', async () => {
    const { draft, key, arrive, tell } = await setup();
    await arrive();
    const shown = async () => (await listDocuments(rooms, draft))[0];
    const run = async (minute: number) => {
      rooms.setClock(minutes(minute));
      rooms.scanner.asked.length = 0;
      await askAgain(rooms);
      return rooms.scanner.asked.filter(({ objectKey }) => objectKey === key).length;
    };
    expect(await run(0.5)).toBe(0);
    expect(await run(1)).toBe(1);
    expect(await run(2)).toBe(0);
    expect(await run(3)).toBe(1);
    expect(await shown()).toMatchObject({ status: 'quarantined' });
    expect(await shown()).not.toHaveProperty('overdue');
    expect(warnings()).toEqual([]);
    expect(await run(31)).toBe(1);
    expect(new Set(warnings())).toEqual(new Set(['scan.overdue']));
    expect(await shown()).toMatchObject({ status: 'quarantined', overdue: true });
    await tell('clean');
    expect(await run(600)).toBe(0);
    expect(await shown()).toMatchObject({ status: 'accepted' });
  });

  it('is asked for again when the first asking failed, and when the event comes again', async () => {
    const { arrive, standing } = await setup();
    const scanner = {
      ...rooms.scanner,
      ask: async () => {
        throw new Error('no bus');
      },
    };
    await expect(arrive({ scanner })).rejects.toThrow('no bus');
    expect(await standing()).toBe('quarantined');
    await arrive();
    expect(rooms.scanner.asked).toHaveLength(1);
    rooms.setClock(minutes(1));
    await askAgain(rooms);
    expect(rooms.scanner.asked.length).toBeGreaterThan(1);
  });
});
