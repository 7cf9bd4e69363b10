import { describe, expect, it } from 'vitest';
import type { Application, ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import {
  type Brought,
  opened,
  requireUnderNotice,
} from '../../../../functions/publicity/objections/opening-decision.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { pooledApplication } from '../../../builders/budget.ts';
import { answerOf } from '../../../support/answer-of.ts';

const opensAt = '2026-11-23T02:00:00.000Z';
const closesAt = '2026-11-30T16:00:00.000Z';
const now = new Date('2026-11-30T15:59:59.999Z');
const pooled = pooledApplication('01J00000000000000000000001', 'software-2026', 100);
const noticed: ApplicationIn<'noticed'> = {
  ...pooled,
  status: 'noticed',
  award: { fen: fen(100), roundId: '01J00000000000000000000003', at: opensAt },
  notice: { opensAt, closesAt },
};
const ordered: ApplicationIn<'ordered'> = {
  ...noticed,
  status: 'ordered',
  order: { orderId: '01J00000000000000000000004', fen: fen(100), at: closesAt },
  paidFen: fen(0),
};

describe('an award', () => {
  it.each<[string, Application | undefined, Date, unknown]>([
    ['under notice can be objected to up to its last moment', noticed, now, 'noticed'],
    ['whose notice has ended cannot', noticed, new Date(closesAt), ['deadline-passed']],
    ['that is ordered cannot', ordered, now, ['deadline-passed']],
    ['that is paid cannot', { ...ordered, status: 'closed' }, now, ['deadline-passed']],
    ['that is not public yet is not there', pooled, now, ['not-found']],
    ['that was cancelled is not there', { ...noticed, status: 'cancelled', reasons: [] }, now, ['not-found']],
    ['of nothing is not there', undefined, now, ['not-found']],
  ])('%s', (_, application, instant, expected) => {
    expect(answerOf(() => requireUnderNotice(application, instant).status)).toEqual(expected);
  });
});

describe('an objection', () => {
  const brought: Brought = {
    objectionId: '01J00000000000000000000005',
    grounds: { zh: '项目与已获资助项目相同', en: 'it is one that was supported before' },
    evidence: [],
    sealed: 'sealed',
    receiptHash: 'r'.repeat(64),
  };
  const dueAt = new Date('2026-12-15T16:00:00Z');
  const actor = { id: 'objector', role: 'public' } as const;
  const open = (openObjections?: string[]) =>
    opened({ ...noticed, ...(openObjections && { openObjections }) }, brought, { actor, now, dueAt });
  const at = now.toISOString();

  it('is received against the award, until it is due', () => {
    expect(open().objection).toEqual({
      ...brought,
      ...{ status: 'received', version: 1, receivedAt: at, dueAt: dueAt.toISOString() },
      ...{ applicationId: noticed.applicationId, organisation: noticed.organisation, item: 'dcmm' },
      ...{ organisationName: noticed.content.enterprise.name, poolId: 'software-2026' },
      roundId: noticed.award.roundId,
    });
    expect(open().objectionNote).toEqual({ at, actor, event: 'received' });
  });

  it('holds the award beside those that are open', () => {
    const { to, note } = open(['01J00000000000000000000006']);
    expect(to).toMatchObject({
      version: noticed.version + 1,
      updatedAt: at,
      openObjections: ['01J00000000000000000000006', brought.objectionId],
    });
    expect(note).toEqual({ at, actor, event: 'objected-to', note: brought.objectionId });
  });

  it('is the last that an award takes when a hundred are open', () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => `objection-${n}`);
    expect(open(many(99)).to.openObjections).toHaveLength(100);
    expect(answerOf(() => open(many(100)))).toEqual(['not-in-this-state']);
  });
});
