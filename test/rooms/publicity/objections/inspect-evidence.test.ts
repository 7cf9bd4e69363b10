import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../../../functions/filing/documents/scan.ts';
import { takeVerdict } from '../../../../functions/filing/documents/take-verdict.ts';
import { EvidenceInspections } from '../../../../functions/publicity/objections/evidence-inspections.ts';
import {
  evidenceVerdict,
  inspectEvidence,
} from '../../../../functions/publicity/objections/inspect-evidence.ts';
import type { Objection } from '../../../../functions/publicity/objections/objection.ts';
import type { ObjectionStore } from '../../../../functions/publicity/objections/objection-store.ts';
import { showObjection } from '../../../../functions/publicity/objections/show-objection.ts';
import { newUlid } from '../../../../functions/shared/ids.ts';
import { declaration, fileOf } from '../../../builders/document-file.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, type Rooms } from '../../../support/rooms.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
});
afterAll(() => database.stop());

const sound = fileOf('application/pdf');
const active = Buffer.from(
  sound.toString('latin1').replace('%%EOF', '<</S/JavaScript/JS(a)>>\n%%EOF'),
  'latin1',
);

/** An objection with a sound and an active piece of evidence, and what officials see of it. */
function objected() {
  const objectionId = newUlid();
  const evidence = [sound, active].map((file) => {
    const { fileName, contentType, bytes, sha256 } = declaration(file, 'application/pdf');
    return { fileName, contentType, bytes, sha256 };
  });
  const objection = { objectionId, evidence, status: 'received' } as unknown as Objection;
  const parts = {
    objections: { require: async () => objection } as unknown as ObjectionStore,
    inspections: new EvidenceInspections(rooms.tables.budget),
    scans: rooms.scans,
    scanner: rooms.scanner,
    files: {
      read: async (key: string) =>
        (async function* () {
          yield key.endsWith('/0') ? sound : active;
        })(),
    },
    clock: rooms.clock,
  };
  const arrive = (number: number) => inspectEvidence(parts, `objections/${objectionId}/${number}`);
  const shown = async () => {
    const files = async () => ({ presignFile: async () => 'https://example.org/link' });
    const shownParts = { ...parts, objectors: {}, files } as unknown as Parameters<typeof showObjection>[0];
    return (await showObjection(shownParts, objectionId)).evidence;
  };
  const judge = async (number: number, verdict: Verdict) => {
    const key = `objections/${objectionId}/${number}`;
    const { token = '', sha256 = '' } = (await rooms.scans.get(key)) ?? {};
    const told = { key, token, sha256, verdict, engine: 'one' };
    await takeVerdict(rooms, told, evidenceVerdict(parts.inspections, rooms.clock));
  };
  return { arrive, shown, judge, parts };
}

describe('evidence of an objection', () => {
  it('has no link before it was inspected, and none when it is refused', async () => {
    const { arrive, shown, judge } = objected();
    expect((await shown()).map(({ status, url }) => [status, url])).toEqual([
      ['awaited', undefined],
      ['awaited', undefined],
    ]);
    await arrive(0);
    await arrive(1);
    expect((await shown()).map(({ status, url }) => [status, url])).toEqual([
      ['quarantined', undefined],
      ['refused', undefined],
    ]);
    await judge(0, 'clean');
    expect(await shown()).toMatchObject([
      { status: 'accepted', url: 'https://example.org/link' },
      { status: 'refused', reason: { zh: expect.stringContaining('脚本') } },
    ]);
    expect((await shown())[1]).not.toHaveProperty('url');
  });

  it('has no link once a scanner has found it harmful, at first or later', async () => {
    const { arrive, shown, judge } = objected();
    await arrive(0);
    await arrive(0);
    expect(await shown()).toMatchObject([{ status: 'quarantined' }, { status: 'awaited' }]);
    await judge(0, 'clean');
    await judge(0, 'harmful');
    await judge(0, 'clean');
    expect((await shown())[0]).toMatchObject({
      status: 'refused',
      reason: { zh: expect.stringContaining('有害') },
    });
    expect((await shown())[0]).not.toHaveProperty('url');
  });

  it('is told to be late when no verdict comes', async () => {
    const { arrive, shown } = objected();
    await arrive(0);
    rooms.setClock(new Date(rooms.clock().getTime() + 30 * 60_000));
    expect((await shown())[0]).toMatchObject({ status: 'quarantined', overdue: true });
  });

  it('is inspected once, however often and at once it is said to have arrived', async () => {
    const { arrive, shown, parts } = objected();
    await Promise.all([arrive(1), arrive(1)]);
    parts.files.read = async () =>
      (async function* () {
        yield sound;
      })();
    await arrive(1);
    expect((await shown())[1]).toMatchObject({ status: 'refused' });
  });

  it('is nothing where an object has another key', async () => {
    const { parts, shown } = objected();
    for (const key of ['objections/a/0', `objections/${newUlid()}/7`, 'objections/']) {
      await inspectEvidence(parts, key);
    }
    expect((await shown()).map(({ status }) => status)).toEqual(['awaited', 'awaited']);
  });
});
