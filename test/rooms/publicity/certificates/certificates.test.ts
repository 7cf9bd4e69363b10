import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import {
  ApplicationViewSchema,
  toApplicationView,
} from '../../../../functions/filing/applications/application-view.ts';
import { CertificateViewSchema } from '../../../../functions/publicity/certificates/certificate-view.ts';
import { issueCertificate } from '../../../../functions/publicity/certificates/issue-certificate.ts';
import { showCertificate } from '../../../../functions/publicity/certificates/show-certificate.ts';
import { contentOf, kindsGuide, policyOfKinds } from '../../../builders/guide.ts';
import { signedOffApplication } from '../../../builders/signed-off-application.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { openRooms, people, type Rooms } from '../../../support/rooms.ts';
import { applicationKey } from '../../../support/tables.ts';

const at = '2026-11-23T02:00:00.000Z';
const undecided = { taskId: 'task', step: 1, kind: 'approve', department: 'gz-sti' } as const;

describe('a certificate', () => {
  const application = signedOffApplication(contentOf('innovation-catalogue'));
  const certificate = issueCertificate(application, 2026, at);

  it('has a number of the year, the item and what no other application has', () => {
    expect(certificate).toMatchObject({
      number: `2026-innovation-catalogue-${application.applicationId.slice(-16)}`,
      issuedAt: at,
    });
  });

  it('is worked out again from the same decision, and differs with each part of it', () => {
    expect(issueCertificate(structuredClone(application), 2026, at)).toEqual(certificate);
    const others = [
      signedOffApplication(application.content),
      { ...application, submission: { ...application.submission, contentHash: 'd'.repeat(64) } },
      { ...application, content: contentOf('talent') },
      { ...application, signOffs: { '1.gz-sti': undecided } },
    ].map((other) => issueCertificate(other, 2026, at).contentHash);
    expect(new Set([certificate.contentHash, ...others]).size).toBe(5);
  });

  it('does not depend on the order in which the departments are kept', () => {
    const other = { ...undecided, department: 'gz-miit' };
    const [one, two] = [
      { '1.gz-sti': undecided, '1.gz-miit': other },
      { '1.gz-miit': other, '1.gz-sti': undecided },
    ].map((signOffs) => issueCertificate({ ...application, signOffs }, 2026, at));
    expect(one).toEqual(two);
  });
});

describe('the words of a certificate', () => {
  let database: TestDynamoDb;
  let rooms: Rooms;
  beforeAll(async () => {
    database = await startTestDynamoDb();
    rooms = { ...openRooms(database), policy: policyOfKinds() };
  });
  afterAll(() => database.stop());

  async function keep<T extends ApplicationIn<'deduplication' | 'recognised'>>(state: T): Promise<T> {
    const { applications } = rooms.tables;
    await applications.write(applications.put(applicationKey(state.applicationId), { state }));
    return state;
  }

  function recognised(item: string): ApplicationIn<'recognised'> {
    const application = signedOffApplication(contentOf(item), { guide: kindsGuide });
    const certificate = issueCertificate(application, 2026, at);
    return { ...application, status: 'recognised', matterKey: 'matter', claims: [], certificate };
  }

  const show = ({ applicationId }: { applicationId: string }, organisation: string) =>
    showCertificate(rooms, { ...people.admin, organisation }, applicationId);

  it.each([
    ['innovation-catalogue', '予以认定', 'is recognised for'],
    ['first-release-finance', '予以推荐', 'is referred for'],
  ])('say of %s what it is, what it rests on and when it was decided', async (item, zh, en) => {
    const application = await keep(recognised(item));
    const shown = CertificateViewSchema.parse(await show(application, application.organisation));
    const { number } = application.certificate;
    expect(shown).toMatchObject({
      ...application.certificate,
      organisationName: application.content.enterprise.name,
      item,
      clause: '二(三)8',
      documentNumber: '穗府办规〔2023〕12号',
    });
    for (const text of [shown.text.zh, shown.text.en]) {
      for (const part of [number, '穗府办规〔2023〕12号', '2026-11-23']) expect(text).toContain(part);
    }
    expect(shown.text.zh).toContain(zh);
    expect(shown.text.en).toContain(en);
    const view = ApplicationViewSchema.parse(toApplicationView(application));
    expect(view.certificate).toEqual(application.certificate);
  });

  it('are there once it was issued, and for its own organisation alone', async () => {
    const early = await keep(signedOffApplication(contentOf('talent'), { guide: kindsGuide }));
    await expect(show(early, early.organisation)).rejects.toMatchObject({ code: 'not-in-this-state' });
    const application = await keep(recognised('innovation-catalogue'));
    await expect(show(application, '914403001922038216')).rejects.toMatchObject({ code: 'not-found' });
  });
});
