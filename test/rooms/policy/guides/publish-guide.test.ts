import { readFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { decideGuide } from '../../../../functions/policy/guides/decide-guide.ts';
import { showGuideProposal } from '../../../../functions/policy/guides/guide-proposal-view.ts';
import { type GuideParts, proposeGuide } from '../../../../functions/policy/guides/propose-guide.ts';
import { Table } from '../../../../functions/shared/table.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../../support/dynamodb.ts';
import { guidePartsOn } from '../../../support/guides.ts';
import { today } from '../../../support/rooms.ts';
import { toldSecurity } from '../../../support/told-security.ts';

type Item = Record<string, unknown> & { readonly id: string };
const sample = parse(
  readFileSync(new URL('../../../../policy/guides/2026.yaml', import.meta.url), 'utf8'),
) as Record<string, unknown> & { readonly items: readonly Item[] };

const operator = { id: 'operator-1', roles: ['operator'] } as const;
const approver = { id: 'approver-1', roles: ['budget-approver'] } as const;
const both = { id: 'operator-1', roles: ['operator', 'budget-approver'] } as const;

const guideOf = (version: string, changes: Record<string, unknown> = {}) => ({
  ...sample,
  version,
  items: sample.items.map((item) => (item.id === 'dcmm' ? { ...item, ...changes } : item)),
});
const request = (version: string, changes: Record<string, unknown> = {}) => ({
  guide: guideOf(version, changes),
  cause: '年度申报',
});

let database: TestDynamoDb | undefined;
let now: Date;
let parts: GuideParts;
beforeEach(async () => {
  await database?.stop();
  database = await startTestDynamoDb();
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(database.clientConfig), {
    marshallOptions: { removeUndefinedValues: true },
  });
  now = today;
  parts = guidePartsOn(new Table(client, database.tableNames.policy), () => now);
});
afterAll(() => database?.stop());

const versions = async () => (await parts.guides.list()).map(({ guide }) => guide.version);
const confirm = (
  proposal: { proposalId: string; contentHash: string },
  actor = approver as typeof approver | typeof both,
) =>
  decideGuide(parts, actor, proposal.proposalId, { outcome: 'confirm', contentHash: proposal.contentHash });
async function publish(version: string, changes: Record<string, unknown> = {}) {
  return confirm(await proposeGuide(parts, operator, request(version, changes)));
}

