import { describe, expect, it } from 'vitest';
import type { Application, ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import {
  type Brought,
  filed,
  opened,
  requirePublic,
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
    expect(answerOf(() => requirePublic(application, 'objection', instant).status)).toEqual(expected);
  });
});

describe('an objection', () => {
  const brought: Brought = {
    objectionId: '01J00000000000000000000005',
    kind: 'objection',
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

  it('of the public waits for an officer, and changes nothing of the application', () => {
    expect(filed(noticed, brought, { now, dueAt })).toEqual({
      ...open().objection,
      ...{ status: 'screening', unadmitted: true },
    });
  });
});

describe('a complaint or a report', () => {
  it.each(['complaint', 'report'] as const)('%s is taken as long as the award is public', (kind) => {
    const cancelled: Application = { ...noticed, status: 'cancelled', reasons: [] };
    for (const application of [noticed, ordered, cancelled]) {
      expect(requirePublic(application, kind, new Date(closesAt))).toBe(application);
    }
    expect(answerOf(() => requirePublic(pooled, kind, now).status)).toEqual(['not-found']);
  });
});
