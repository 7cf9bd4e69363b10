import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DocumentIn } from '../../../../functions/filing/documents/document.ts';
import { askForDossier } from '../../../../functions/filing/dossiers/ask-for-dossier.ts';
import { requestKey } from '../../../../functions/filing/dossiers/dossier.ts';
import { type MakeDossierParts, makeDossier } from '../../../../functions/filing/dossiers/make-dossier.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { dcmmContent } from '../../../builders/content.ts';
import { awaitingDocument } from '../../../builders/document.ts';
import { submittedApplication } from '../../../builders/signed-off-application.ts';
import { fontFile } from '../../../support/font.ts';
import { wordsOfPdf } from '../../../support/pdf-words.ts';
import { policy } from '../../../support/rooms.ts';
import { filesOfZip, whole } from '../../../support/zip-files.ts';

const application = submittedApplication();
const { applicationId } = application;
const sha256Of = (content: Uint8Array | string) => createHash('sha256').update(content).digest('hex');

/** The files of the bucket by their keys. */
const uploads = new Map<string, Buffer>();
const kept = new Map<number, Buffer>();
let documents: DocumentIn<'accepted'>[];

function upload(documentId: string, material: string, fileName: string, text: string): void {
  const sha256 = sha256Of(text);
  const bytes = Buffer.byteLength(text);
  const { status: _, ...declared } = awaitingDocument({
    ...{ applicationId, documentId, material, fileName, sha256, bytes },
  });
  documents.push({ ...declared, status: 'accepted', verifiedAt: '2026-11-23T02:00:00.000Z' });
  uploads.set(`applications/${applicationId}/${documentId}`, Buffer.from(text));
}

const hashes = { legalRepresentativeHash: 'a'.repeat(64), bankAccountHash: 'b'.repeat(64) };
const record = (number: number, at: string, projectName: string) => ({
  ...{ number, at, contentHash: String(number).repeat(64) },
  content: {
    ...dcmmContent({ projectName, requestedFen: fen(45_000_000) }),
    enterprise: { ...dcmmContent().enterprise, ...hashes, statedName: '广州示例软件（集团）有限公司' },
  },
  documents: documents.map(({ documentId, material, sha256 }) => ({ documentId, material, sha256 })),
});

const parts: MakeDossierParts = {
  store: {
    get: async (id) => (id === applicationId ? application : undefined),
    submissions: async (id) =>
      id === applicationId
        ? [
            record(1, '2026-11-23T02:00:00.000Z', '数据管理能力提升'),
            record(2, '2026-12-01T16:30:00.000Z', '数据管理能力提升（更正）'),
          ]
        : [],
  },
  documents: { list: async () => documents },
  policy,
  files: {
    read: async (key) => {
      const content = uploads.get(key);
      if (!content) return undefined;
      return (async function* () {
        for (let from = 0; from < content.length; from += 7) yield content.subarray(from, from + 7);
      })();
    },
  },
  dossiers: {
    made: async ({ number }) => kept.get(number)?.length,
    keep: async ({ number }, content) => {
      kept.set(number, await whole(content));
    },
  },
  font: () => fontFile,
};
const make = (number: number) => makeDossier(parts, requestKey({ applicationId, number }, new Date()));
const files = (number: number) => filesOfZip(kept.get(number) ?? Buffer.alloc(22));

beforeEach(() => {
  kept.clear();
  uploads.clear();
  documents = [];
  upload('01ARZ3NDEKTSV4RRFFQ69G5FA1', 'certificate', '证书.pdf', '%PDF-1.7 证书');
  upload('01ARZ3NDEKTSV4RRFFQ69G5FA2', 'certificate', '证书.pdf', '%PDF-1.7 续页');
  upload('01ARZ3NDEKTSV4RRFFQ69G5FA3', 'undertaking', '../承诺书.pdf', '%PDF-1.7 承诺');
});