describe('a guide that is proposed', () => {
  it('counts for nothing until another person confirms it', async () => {
    const proposal = await proposeGuide(parts, operator, request('2026.1'));
    expect(proposal).toMatchObject({ status: 'proposed', proposedBy: 'operator-1' });
    expect(await versions()).toEqual([]);
    await expect(confirm(proposal, both)).rejects.toMatchObject({ code: 'same-person' });
    expect(await versions()).toEqual([]);
    const told = toldSecurity();
    expect(await confirm(proposal)).toMatchObject({ status: 'confirmed', decision: { by: 'approver-1' } });
    expect(await versions()).toEqual(['2026.1']);
    await confirm(proposal);
    expect(told()).toEqual(['security.guide-published']);
  });

  it('by somebody who may not is refused, as is the decision of somebody who may not', async () => {
    await expect(proposeGuide(parts, approver, request('2026.1'))).rejects.toMatchObject({
      code: 'forbidden',
    });
    const { proposalId, contentHash } = await proposeGuide(parts, operator, request('2026.1'));
    const decision = { outcome: 'confirm', contentHash } as const;
    await expect(decideGuide(parts, operator, proposalId, decision)).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('again is the same proposal, also when it is published', async () => {
    const first = await proposeGuide(parts, operator, request('2026.1'));
    now = new Date(today.getTime() + 60_000);
    expect(await proposeGuide(parts, operator, request('2026.1'))).toEqual(first);
    const published = await confirm(first);
    expect(await proposeGuide(parts, { ...operator, id: 'operator-2' }, request('2026.1'))).toEqual(
      published,
    );
  });

  it('under a version that holds other content, or behind a later one, is refused', async () => {
    await publish('2026.2');
    const other = { notice: { days: 9, unit: 'working' } };
    await expect(proposeGuide(parts, operator, request('2026.2', other))).rejects.toMatchObject({
      code: 'already-exists',
      detail: { en: expect.stringMatching(/operator-1.*give yours a new one/) },
    });
    await expect(proposeGuide(parts, operator, request('2026.1'))).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [{ path: 'guide.version' }],
    });
  });

  it('with a fault names it under the guide', async () => {
    const faulty = { guide: { ...sample, version: 'next' }, cause: '年度申报' };
    await expect(proposeGuide(parts, operator, faulty)).rejects.toMatchObject({
      code: 'invalid-request',
      faults: expect.arrayContaining([expect.objectContaining({ path: 'guide.version' })]),
    });
  });

  it('shows what it changes of what stands, and what it weakens', async () => {
    await publish('2026.1');
    const weak = await proposeGuide(
      parts,
      operator,
      request('2026.2', { notice: { days: 1, unit: 'calendar' } }),
    );
    const view = await showGuideProposal(parts, weak.proposalId);
    expect(view).toMatchObject({ comparedWith: ['2026.1'], isCurrent: true, guide: { version: '2026.2' } });
    expect(view.changes).toEqual([
      expect.objectContaining({ path: 'version' }),
      expect.objectContaining({ path: 'items.dcmm.notice', effect: 'weaker' }),
    ]);
  });

  it('touches nothing of its year but what it names', async () => {
    await publish('2026.1');
    const dcmm = sample.items.filter(({ id }) => id === 'dcmm');
    const pools = (sample['pools'] as Item[]).filter(({ id }) => id === dcmm[0]?.['pool']);
    const guide = { ...sample, version: '2026.2', items: dcmm, pools };
    const { proposalId } = await proposeGuide(parts, operator, { guide, cause: '年度申报' });
    const { changes } = await showGuideProposal(parts, proposalId);
    expect(changes.map(({ path }) => path)).toEqual(['version']);
  });
});

describe('the decision on a guide', () => {
  it('names what was looked at', async () => {
    const { proposalId } = await proposeGuide(parts, operator, request('2026.1'));
    const other = { outcome: 'confirm', contentHash: 'f'.repeat(64) } as const;
    await expect(decideGuide(parts, approver, proposalId, other)).rejects.toMatchObject({
      code: 'version-mismatch',
    });
    expect(await versions()).toEqual([]);
  });

  it('is not taken on what has changed since', async () => {
    await publish('2026.1');
    const [one, two] = [
      await proposeGuide(parts, operator, request('2026.2')),
      await proposeGuide(parts, operator, request('2026.3')),
    ];
    await confirm(two);
    await expect(confirm(one)).rejects.toMatchObject({ code: 'basis-changed' });
    expect((await showGuideProposal(parts, one.proposalId)).isCurrent).toBe(false);
    expect(await versions()).toEqual(['2026.1', '2026.3']);
  });

  it('by several at once on several guides lets exactly one through, whole', async () => {
    await publish('2026.1');
    const proposals = await Promise.all(
      ['2026.2', '2026.3', '2026.4'].map((version) => proposeGuide(parts, operator, request(version))),
    );
    const outcomes = await Promise.allSettled(proposals.map((proposal) => confirm(proposal)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'basis-changed' });
    }
    const [, published = ''] = await versions();
    expect((await parts.guides.require(published)).guide.items).toHaveLength(sample.items.length);
  });

  it('repeated is answered alike; a contrary one is refused', async () => {
    const proposal = await proposeGuide(parts, operator, request('2026.1'));
    const { proposalId, contentHash } = proposal;
    const [first, again] = await Promise.all([confirm(proposal), confirm(proposal)]);
    expect(again).toEqual(first);
    const refusal = { outcome: 'refuse', contentHash, reason: '条件过宽' } as const;
    await expect(decideGuide(parts, approver, proposalId, refusal)).rejects.toMatchObject({
      code: 'not-in-this-state',
    });
  });

  it('repeated while it is being carried out is answered alike too', async () => {
    const proposal = await proposeGuide(parts, operator, request('2026.1'));
    const { proposalId, contentHash } = proposal;
    // Just when the second one looks what is newest, the first one has done it.
    const guides = Object.assign(Object.create(parts.guides), {
      newest: async () => {
        await confirm(proposal);
        return parts.guides.newest();
      },
    });
    const again = await decideGuide({ ...parts, guides }, approver, proposalId, {
      outcome: 'confirm',
      contentHash,
    });
    expect(again).toMatchObject({ status: 'confirmed' });
  });

  it('may be a refusal with its reason, after which nothing is published', async () => {
    const proposal = await proposeGuide(parts, operator, request('2026.1'));
    const { proposalId, contentHash } = proposal;
    const refusal = { outcome: 'refuse', contentHash, reason: '条件过宽' } as const;
    const refused = await decideGuide(parts, approver, proposalId, refusal);
    expect(refused).toMatchObject({ status: 'refused', decision: { by: 'approver-1', reason: '条件过宽' } });
    expect(await decideGuide(parts, approver, proposalId, refusal)).toEqual(refused);
    await expect(confirm(proposal)).rejects.toMatchObject({ code: 'not-in-this-state' });
    expect(await versions()).toEqual([]);
  });
});

