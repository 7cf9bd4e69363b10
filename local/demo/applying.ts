/** A company's part: draft, documents, submission, and here and there a change of mind. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Case, Entry } from './cases.ts';
import { type ApiClient, waitFor } from './client.ts';
import { companyOf } from './companies.ts';
import { handInDocuments, type Material, materialSchema, replaceDocuments } from './documents.ts';
import type { Say } from './progress.ts';

const bilingualSchema = z.object({ zh: z.string(), en: z.string() });
const reasonSchema = z.object({ citation: z.string(), message: bilingualSchema });
const conditionSchema = z.object({ citation: z.string(), outcome: z.string(), sentence: bilingualSchema });
const correctionSchema = z.object({ items: z.array(z.object({ path: z.string() })) });
const applicationSchema = z.object({
  applicationId: z.string(),
  status: z.string(),
  ceilingFen: z.int().default(0),
  alreadyPaidFen: z.int().default(0),
  awardFen: z.int().default(0),
  eligibility: z.object({ conditions: z.array(conditionSchema) }).optional(),
  certificate: z.object({ number: z.string() }).optional(),
  reasons: z.array(reasonSchema).default([]),
  correction: correctionSchema.optional(),
});
/** What the demo reads of an application; amounts in fen, 0 where there is none. */
export type ShownApplication = z.output<typeof applicationSchema>;

const openItemsSchema = z.object({
  items: z.array(z.object({ item: z.string(), materials: z.array(materialSchema) })),
});

/** What the guide asks for with each item that takes applications now. */
export async function askForMaterials(client: ApiClient): Promise<ReadonlyMap<string, readonly Material[]>> {
  const { items } = await client.call('GET', '/v1/items', { user: 'preparer-1', answer: openItemsSchema });
  return new Map(items.map(({ item, materials }) => [item, materials]));
}

/** Applies, and waits until the review has taken the application up. */
export async function apply(
  client: ApiClient,
  story: Case,
  materials: readonly Material[],
  say: Say,
): Promise<Entry> {
  const { company, item, direction, projectName, requestedFen, facts } = story;
  const enterprise = {
    ...companyOf(company),
    ...(story.predecessors && { predecessors: story.predecessors.map((one) => companyOf(one).uscc) }),
    ...(story.parent !== undefined && { parent: companyOf(story.parent).uscc }),
  };
  const { applicationId: id } = await client.call('POST', '/v1/applications', {
    user: `preparer-${company}`,
    body: { item, direction, projectName, enterprise, requestedFen, facts },
    answer: applicationSchema,
  });
  const entry = { story, id, organisation: enterprise.name, label: `${enterprise.name} ${item}` };
  await handInDocuments(client, entry, materials, say);
  await client.call('POST', `/v1/applications/${id}/submission`, {
    user: `admin-${company}`,
    idempotencyKey: randomUUID(),
    answer: applicationSchema,
  });
  say(`${entry.label}：材料已校验，申报已提交`, 'documents verified, submitted');
  const status = await waitForStatus(client, entry, (now) => now !== 'submitted');
  if (status === 'ineligible') say(`${entry.label}：不符合申报条件`, 'not eligible');
  if (story.ending === 'withdrawn') await withdraw(client, entry, say);
  return entry;
}

/** Hands in again what was returned, and submits. */
export async function correct(
  client: ApiClient,
  entry: Entry,
  { items }: z.output<typeof correctionSchema>,
  materials: readonly Material[],
  say: Say,
): Promise<void> {
  const returned = materials.filter(({ id }) => items.some(({ path }) => path === `documents.${id}`));
  await replaceDocuments(client, entry, returned, say);
  await client.call('POST', `/v1/applications/${entry.id}/submission`, {
    user: `admin-${entry.story.company}`,
    idempotencyKey: randomUUID(),
    answer: applicationSchema,
  });
  say(`${entry.label}：已补正并重新提交`, 'corrected and submitted again');
}

async function withdraw(client: ApiClient, { story, id, label }: Entry, say: Say): Promise<void> {
  await client.call('POST', `/v1/applications/${id}/withdrawal`, {
    user: `admin-${story.company}`,
    body: { reason: '拟于下一年度申报 (to apply next year)' },
    answer: applicationSchema,
  });
  say(`${label}：撤回申报`, 'withdrawn by the applicant');
}

/** The application as its company sees it now. */
export function showApplication(client: ApiClient, { story, id }: Entry): Promise<ShownApplication> {
  return client.call('GET', `/v1/applications/${id}`, {
    user: `preparer-${story.company}`,
    answer: applicationSchema,
  });
}

/** Waits until the status is as wanted, and gives it. */
export function waitForStatus(
  client: ApiClient,
  entry: Entry,
  wanted: (status: string) => boolean,
): Promise<string> {
  return waitFor(`the application ${entry.id} of ${entry.label} goes on`, async () => {
    const { status } = await showApplication(client, entry);
    return wanted(status) ? status : undefined;
  });
}