describe('a dossier', () => {
  it('holds every document as it was uploaded, under a name of its own, and a list of all', async () => {
    await make(1);
    const names = [...files(1).keys()];
    expect(names).toEqual([
      ...['目录.txt', '申报书.pdf', 'submission.json'],
      ...['documents/01-certificate-证书.pdf', 'documents/02-certificate-证书.pdf'],
      'documents/03-undertaking-_承诺书.pdf',
    ]);
    expect(files(1).get('documents/02-certificate-证书.pdf')?.toString()).toBe('%PDF-1.7 续页');
    const list = files(1).get('目录.txt')?.toString() ?? '';
    for (const [name, content] of files(1)) {
      if (name !== '目录.txt') expect(list).toContain(`  SHA-256：${sha256Of(content)}\r\n`);
    }
    expect(list).toContain('  上传名称：../承诺书.pdf\r\n');
  });

  it('tells programs what was submitted, and nobody a hash of personal data', async () => {
    await make(2);
    const text = files(2).get('submission.json')?.toString() ?? '';
    expect(JSON.parse(text)).toMatchObject({
      ...{ applicationId, submission: 2, guide: '2026.1', contentHash: '2'.repeat(64) },
      receivedAt: '2026-12-01T16:30:00.000Z',
      content: { projectName: '数据管理能力提升（更正）', facts: dcmmContent().facts },
      documents: [
        {},
        {},
        { name: 'documents/03-undertaking-_承诺书.pdf', sha256: sha256Of('%PDF-1.7 承诺') },
      ],
    });
    for (const content of files(2).values()) {
      expect(content.includes(hashes.legalRepresentativeHash)).toBe(false);
      expect(content.includes(hashes.bankAccountHash)).toBe(false);
    }
  });

  it('prints for people what was submitted, when, under which number and by which conditions', async () => {
    await make(2);
    const pages = await wordsOfPdf(files(2).get('申报书.pdf') ?? new Uint8Array());
    const words = pages.flat().join('');
    const opened = await policy.requireItem('2026.1', 'dcmm');
    for (const said of [
      ...[applicationId, '2026-12-02 00:30', '2026-11-23 10:00', '第 2 次提交（补正）', '2'.repeat(40)],
      ...['数据管理能力提升（更正）', '450,000.00 元', '广州示例软件（集团）有限公司'],
      ...opened.item.facts.map(({ title }) => title.zh),
      ...opened.item.conditions.map(({ met }) => `符合：${met.zh}`),
      ...['证书.pdf', '大小：15 字节', sha256Of('%PDF-1.7 续页').slice(0, 30)],
    ]) {
      expect(words).toContain(said);
    }
    expect(words).not.toMatch(/true|undefined|legal-person/);
  });

  it('is the same whenever it is made, and is made once', async () => {
    await make(1);
    const first = kept.get(1);
    await make(1);
    expect(kept.get(1)).toBe(first);
    kept.clear();
    await make(1);
    expect(kept.get(1)).toEqual(first);
    await make(2);
    expect(kept.get(2)).not.toEqual(first);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['a file is gone', () => uploads.clear(), /is gone/],
    [
      'a file is another than was submitted',
      () => uploads.set(`applications/${applicationId}/01ARZ3NDEKTSV4RRFFQ69G5FA3`, Buffer.from('x')),
      /is another one/,
    ],
  ])('is not made when %s', async (_, change, error) => {
    change();
    await expect(make(1)).rejects.toThrow(error);
    expect(kept.size).toBe(0);
  });

  it('is not made of what nobody submitted, whatever asks for it', async () => {
    await make(3);
    await makeDossier(parts, 'dossier-requests/01ARZ3NDEKTSV4RRFFQ69G5FAA/1/1');
    await makeDossier(parts, 'dossier-requests/../1/1');
    expect(kept.size).toBe(0);
  });
});

describe('whoever asks for a dossier', () => {
  const asked: number[] = [];
  const asking = {
    store: parts.store,
    documents: parts.documents,
    files: {
      made: parts.dossiers.made,
      request: async ({ number }: { number: number }) => void asked.push(number),
      presign: async (_: unknown, fileName: string) => `https://files.example/${fileName}`,
    },
  };
  const ask = (number?: number) => askForDossier(asking, { applicationId }, number);

  it('is told that it is being made, and gets a link once it is', async () => {
    asked.length = 0;
    expect(await ask()).toEqual({ submission: 2, status: 'preparing', fileName: `${applicationId}-2.zip` });
    await make(2);
    expect(await ask()).toMatchObject({ status: 'ready', bytes: kept.get(2)?.length });
    expect(asked).toEqual([2]);
  });

  it('gets none once a file of it was found harmful, whether it was made before or not', async () => {
    await make(1);
    const [document] = documents;
    if (!document) throw new Error('there is no document');
    const message = { zh: '有害', en: 'harmful' };
    const reason = { code: 'harmful', citation: '申报指南 2026.1 申报材料', message };
    Object.assign(document, { status: 'refused', reason });
    await expect(ask(1)).rejects.toMatchObject({
      code: 'not-in-this-state',
      detail: { zh: expect.stringContaining('“证书.pdf”') },
    });
    await make(2);
    expect([...kept.keys()]).toEqual([1]);
  });

  it('may ask for an earlier one, and for none that there is not', async () => {
    expect(await ask(1)).toMatchObject({ submission: 1, status: 'preparing' });
    await expect(ask(3)).rejects.toMatchObject({ code: 'not-found' });
    await expect(askForDossier(asking, { applicationId: 'draft' })).rejects.toMatchObject({
      code: 'not-in-this-state',
    });
  });
});
