/** The public's part: somebody objects to an award under notice, and two officials decide it. */
import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Entry } from './cases.ts';
import { type ApiClient, presignedSchema, putFile, RefusedCall, waitFor } from './client.ts';
import { type DemoFile, makePdf } from './files.ts';
import type { Say } from './progress.ts';

/** Signed in, so that nobody has to read a code. */
const citizen = 'preparer-19';
// Neither of them decides on the money of the award in another stage.
const proposer = 'operator-2';
const decider = 'approver-2';

const filedSchema = z.object({
  objectionId: z.string(),
  receipt: z.string(),
  uploads: z.array(presignedSchema),
});
const detailSchema = z.object({
  status: z.string(),
  /** Without a link as long as nobody has judged it. */
  evidence: z.array(z.object({ sha256: z.string(), url: z.string().optional() })),
});
const standingSchema = z.object({ status: z.string(), outcome: z.string().optional() });

/** The objector is a person who does not exist. */
const objector = { kind: 'person', name: '示例市民', identifier: 'DEMO-ID-0001', phone: '020-00000000' };

/** Objects, as the story says, to an award as soon as its notice is open, and has it decided. */
export async function objectTo(
  client: ApiClient,
  { id: applicationId, label, story: { objection } }: Entry,
  say: Say,
): Promise<void> {
  if (!objection) return;
  const { grounds, outcome, reason, citation } = objection;
  const evidence = objection.evidence ? [await makePdf('evidence.pdf', objection.evidence, [])] : [];
  const idempotencyKey = randomUUID();
  const body = { applicationId, objector, grounds, evidence: evidence.map(describeFile) };
  // Tried until the notice is open: it is too short to look for the award first.
  const { objectionId, receipt, uploads } = await waitFor(`the notice of ${label} opens`, async () => {
    try {
      const sent = { user: citizen, idempotencyKey, body, answer: filedSchema };
      return await client.call('POST', '/v1/me/objections', sent);
    } catch (error) {
      if (error instanceof RefusedCall && error.code === 'not-found') return undefined;
      throw error;
    }
  });
  for (const [index, upload] of uploads.entries()) {
    const file = evidence[index];
    const answer = file && (await putFile(upload, file.bytes));
    if (!answer?.stored) throw new Error(`the evidence against ${label} was refused`);
  }
  say(`${label}：公示期间收到实名异议：${grounds}`, 'somebody objects by name: only this order is held');
  const path = `/v1/objections/${objectionId}`;
  const judged = await waitFor(`the evidence against ${label} is inspected`, async () => {
    const detail = await client.call('GET', path, { user: proposer, answer: detailSchema });
    const linked = detail.evidence.flatMap(({ sha256, url }) => (url === undefined ? [] : [{ sha256, url }]));
    return linked.length === detail.evidence.length ? linked : undefined;
  });
  for (const { sha256, url } of judged) {
    const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
      throw new Error(`the evidence against ${label} is not what was handed in`);
    }
  }
  const answer = z.unknown();
  await client.call('POST', `${path}/admission`, { user: proposer, answer });
  await client.call('POST', `${path}/proposal`, {
    user: proposer,
    body: { outcome, reason, citation },
    answer,
  });
  await client.call('POST', `${path}/decision`, { user: decider, body: { outcome: 'confirm' }, answer });
  const standing = await client.call('GET', `${path}/standing`, {
    headers: { 'objection-receipt': receipt },
    answer: standingSchema,
  });
  if (standing.outcome !== outcome) throw new Error(`the objector of ${label} sees ${standing.status}`);
  const words = { upheld: '成立，取消奖励', dismissed: '不成立' };
  say(
    `${label}：异议${words[outcome]}：${reason.zh}（${citation}），由 ${decider} 审定`,
    `the objection is ${outcome}`,
  );
}

function describeFile({ fileName, contentType, bytes, sha256 }: DemoFile) {
  return { fileName, contentType, bytes: bytes.byteLength, sha256 };
}
