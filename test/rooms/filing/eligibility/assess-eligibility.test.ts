import { describe, expect, it } from 'vitest';
import type { Application } from '../../../../functions/filing/applications/application.ts';
import type { Content } from '../../../../functions/filing/applications/content.ts';
import {
  assessDraft,
  assessEligibility,
} from '../../../../functions/filing/eligibility/assess-eligibility.ts';
import { AssessmentSchema } from '../../../../functions/filing/eligibility/assessment-view.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { dcmmContent, declared, publishedUscc } from '../../../builders/content.ts';
import { qualifyingContent } from '../../../builders/qualifying-contents.ts';
import { submittedApplication } from '../../../builders/signed-off-application.ts';
import { people, policy, today } from '../../../support/rooms.ts';

/** Enterprises that are on the list of serious dishonesty. */
const listed = new Set<string>();
const credit = { get: async (uscc: string) => (listed.has(uscc) ? { listed: true } : undefined) };
/** Applications that were handed in for competitive items. */
let entered: Application[] = [];
const competition = { entered: async () => ({ applications: entered }) };
const exceptions = { of: async () => [] };
const parts = { policy, exceptions, credit, competition };

const assess = async (content: Content, at = today) =>
  AssessmentSchema.parse(await assessEligibility(parts, people.preparer, content, at));

describe('a check before there is a draft', () => {
  it('answers every condition, and the most that could be paid with all that limits it', async () => {
    const { eligibility, ceiling, faults } = await assess(qualifyingContent('open-source'));
    expect(eligibility.outcome).toBe('met');
    expect(eligibility.conditions.map(({ id }) => id)).toContain('spent-in-period');
    expect(ceiling).toMatchObject({ fen: 1_000_000_000, decisive: 'notice' });
    expect(ceiling?.limits.map(({ source }) => source)).toEqual([
      'notice',
      'notice-ratio',
      'guide',
      'guide-ratio',
      'requested',
    ]);
    expect(faults).toEqual([]);
  });

  it('lists all missing facts at once, and leaves what rests on them undecided', async () => {
    const { eligibility, faults } = await assess(
      dcmmContent({ facts: { ...declared, certificateNumber: 'A-1' } }),
    );
    expect(faults).toMatchObject([
      { path: 'facts.level', rule: 'missing-fact', messages: { en: 'missing: DCMM level' } },
      { path: 'facts.certificateValidTo', rule: 'missing-fact' },
    ]);
    expect(eligibility.outcome).toBe('needs-review');
    const undecided = eligibility.conditions.filter(({ outcome }) => outcome !== 'met');
    expect(undecided.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['level-3', 'needs-review'],
      ['certificate-valid', 'needs-review'],
    ]);
  });

  it('says of a district outside the city that the condition is not met', async () => {
    const enterprise = { ...dcmmContent().enterprise, district: '440300' };
    const { eligibility } = await assess(dcmmContent({ enterprise }));
    expect(eligibility.outcome).toBe('unmet');
    expect(eligibility.conditions[0]).toMatchObject({
      ...{ id: 'in-guangzhou', outcome: 'unmet', inputs: { 'enterprise.district': '440300' } },
    });
  });

  it('goes by the list of serious dishonesty, whatever is stated', async () => {
    listed.add(publishedUscc);
    try {
      const content = qualifyingContent('open-source');
      const { eligibility } = await assess(content);
      expect(content.facts['onDishonestyList']).toBe(false);
      expect(eligibility.conditions.filter(({ outcome }) => outcome === 'unmet')).toMatchObject([
        { id: 'no-dishonesty', inputs: { 'facts.onDishonestyList': true } },
      ]);
      const draft = { status: 'draft', guide: '2026.1', organisation: publishedUscc, content } as Application;
      expect((await assessDraft(parts, draft, today)).eligibility.outcome).toBe('unmet');
      expect((await assess(dcmmContent())).eligibility.outcome).toBe('unmet');
    } finally {
      listed.clear();
    }
  });

  it('counts competitive projects that were handed in, whatever is stated', async () => {
    const handedIn = (status: string) => submittedApplication(undefined, { status } as never) as Application;
    try {
      entered = [handedIn('sign-off'), handedIn('withdrawn')];
      expect((await assess(qualifyingContent('open-source'))).eligibility.outcome).toBe('met');
      entered = [...entered, handedIn('submitted')];
      const { eligibility } = await assess(qualifyingContent('open-source'));
      expect(eligibility.conditions.filter(({ outcome }) => outcome === 'unmet')).toMatchObject([
        { id: 'at-most-two-projects', inputs: { 'facts.competitiveProjectsThisYear': 3 } },
      ]);
      expect((await assess(dcmmContent())).eligibility.outcome).toBe('met');
    } finally {
      entered = [];
    }
  });

  it('refuses facts that the guide does not ask for, all at once', async () => {
    const facts = { ...dcmmContent().facts, turnover: 1, staff: 2, level: 'three' };
    await expect(assess(dcmmContent({ facts }))).rejects.toMatchObject({
      code: 'invalid-request',
      faults: [{ path: 'facts.turnover' }, { path: 'facts.staff' }, { path: 'facts.level' }],
    });
  });

  it('has no ceiling where no money is paid', async () => {
    const content = { ...qualifyingContent('innovation-catalogue'), requestedFen: fen(0) };
    const { eligibility, ceiling } = await assess(content);
    expect([eligibility.outcome, ceiling]).toEqual(['met', undefined]);
  });

  it('is for items that take applications, to the second', async () => {
    const { window } = (await policy.requireItem('2026.1', 'dcmm')).item;
    const closes = Date.parse(window.closesAt);
    expect((await assess(dcmmContent(), new Date(closes - 1000))).item).toBe('dcmm');
    await expect(assess(dcmmContent(), new Date(closes))).rejects.toMatchObject({ code: 'item-not-open' });
    await expect(assess(dcmmContent({ item: 'nothing' }))).rejects.toMatchObject({ code: 'item-not-open' });
  });

  it('needs no confirmation of an unusual credit code, since nothing is kept', async () => {
    const uscc = `${publishedUscc.slice(0, 17)}B`;
    const content = dcmmContent({ enterprise: { ...dcmmContent().enterprise, uscc } });
    const actor = { ...people.preparer, organisation: uscc };
    await expect(assessEligibility(parts, actor, content, today)).resolves.toMatchObject({ item: 'dcmm' });
  });
});

