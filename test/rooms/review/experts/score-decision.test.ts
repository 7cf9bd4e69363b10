import { describe, expect, it } from 'vitest';
import type { ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import { type Invitation, invitationIdOf } from '../../../../functions/review/experts/invitation.ts';
import { type GivenScore, scored } from '../../../../functions/review/experts/score-decision.ts';
import { expertBasis } from '../../../../functions/review/experts/scores.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { DomainError } from '../../../../functions/shared/errors.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { qualifyingContent } from '../../../builders/qualifying-contents.ts';
import { signedOffApplication } from '../../../builders/signed-off-application.ts';
import { policy } from '../../../support/rooms.ts';

const item = 'four-modernisations-platform';
const opened = await policy.requireItem('2026.1', item);
const now = new Date('2026-11-23T02:00:00Z');
const expert: Actor = { id: 'expert', roles: ['expert'] };
const { signedOffFen: _, ...signedOff } = signedOffApplication(qualifyingContent(item), { deciders: {} });
const application: ApplicationIn<'sign-off'> = { ...signedOff, status: 'sign-off' };
const { applicationId } = application;
const contentHash = expertBasis(application, opened) ?? '';
const invitation: Invitation = {
  invitationId: invitationIdOf(applicationId, expert.id),
  applicationId,
  expert: expert.id,
  item,
  status: 'open',
  invitedAt: now.toISOString(),
  invitedBy: 'reviewer',
};

const points = { technology: 40, reach: 30, openness: 10 };
const context = { invitation, application, opened, actor: expert, now };
const approval: ApplicationIn<'sign-off'>['signOffs'] = {
  '1.gz-miit': {
    taskId: '',
    step: 1,
    kind: 'approve',
    department: 'gz-miit',
    decision: {
      outcome: 'approved',
      amountFen: fen(1),
      by: 'reviewer',
      at: now.toISOString(),
      basis: { submission: 1, version: 2, hash: '', factsHash: '', documentsHash: '' },
    },
  },
};

/** The code of a refusal with the places at fault, `stays`, or the total. */
function outcome(given: Partial<GivenScore>, state: Partial<ApplicationIn<'sign-off'>> = {}) {
  try {
    const decision = scored(
      { ...context, application: { ...application, ...state } },
      { points, contentHash, ...given },
    );
    return decision ? decision.to.scores[expert.id]?.total : 'stays';
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return [error.code, ...(error.faults ?? []).map(({ path, rule }) => `${path} ${rule}`)];
  }
}

describe('a score', () => {
  const given = scored(context, { points, contentHash });
  const scores = given?.to.scores ?? {};

  it.each<[string, Partial<GivenScore>, Partial<ApplicationIn<'sign-off'>>, unknown]>([
    ['by every criterion', {}, {}, 80],
    ['of nothing', { points: { technology: 0, reach: 0, openness: 0 } }, {}, 0],
    [
      'without a criterion',
      { points: { technology: 40, reach: 30 } },
      {},
      ['invalid-request', 'points.openness required'],
    ],
    [
      'above and below what the guide gives, by halves, and of what it does not ask',
      { points: { technology: 10_000, reach: -1, openness: 0.5, beauty: 1 } },
      {},
      [
        'invalid-request',
        expect.stringMatching(/^points\.technology 0-to-\d+$/),
        expect.stringMatching(/^points\.reach 0-to-\d+$/),
        expect.stringMatching(/^points\.openness 0-to-\d+$/),
        'points.beauty known-criterion',
      ],
    ],
    [
      'of what has changed since, whatever its points',
      { points: {}, contentHash: 'x' },
      {},
      ['basis-changed'],
    ],
    ['that stands there already', {}, { scores }, 'stays'],
    ['that stands there already, after an approval', {}, { scores, signOffs: approval }, 'stays'],
    ['with another comment', { comment: '材料充分' }, { scores }, 80],
    ['by somebody who decided in a step', {}, { deciders: { expert: 'step-1' } }, ['same-person']],
    ['by somebody who prepared it', {}, { preparedBy: ['expert'] }, ['same-person']],
  ])('%s', (_name, change, state, expected) => {
    expect(outcome(change, state)).toEqual(expected);
  });

  it('is no longer changed once an approval has counted on as many as the guide asks for', () => {
    const all = Object.fromEntries(
      Array.from({ length: opened.item.experts?.required ?? 0 }, (_, index) => [
        index === 0 ? expert.id : `expert-${index}`,
        scores[expert.id],
      ]),
    ) as typeof scores;
    const change = { points: { ...points, technology: 39 } };
    expect(outcome(change, { scores: all, signOffs: approval })).toEqual(['not-in-this-state']);
    expect(outcome(change, { scores: all })).toBe(79);
  });

  it('is kept with who gave it, and its invitation with it', () => {
    expect(given?.to).toMatchObject({ version: application.version + 1, deciders: { expert: 'expert' } });
    expect(given?.note).toMatchObject({ event: 'expert-scored', basisHash: contentHash });
    expect(given?.invitation).toEqual({ ...invitation, status: 'scored', settledAt: now.toISOString() });
  });
});
