import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eraseDue } from '../../../functions/erasure/erase-due.ts';
import { StoredFiles } from '../../../functions/erasure/stored-files.ts';
import { createApplication } from '../../../functions/filing/applications/edit-draft.ts';
import { deleteDraft } from '../../../functions/filing/documents/delete-draft.ts';
import { objectKey } from '../../../functions/filing/documents/document.ts';
import { submitApplication } from '../../../functions/filing/submission/submit-application.ts';
import { evidenceKey } from '../../../functions/publicity/objections/objection.ts';
import { objectionView } from '../../../functions/publicity/objections/show-objection.ts';
import { newUlid } from '../../../functions/shared/ids.ts';
import { dcmmContent } from '../../builders/content.ts';
import { awaitingDocument } from '../../builders/document.ts';
import { decide, objectorsName, storedObjection } from '../../builders/stored-objection.ts';
import { dayMs, type ErasureRooms, startErasure } from '../../support/erasure.ts';
import { compiled, people, today } from '../../support/rooms.ts';

let all: ErasureRooms;
beforeAll(async () => {
  all = await startErasure();
});
afterAll(() => all.stop());
beforeEach(() => all.rooms.setClock(today));

const { admin, preparer } = people;
const days = compiled.retention.kinds;

async function draft() {
  const { applicationId } = await createApplication(all.rooms, preparer, dcmmContent());
  await all.rooms.acceptMaterials(applicationId, 'dcmm');
  return applicationId;
}

describe('a file', () => {
  it('that never came, was refused or never cleared is forgotten with its row; what a submission holds is not', async () => {
    const { rooms, parts, later } = all;
    const applicationId = await draft();
    const at = today.toISOString();
    const awaited = { ...awaitingDocument({ applicationId }), documentId: newUlid(), requestedAt: at };
    const late = { ...awaited, documentId: newUlid(), fileName: 'late.pdf' };
    const wrong = { ...awaited, documentId: newUlid(), fileName: 'wrong.pdf' };
    for (const document of [awaited, late, wrong]) await rooms.documents.add(document, 'draft');
    const asked = { objectKey: objectKey(late), contentType: 'application/pdf', sha256: late.sha256 };
    await rooms.documents.quarantine(
      { ...late, status: 'quarantined', inspectedAt: at },
      rooms.scans.opened({ ...asked, bytes: 1, token: 't', askedAt: at, asks: 1 }),
    );
    const reason = { code: 'c', citation: '指南', message: { zh: '否', en: 'no' } };
    await rooms.documents.settle({ ...wrong, status: 'refused', verifiedAt: at, reason });
    const accepted = await rooms.documents.acceptedDocuments(applicationId);
    await submitApplication(rooms, admin, applicationId, newUlid(), [late.documentId, awaited.documentId]);
    // What a scanner has found harmful after the submission is closed, and stays on record.
    const [held] = accepted;
    if (!held) throw new Error('no document');
    await rooms.write([rooms.documents.changed({ ...held, status: 'refused', reason }, 'accepted')]);
    later(days.unfinishedUploads.period.days);
    expect((await eraseDue(parts)).tally.unfinishedUploads).toBeUndefined();
    later(days.unfinishedUploads.period.days + 1);
    expect((await eraseDue(parts)).tally.unfinishedUploads).toEqual({ erased: 3, needed: 1 });
    const left = (await rooms.documents.list(applicationId)).map(({ documentId }) => documentId);
    expect(left.sort()).toEqual(accepted.map(({ documentId }) => documentId).sort());
    expect(await rooms.scans.get(objectKey(late))).toBeUndefined();
    for (const { documentId } of [awaited, late, wrong])
      expect(await all.recordsOf(documentId)).toMatchObject([{ kind: 'unfinishedUploads' }]);
    expect(await all.breaks()).toEqual([]);
  });

  it('of a draft that is deleted, and of evidence that is gone, goes too; every other stays', async () => {
    const { rooms, parts } = all;
    const keysOf = async (id: string) =>
      (await rooms.documents.list(id)).map((document) => objectKey(document));
    const [kept, gone] = [await draft(), await draft()];
    const [files, strays] = [await keysOf(kept), await keysOf(gone)];
    const foreign = 'applications/README';
    for (const key of [...files, ...strays, evidenceKey(newUlid(), 0), foreign]) await all.put(key);
    await deleteDraft(rooms, preparer, gone, '"1"');
    const erase = async (more = {}) => (await eraseDue({ ...parts, ...more })).tally.strayFiles;
    // The bucket says by its own clock when a file came.
    rooms.setClock(new Date(Date.now() + 60_000));
    expect(await erase()).toBeUndefined();
    rooms.setClock(new Date(Date.now() + 60_000 + days.strayFiles.period.days * dayMs));
    await all.hold(gone);
    expect(await erase()).toEqual({ held: strays.length, erased: 1 });
    await all.letGo(gone);
    // One that dies between the row and the bucket leaves the row: the file goes with the next run.
    const dying = { remove: () => Promise.reject(new Error('the sandbox is gone')) };
    expect(await erase({ files: Object.assign(new StoredFiles(all.client, 'documents'), dying) })).toEqual({
      failed: strays.length,
    });
    expect(await erase()).toEqual({ erased: strays.length });
    expect(await erase()).toBeUndefined();
    expect(await all.keys('applications/')).toEqual([...files, foreign].sort());
    expect(await all.keys('objections/')).toEqual([]);
    for (const key of strays) expect(await all.recordsOf(key)).toHaveLength(1);
    expect(await all.breaks()).toEqual([]);
  });

  it('that a submission holds stays, though its row is lost: what was decided rests on it', async () => {
    const { rooms, parts } = all;
    const applicationId = await draft();
    const accepted = await rooms.documents.acceptedDocuments(applicationId);
    for (const document of accepted) await all.put(objectKey(document));
    await submitApplication(rooms, admin, applicationId, newUlid());
    for (const document of accepted) await rooms.write(rooms.documents.leftOver(document));
    rooms.setClock(new Date(Date.now() + 60_000 + days.strayFiles.period.days * dayMs));
    expect((await eraseDue(parts)).tally.strayFiles).toBeUndefined();
    expect(await all.keys(`applications/${applicationId}/`)).toEqual(accepted.map(objectKey).sort());
  });
});