describe('a check of a draft', () => {
  const draft = (content: Content): Application => ({
    status: 'draft',
    applicationId: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    organisation: publishedUscc,
    preparedBy: ['preparer'],
    guide: '2026.1',
    version: 1,
    createdAt: today.toISOString(),
    createdBy: 'preparer',
    updatedAt: today.toISOString(),
    content,
  });

  it('answers what a check of its content answers', async () => {
    const content = dcmmContent({ facts: { ...dcmmContent().facts, level: 2 } });
    const answer = await assessDraft(parts, draft(content), today);
    expect(AssessmentSchema.parse(answer)).toEqual(await assess(content));
    expect(answer.eligibility.outcome).toBe('unmet');
  });

  it('lists what a newer guide does not take any more beside what is missing', async () => {
    const answer = await assessDraft(
      parts,
      draft(dcmmContent({ facts: { ...declared, level: 3, old: 1 } })),
      today,
    );
    expect(answer.faults.map(({ path, rule }) => [path, rule])).toEqual([
      ['facts.old', 'unknown-fact'],
      ['facts.certificateNumber', 'missing-fact'],
      ['facts.certificateValidTo', 'missing-fact'],
    ]);
  });

  it('is over once it is withdrawn or submitted', async () => {
    const gone = { ...draft(dcmmContent()), status: 'withdrawn', withdrawnFrom: 'draft' } as const;
    await expect(assessDraft(parts, gone, today)).rejects.toMatchObject({ code: 'not-in-this-state' });
  });
});
