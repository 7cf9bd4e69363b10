/** How a company of the demo hands in its documents. */
import * as z from 'zod';
import { type ApiClient, putFile, uploadSchema, waitFor } from './client.ts';
import type { Participant } from './companies.ts';
import { type DemoFile, makePdf, makePng, withOtherBytes } from './files.ts';
import type { Say } from './progress.ts';

const documentsSchema = z.object({
  items: z.array(
    z.object({
      documentId: z.string(),
      fileName: z.string(),
      status: z.enum(['awaiting-upload', 'accepted', 'refused']),
      reason: z
        .object({ code: z.string(), message: z.object({ zh: z.string(), en: z.string() }) })
        .optional(),
    }),
  ),
});

/** A file for every material that the guide asks for. */
async function filesOf({ item, number, facts }: Participant, uscc: string) {
  const company = `Fictional company ${number}, credit code ${uscc}`;
  const stated = Object.entries(facts).map(([name, value]) => `${name}: ${value}`);
  const licence = makePng('business-licence.png', `licence ${uscc}`);
  const undertaking = await makePdf('undertaking.pdf', 'Undertaking', [
    company,
    'Everything stated in this application is true.',
  ]);
  const evidence =
    item === 'dcmm'
      ? await makePdf('certificate.pdf', 'DCMM certificate (sample)', [company, ...stated])
      : await makePdf('audit-report.pdf', 'Audit report (sample)', [company, ...stated]);
  return [
    { material: 'business-licence', file: licence },
    { material: 'undertaking', file: undertaking },
    { material: item === 'dcmm' ? 'certificate' : 'audit-report', file: evidence },
  ];
}

/** Uploads every document of a draft and waits until all of them are accepted. */
export async function handInDocuments(
  client: ApiClient,
  participant: Participant,
  application: { readonly id: string; readonly uscc: string; readonly organisation: string },
  say: Say,
): Promise<void> {
  const user = `preparer-${participant.number}`;
  const path = `/v1/applications/${application.id}/documents`;
  for (const [index, { material, file }] of (await filesOf(participant, application.uscc)).entries()) {
    const { fileName, contentType, bytes, sha256 } = file;
    const body = { material, fileName, contentType, bytes: bytes.byteLength, sha256 };
    const { upload } = await client.call('POST', path, { user, body, answer: uploadSchema });
    if (index === 0 && participant.uploadsWrongBytes) {
      await uploadWrongBytes(upload, file, application.organisation, say);
    }
    const answer = await putFile(upload, bytes);
    if (!answer.stored) throw new Error(`${application.organisation}: ${fileName} refused: ${answer.code}`);
  }
  await waitFor(`the documents of ${application.organisation} are verified`, async () => {
    const { items } = await client.call('GET', path, { user, answer: documentsSchema });
    const refused = items.find(({ status }) => status === 'refused');
    if (refused) {
      const why = refused.reason?.message;
      throw new Error(`${application.organisation}: ${refused.fileName} refused: ${why?.zh} · ${why?.en}`);
    }
    return items.every(({ status }) => status === 'accepted') || undefined;
  });
}

async function uploadWrongBytes(
  upload: z.output<typeof uploadSchema>['upload'],
  file: DemoFile,
  organisation: string,
  say: Say,
): Promise<void> {
  const answer = await putFile(upload, withOtherBytes(file));
  if (answer.stored) throw new Error(`${organisation}: bytes of another SHA-256 than declared were stored`);
  say(
    `${organisation}：${file.fileName} 的 SHA-256 与申报不符，被拒收（${answer.code}），改传正确文件`,
    `refused for a wrong hash; the right file follows`,
  );
}