describe('who has brought something up', () => {
  it('is forgotten so long after the decision, with grounds and evidence; what was decided stays', async () => {
    const { rooms, parts, later } = all;
    const [open, objection] = [await storedObjection(rooms), await storedObjection(rooms)];
    const report = await storedObjection(rooms, { kind: 'report' });
    await all.put(evidenceKey(objection.objectionId, 0));
    for (const one of [objection, report]) await decide(rooms, one);
    later(days.objectors.period.days);
    expect((await eraseDue(parts)).tally.objectors).toBeUndefined();
    later(days.objectors.period.days + 1);
    await all.hold(report.objectionId);
    expect((await eraseDue(parts)).tally).toMatchObject({
      ...{ objectors: { erased: 1 }, reporters: { held: 1 }, strayFiles: { erased: 1 } },
    });
    await all.letGo(report.objectionId);
    expect((await eraseDue(parts)).tally).toMatchObject({ reporters: { erased: 1 } });
    expect(await rooms.objections.require(open.objectionId)).toMatchObject({ sealed: open.sealed });
    for (const { objectionId } of [objection, report]) {
      const kept = await rooms.objections.require(objectionId);
      expect(kept).toMatchObject({ status: 'decided', proposal: { outcome: 'dismissed' } });
      expect(JSON.stringify(kept)).not.toContain(objectorsName);
      expect([kept.sealed, kept.receiptHash]).toEqual([undefined, undefined]);
      expect(objectionView(kept).exOfficio).toBe(false);
      expect((await rooms.objections.history(objectionId)).at(-1)).toMatchObject({ event: 'anonymised' });
      expect(await all.recordsOf(objectionId)).toHaveLength(1);
    }
    expect(await all.keys('objections/')).toEqual([]);
    expect(await all.breaks()).toEqual([]);
  });

  it('is kept as long as what it was merged into is open', async () => {
    const { rooms, parts, later } = all;
    const into = await storedObjection(rooms);
    const merged = await storedObjection(rooms);
    await decide(rooms, merged, { outcome: 'merged', into: into.objectionId });
    later(days.objectors.period.days + 1);
    expect((await eraseDue(parts)).tally.objectors).toEqual({ needed: 1 });
    await decide(rooms, into);
    expect((await eraseDue(parts)).tally.objectors).toEqual({ erased: 1 });
  });
});
