/** A company's part: draft, documents, submission, and here and there a change of mind. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { findDemoUser } from '../issuer/demo-users.ts';
import { type ApiClient, waitFor } from './client.ts';
import type { Participant } from './companies.ts';
import { handInDocuments } from './documents.ts';
import type { Bilingual, Say } from './progress.ts';

/** An application as the demo follows it. */
export interface Entry {
  readonly participant: Participant;
  readonly id: string;
  readonly organisation: string;
}

const reasonSchema = z.object({
  citation: z.string(),
  message: z.object({ zh: z.string(), en: z.string() }),
});
const applicationSchema = z.object({
  applicationId: z.string(),
  status: z.string(),
  ceilingFen: z.int().default(0),
  awardFen: z.int().default(0),
  reasons: z.array(reasonSchema).default([]),
});
const historyRowSchema = z.object({ event: z.string(), note: z.string().optional() });

/** The company of a participant, as the issuer knows it. */
export function companyOf({ number }: Participant): { organisation: string; organisationName: string } {
  const user = findDemoUser(`admin-${number}`);
  if (!user?.organisation || !user.organisationName) throw new Error(`there is no demo company ${number}`);
  return { organisation: user.organisation, organisationName: user.organisationName };
}

/** Applies, and waits until the review has taken the application up. */
export async function apply(client: ApiClient, participant: Participant, say: Say): Promise<Entry> {
  const { organisation: uscc, organisationName } = companyOf(participant);
  const { number, item, direction, projectName, requestedFen, facts, district, registeredOn } = participant;
  const enterprise = { uscc, name: organisationName, district, registeredOn };
  const { applicationId: id } = await client.call('POST', '/v1/applications', {
    user: `preparer-${number}`,
    body: { item, direction, projectName, enterprise, requestedFen, facts },
    answer: applicationSchema,
  });
  await handInDocuments(client, participant, { id, uscc, organisation: organisationName }, say);
  await client.call('POST', `/v1/applications/${id}/submission`, {
    user: `admin-${number}`,
    idempotencyKey: randomUUID(),
    answer: applicationSchema,
  });
  say(`${organisationName}：材料已校验，申报已提交（${item}）`, 'documents verified, submitted');
  const entry = { participant, id, organisation: organisationName };
  const status = await waitForStatus(client, entry, (now) => now !== 'submitted');
  if (status === 'ineligible') say(`${organisationName}：不符合申报条件`, 'not eligible');
  if (participant.ending === 'withdrawn') await withdraw(client, entry, say);
  return entry;
}

async function withdraw(client: ApiClient, entry: Entry, say: Say): Promise<void> {
  await client.call('POST', `/v1/applications/${entry.id}/withdrawal`, {
    user: `admin-${entry.participant.number}`,
    body: { reason: '拟于下一年度申报 (to apply next year)' },
    answer: applicationSchema,
  });
  say(`${entry.organisation}：撤回申报`, 'withdrawn by the applicant');
}

/** The application as its company sees it now. */
export function showApplication(client: ApiClient, { participant, id }: Entry) {
  return client.call('GET', `/v1/applications/${id}`, {
    user: `preparer-${participant.number}`,
    answer: applicationSchema,
  });
}

/** Waits until the status is as wanted, and gives it. */
export function waitForStatus(
  client: ApiClient,
  entry: Entry,
  wanted: (status: string) => boolean,
): Promise<string> {
  return waitFor(`the application ${entry.id} of ${entry.organisation} goes on`, async () => {
    const { status } = await showApplication(client, entry);
    return wanted(status) ? status : undefined;
  });
}

/** Why an application ended as it did, in the API's own words; undefined when it has nothing to say. */
export async function explainEnding(client: ApiClient, entry: Entry): Promise<Bilingual | undefined> {
  const { status, reasons } = await showApplication(client, entry);
  if (status === 'withdrawn') {
    const rows = await client.list(`/v1/applications/${entry.id}/history`, {
      user: `preparer-${entry.participant.number}`,
      answer: historyRowSchema,
    });
    const note = rows.find(({ event }) => event === 'withdrawn')?.note ?? '';
    return { zh: `申报单位撤回：${note}`, en: `Withdrawn by the applicant: ${note}` };
  }
  if (reasons.length === 0) return undefined;
  return {
    zh: reasons.map(({ citation, message }) => `${message.zh}（${citation}）`).join('；'),
    en: reasons.map(({ citation, message }) => `${message.en} (${citation})`).join('; '),
  };
}
