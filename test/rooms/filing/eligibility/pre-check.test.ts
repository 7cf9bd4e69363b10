import { describe, expect, it } from 'vitest';
import { preCheck } from '../../../../functions/filing/eligibility/pre-check.ts';
import {
  PreCheckBodySchema,
  PreCheckSchema,
} from '../../../../functions/filing/eligibility/pre-check-view.ts';
import { declared } from '../../../builders/content.ts';
import { qualifyingContent } from '../../../builders/qualifying-contents.ts';
import { policy, today } from '../../../support/rooms.ts';

const enterprise = { district: '440106', registeredOn: '2015-06-01' };
const check = async (body: unknown) =>
  PreCheckSchema.parse(await preCheck(policy, PreCheckBodySchema.parse(body), today)).items;

describe('a check without a login', () => {
  it('answers for every open item: what is met, what fails, and what is still to be said', async () => {
    const items = await check({ enterprise, facts: { ...declared, level: 2 } });
    expect(items.map(({ item }) => item)).toEqual((await policy.openItems(today)).map(({ item }) => item.id));
    const dcmm = items.find(({ item }) => item === 'dcmm');
    expect(dcmm).toMatchObject({
      outcome: 'unmet',
      missing: ['certificateNumber', 'certificateValidTo'],
    });
    expect(dcmm?.conditions.filter(({ outcome }) => outcome === 'unmet')).toMatchObject([
      { id: 'level-3', citation: '二(二)6' },
    ]);
    // A fact of one item says nothing to the others.
    expect(items.find(({ item }) => item === 'open-source')?.conditions).not.toContainEqual(
      expect.objectContaining({ id: 'level-3' }),
    );
  });

  it('finds what an enterprise qualifies for, and how much it could be', async () => {
    const { facts, enterprise: stated } = qualifyingContent('open-source');
    const { industryClass } = stated;
    const items = await check({
      enterprise: { ...enterprise, ...(industryClass && { industryClass }) },
      facts,
    });
    expect(items.find(({ item }) => item === 'open-source')).toMatchObject({
      outcome: 'met',
      missing: [],
      ceiling: { fen: 1_000_000_000 },
    });
  });

  it('leaves what is stated otherwise than asked for undecided', async () => {
    const items = await check({ enterprise, facts: { ...declared, level: 'three', constructor: 1 } });
    expect(items.find(({ item }) => item === 'dcmm')).toMatchObject({
      outcome: 'needs-review',
      missing: ['level', 'certificateNumber', 'certificateValidTo'],
    });
  });

  it('takes nothing that would name the enterprise', () => {
    const named = PreCheckBodySchema.safeParse({ enterprise: { ...enterprise, name: '某公司' }, facts: {} });
    expect(named.success).toBe(false);
  });
});
