/** Why an application ended as it did, in the words of the API. */
import * as z from 'zod';
import type { ShownApplication } from './applying.ts';
import type { Entry } from './cases.ts';
import type { ApiClient } from './client.ts';
import type { Bilingual } from './progress.ts';
import { formatYuan } from './table.ts';

const historyRowSchema = z.object({ event: z.string(), note: z.string().optional() });

/** @param explanation the round's, of the share; what befell the application before is put in front of it */
export async function explainEnding(
  client: ApiClient,
  entry: Entry,
  application: ShownApplication,
  explanation: Bilingual | undefined,
): Promise<Bilingual> {
  const { status, certificate, reasons } = application;
  if (status === 'withdrawn') return explainWithdrawal(client, entry);
  if (certificate) {
    const { number } = certificate;
    return { zh: `出具认定（推荐）证明 ${number}`, en: `Certificate of the decision ${number}` };
  }
  const said = reasons.map(({ citation, message }) => ({
    zh: `${message.zh}（${citation}）`,
    en: `${message.en} (${citation})`,
  }));
  if (said.length === 0) said.push(...whatBefell(entry, application), ...(explanation ? [explanation] : []));
  return { zh: said.map(({ zh }) => zh).join('；'), en: said.map(({ en }) => en).join('; ') };
}

/** What happened to an application, as its company sees it. */
export function showHistory(client: ApiClient, { story, id }: Entry) {
  return client.list(`/v1/applications/${id}/history`, {
    user: `preparer-${story.company}`,
    answer: historyRowSchema,
  });
}

async function explainWithdrawal(client: ApiClient, entry: Entry): Promise<Bilingual> {
  const rows = await showHistory(client, entry);
  const note = rows.find(({ event }) => event === 'withdrawn')?.note ?? '';
  return { zh: `申报单位撤回：${note}`, en: `Withdrawn by the applicant: ${note}` };
}

function whatBefell({ story }: Entry, { eligibility, alreadyPaidFen }: ShownApplication): Bilingual[] {
  const befell: Bilingual[] = [];
  if (alreadyPaidFen > 0) {
    const paid = formatYuan(alreadyPaidFen);
    befell.push({
      zh: `扣除其他政策已付 ${paid} 元`,
      en: `Less ${paid} yuan that another scheme has paid`,
    });
  }
  if (story.uploadsWrongBytes) {
    befell.push({
      zh: '曾因 SHA-256 不符被拒收一份文件，改传后通过',
      en: 'One file was refused for a wrong hash before, and replaced',
    });
  }
  for (const { outcome, sentence, citation } of eligibility?.conditions ?? []) {
    if (outcome !== 'needs-review') continue;
    befell.push({
      zh: `人工核实：${sentence.zh}（${citation}）`,
      en: `Looked at by the reviewer: ${sentence.en} (${citation})`,
    });
  }
  if (story.objection) {
    const { reason } = story.objection;
    befell.push({ zh: `异议不成立：${reason.zh}`, en: `An objection was dismissed: ${reason.en}` });
  }
  if (story.orderCut) {
    const { lessFen, reason } = story.orderCut;
    const less = formatYuan(lessFen);
    befell.push({
      zh: `少下达 ${less} 元：${reason.zh}`,
      en: `Ordered ${less} yuan less: ${reason.en}`,
    });
  }
  if (story.putsWrongAccount) {
    befell.push({ zh: '付款退回后重新拨付', en: 'Paid again after the bank had returned it' });
  }
  if (story.clawback) {
    const { reason, citation } = story.clawback;
    befell.push({ zh: `追回：${reason.zh}（${citation}）`, en: `Clawed back: ${reason.en} (${citation})` });
  }
  return befell;
}
