import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withdrawApplication } from '../../../../functions/endings/withdraw-application.ts';
import { createApplication } from '../../../../functions/filing/applications/edit-draft.ts';
import { copyApplication } from '../../../../functions/filing/copies/copy-application.ts';
import { deleteDraft } from '../../../../functions/filing/documents/delete-draft.ts';
import { removeDocument } from '../../../../functions/filing/documents/remove-document.ts';
import { requestUpload } from '../../../../functions/filing/documents/request-upload.ts';
import { submitApplication } from '../../../../functions/filing/submission/submit-application.ts';
import { guidesInMemory, PolicyBook } from '../../../../functions/policy/guides/policy-book.ts';
import { problems } from '../../../../functions/shared/errors.ts';
import { OrganisationCodeSchema } from '../../../../functions/shared/vocabulary.ts';
import { dcmmContent } from '../../../builders/content.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { compiled, openRooms, people, type Rooms, rehearsed } from '../../../support/rooms.ts';

let database: TestDynamoDb;
let rooms: Rooms;
beforeAll(async () => {
  database = await startTestDynamoDb();
  rooms = openRooms(database);
});
afterAll(() => database.stop());

/** Published codes, so that each test has an organisation of its own. */
const codes = ['914403001922038216', '9144030071526726XG', '91440101731566630A', '91440300192203821X'];
let next = 0;

/** Rooms whose organisations have few places, and an organisation that has none taken. */
async function setup(applicants = { drafts: 2, dailyFiles: 3, dailyMebibytes: 4 }) {
  const notice = { ...compiled.notice, applicants };
  const policy = new PolicyBook({ ...compiled, notice }, guidesInMemory(rehearsed));
  const organisation = OrganisationCodeSchema.parse(codes[next++]);
  const preparer = { ...people.preparer, organisation, organisationName: '限额测试单位' };
  const admin = { ...people.admin, organisation, organisationName: '限额测试单位' };
  const parts = { ...rooms, policy, files: { presignUpload: async () => upload } };
  const stated = { ...dcmmContent().enterprise, uscc: organisation, name: '限额测试单位' };
  const content = { ...dcmmContent(), enterprise: stated, confirmUscc: true };
  const begin = (key?: string) => createApplication(parts, preparer, content, key);
  const { item } = await policy.requireItem('2026.1', 'dcmm');
  const ask = async (application: Awaited<ReturnType<typeof begin>>, name: string, bytes = 1000) => {
    const fileName = `${name}.pdf`;
    const declared = { material: 'certificate', contentType: 'application/pdf', sha256: 'a'.repeat(64) };
    const asked = await requestUpload(
      parts,
      { application, item, actorId: preparer.id },
      { ...declared, fileName, bytes },
    );
    return asked.document.documentId;
  };
  return { parts, admin, preparer, begin, ask };
}
const upload = { method: 'PUT', url: 'https://bucket/', headers: {}, expiresAt: '' } as const;

describe('the drafts of an organisation', () => {
  it('are so many at most, however many are begun at once, and the refusal names the rule in both languages', async () => {
    const { begin } = await setup();
    const begun = await Promise.allSettled([begin(), begin(), begin(), begin()]);
    expect(begun.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    await expect(begin()).rejects.toMatchObject({
      code: 'quota-exceeded',
      detail: { zh: expect.stringContaining('2 件草稿'), en: expect.stringContaining('2 drafts') },
      faults: [{ path: 'drafts', rule: 'drafts-of-organisation', citation: expect.stringMatching(/限额/) }],
    });
    expect(problems['quota-exceeded'].status).toBe(409);
  });

  it('free their places when they are deleted, submitted or withdrawn, each once', async () => {
    const { parts, admin, preparer, begin } = await setup();
    const [first, second] = [await begin(), await begin()];
    await expect(copyApplication(parts, preparer, first.applicationId, 'copy-key-1')).rejects.toMatchObject({
      code: 'quota-exceeded',
    });
    const remove = () => deleteDraft(parts, preparer, first.applicationId, '"1"');
    await Promise.all([remove(), remove()]);
    await remove();
    const third = await begin();
    await expect(begin()).rejects.toMatchObject({ code: 'quota-exceeded' });
    await rooms.acceptMaterials(second.applicationId, 'dcmm');
    await submitApplication(parts, admin, second.applicationId, 'submission-key-1');
    await begin();
    await expect(begin()).rejects.toMatchObject({ code: 'quota-exceeded' });
    await withdrawApplication(parts, admin, third.applicationId, undefined);
    await begin();
    await expect(begin()).rejects.toMatchObject({ code: 'quota-exceeded' });
  });

  it('are answered for again under their key, though all places are taken', async () => {
    const { begin } = await setup({ drafts: 1, dailyFiles: 1, dailyMebibytes: 1 });
    const { applicationId } = await begin('draft-key-1');
    expect(await begin('draft-key-1')).toMatchObject({ applicationId });
  });
});

describe('the files of an organisation', () => {
  it('are so many a day at most, over all of its drafts; the same file again counts once', async () => {
    const { begin, ask, parts, preparer } = await setup();
    const [one, other] = [await begin(), await begin()];
    const id = await ask(one, 'a');
    expect(await ask(one, 'a')).toBe(id);
    await ask(one, 'b');
    await ask(other, 'c');
    await expect(ask(other, 'd')).rejects.toMatchObject({
      code: 'quota-exceeded',
      faults: [{ path: 'bytes', rule: 'uploads-of-day' }],
    });
    expect(await ask(one, 'a')).toBe(id);
    // Taken out and announced anew, over and over, they would fill the bucket all the same.
    await removeDocument(parts, one, id, preparer.id);
    await expect(ask(one, 'e')).rejects.toMatchObject({ code: 'quota-exceeded' });
    rooms.setClock(new Date(rooms.clock().getTime() + 86_400_000));
    await ask(other, 'd');
  });
});

describe('the numbers of the law', () => {
  it('leave room for every item of a year with every document, each begun three times', () => {
    const items = compiled.guides.flatMap((guide) => guide.items);
    const files = items.flatMap((item) => item.materials);
    const { drafts, dailyFiles, dailyMebibytes } = compiled.notice.applicants;
    expect(drafts).toBeGreaterThanOrEqual(3 * Math.max(items.length, 20));
    expect(dailyFiles).toBeGreaterThanOrEqual(3 * files.length);
    const bytes = files.reduce((sum, { maxBytes }) => sum + maxBytes, 0);
    expect(dailyMebibytes * 2 ** 20).toBeGreaterThanOrEqual(3 * bytes);
  });
});