describe('the instant from which a guide counts', () => {
  const at = (seconds: number) => new Date(today.getTime() + seconds * 1000).toISOString();

  it('is not in the past when it is proposed, nor when it is confirmed', async () => {
    await expect(
      proposeGuide(parts, operator, { ...request('2026.1'), effectiveFrom: at(-1) }),
    ).rejects.toMatchObject({ code: 'invalid-request', faults: [{ path: 'effectiveFrom' }] });
    const proposal = await proposeGuide(parts, operator, { ...request('2026.1'), effectiveFrom: at(60) });
    now = new Date(at(61));
    await expect(confirm(proposal)).rejects.toMatchObject({ code: 'deadline-passed' });
  });

  it('is not before that of the version that it follows', async () => {
    const scheduled = { ...request('2026.1'), effectiveFrom: at(60) };
    await confirm(await proposeGuide(parts, operator, scheduled));
    for (const effectiveFrom of [at(59), undefined]) {
      await expect(
        proposeGuide(parts, operator, { ...request('2026.2'), effectiveFrom }),
      ).rejects.toMatchObject({ code: 'invalid-request', faults: [{ path: 'effectiveFrom' }] });
    }
    await confirm(await proposeGuide(parts, operator, { ...request('2026.2'), effectiveFrom: at(60) }));
    expect(await parts.guides.headers()).toEqual([]);
  });
});

describe('an environment of real applications', () => {
  beforeEach(() => {
    parts = { ...parts, allowed: 'official' };
  });

  it('takes no sample, and nothing that is counted in seconds', async () => {
    const dcmm = sample.items.findIndex(({ id }) => id === 'dcmm');
    await expect(proposeGuide(parts, operator, request('2026.1'))).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [{ path: 'guide.illustrative' }],
    });
    await expect(
      proposeGuide(parts, operator, request('2026.1', { notice: { seconds: 1 } })),
    ).rejects.toMatchObject({
      faults: [{ path: 'guide.illustrative' }, { path: `guide.items.${dcmm}.notice.seconds` }],
    });
    const { signOff } = (sample['common'] as { terms: Record<string, Item> }).terms;
    const hasty = request('2026.1', { signOff: { ...signOff, expiresAfterSeconds: 60 } });
    await expect(
      proposeGuide(parts, operator, { ...hasty, guide: { ...hasty.guide, illustrative: false } }),
    ).rejects.toMatchObject({ faults: [{ path: `guide.items.${dcmm}.signOff.expiresAfterSeconds` }] });
  });

  it('publishes none that was proposed when it took any', async () => {
    const proposal = await proposeGuide({ ...parts, allowed: 'any' }, operator, request('2026.1'));
    await expect(confirm(proposal)).rejects.toMatchObject({ code: 'invalid-request' });
    expect(await versions()).toEqual([]);
  });

  it('takes what the city has published', async () => {
    const { guide, cause } = request('2026.1');
    const proposal = await proposeGuide(parts, operator, { guide: { ...guide, illustrative: false }, cause });
    expect(await confirm(proposal)).toMatchObject({ status: 'confirmed' });
  });
});
