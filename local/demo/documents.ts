/** How a company of the demo hands in its documents. */
import * as z from 'zod';
import type { Case, Entry } from './cases.ts';
import { type ApiClient, putFile, uploadSchema, waitFor } from './client.ts';
import { companyOf } from './companies.ts';
import { type DemoFile, makePdf, makePng, withOtherBytes } from './files.ts';
import type { Say } from './progress.ts';

const documentsSchema = z.object({
  items: z.array(
    z.object({
      documentId: z.string(),
      material: z.string(),
      fileName: z.string(),
      status: z.enum(['awaiting-upload', 'quarantined', 'accepted', 'refused', 'superseded']),
      reason: z
        .object({ code: z.string(), message: z.object({ zh: z.string(), en: z.string() }) })
        .optional(),
    }),
  ),
});

/** A kind of document that an item asks for. */
export const materialSchema = z.object({
  id: z.string(),
  title: z.object({ en: z.string() }),
  formats: z.array(z.string()),
});
export type Material = z.output<typeof materialSchema>;

/** A picture of the licence where pictures are taken, and of a form that several hand in; a page for everything else. */
async function fileFor(
  { id, title, formats }: Material,
  { company, item, facts, sharesUndertaking }: Case,
  version: string,
): Promise<DemoFile> {
  const { uscc } = companyOf(company);
  if (id === 'undertaking' && sharesUndertaking) return makePng(`${id}.png`, 'a blank form');
  if (id === 'business-licence' && formats.includes('image/png'))
    return makePng(`${id}.png`, `${id} ${uscc}`);
  // What experts are shown does not say whose it is.
  const owner = id === 'technical-description' ? '' : `, credit code ${uscc}`;
  const stated = Object.entries(facts).map(([name, value]) => `${name}: ${value}`);
  return makePdf(`${id}.pdf`, title.en, [
    `Sample of a fictional company${owner}`,
    `Item: ${item}, ${version}`,
    // The page's font has Latin letters only.
    ...stated.filter((line) => /^[ -~]*$/.test(line)),
  ]);
}

/** Uploads every document that a draft needs, and waits until all of them are accepted. */
export async function handInDocuments(
  client: ApiClient,
  { story, id, label }: Entry,
  materials: readonly Material[],
  say: Say,
  version = 'first version',
): Promise<void> {
  const user = `preparer-${story.company}`;
  const path = `/v1/applications/${id}/documents`;
  for (const [index, material] of materials.entries()) {
    const file = await fileFor(material, story, version);
    const { fileName, contentType, bytes, sha256 } = file;
    const body = { material: material.id, fileName, contentType, bytes: bytes.byteLength, sha256 };
    const { upload } = await client.call('POST', path, { user, body, answer: uploadSchema });
    if (index === 0 && story.uploadsWrongBytes) await uploadWrongBytes(upload, file, label, say);
    const answer = await putFile(upload, bytes);
    if (!answer.stored) throw new Error(`${label}: ${fileName} refused: ${answer.code}`);
  }
  await waitFor(`the documents of ${label} are verified`, async () => {
    const { items } = await client.call('GET', path, { user, answer: documentsSchema });
    const refused = items.find(({ status }) => status === 'refused');
    if (refused) {
      const why = refused.reason?.message;
      throw new Error(`${label}: ${refused.fileName} refused: ${why?.zh} · ${why?.en}`);
    }
    return items.every(({ status }) => status === 'accepted' || status === 'superseded') || undefined;
  });
}

/** Takes out what was handed in of some materials, and hands it in anew. */
export async function replaceDocuments(
  client: ApiClient,
  entry: Entry,
  materials: readonly Material[],
  say: Say,
): Promise<void> {
  const user = `preparer-${entry.story.company}`;
  const path = `/v1/applications/${entry.id}/documents`;
  const { items } = await client.call('GET', path, { user, answer: documentsSchema });
  for (const { documentId, material, status } of items) {
    if (status !== 'accepted' || !materials.some(({ id }) => id === material)) continue;
    await client.call('DELETE', `${path}/${documentId}`, { user, answer: z.unknown() });
  }
  const { uploadsWrongBytes: _, ...story } = entry.story;
  await handInDocuments(client, { ...entry, story }, materials, say, 'corrected version');
}

async function uploadWrongBytes(
  upload: z.output<typeof uploadSchema>['upload'],
  file: DemoFile,
  label: string,
  say: Say,
): Promise<void> {
  const answer = await putFile(upload, withOtherBytes(file));
  if (answer.stored) throw new Error(`${label}: bytes of another SHA-256 than declared were stored`);
  say(
    `${label}：${file.fileName} 的 SHA-256 与申报不符，被拒收（${answer.code}），改传正确文件`,
    `refused for a wrong hash; the right file follows`,
  );
}
