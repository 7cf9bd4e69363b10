import { describe, expect, it } from 'vitest';
import type { ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import { type Invitation, invitationIdOf } from '../../../../functions/review/experts/invitation.ts';
import {
  declined,
  invited,
  openAgain,
  type ReviewedTask,
  requireInviting,
  revoked,
  voidedExperts,
} from '../../../../functions/review/experts/invitation-decision.ts';
import { expertBasis } from '../../../../functions/review/experts/scores.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { qualifyingContent } from '../../../builders/qualifying-contents.ts';
import { openTask } from '../../../builders/sign-off-task.ts';
import { signedOffApplication, submittedApplication } from '../../../builders/signed-off-application.ts';
import { answerOf } from '../../../support/answer-of.ts';
import { people, policy } from '../../../support/rooms.ts';

const item = 'four-modernisations-platform';
const opened = await policy.requireItem('2026.1', item);
const now = new Date('2026-11-24T02:00:00Z');
const at = now.toISOString();
const { reviewer: actor } = people;
const content = qualifyingContent(item);
const { signedOffFen: _, ...signedOff } = signedOffApplication(content, { deciders: { scorer: 'expert' } });
const score = { points: {}, total: 80, at, submission: 1, contentHash: expertBasis(signedOff, opened) ?? '' };
const application: ApplicationIn<'sign-off'> = {
  ...signedOff,
  status: 'sign-off',
  scores: { scorer: score },
};
const { applicationId } = application;
const task = openTask({ applicationId });
const context = { task, application, actor, now };
const approved: ApplicationIn<'sign-off'>['signOffs'] = {
  '1.gz-miit': {
    ...{ taskId: '', step: 1, kind: 'approve', department: 'gz-miit' },
    decision: {
      ...{ outcome: 'approved', amountFen: fen(1), by: 'reviewer', at },
      basis: { submission: 1, version: 2, hash: '', factsHash: '', documentsHash: '' },
    },
  },
};

const invitationOf = (expert: string, overrides: Partial<Invitation> = {}): Invitation => ({
  invitationId: invitationIdOf(applicationId, expert),
  ...{ applicationId, expert, item, status: 'open', invitedAt: at, invitedBy: 'somebody' },
  ...overrides,
});

describe('who may choose experts', () => {
  const insider = { ...actor, organisation: application.organisation };
  it.each<[string, Partial<ReviewedTask>, unknown]>([
    ['the department of an open task', {}, 'sign-off'],
    ['not whoever recommends', { task: { ...task, kind: 'recommend' } }, ['forbidden']],
    ['not once it is decided', { task: { ...task, status: 'decided' } }, ['task-decided']],
    ['not once it is expired', { task: { ...task, status: 'expired' } }, ['task-expired']],
    ['not once it is closed', { task: { ...task, status: 'closed' } }, ['task-closed']],
    ['not once the application went on', { application: signedOffApplication() }, ['concurrent-change']],
    ['not people of the applicant', { actor: insider }, ['forbidden']],
    ['not whoever has scored', { actor: { ...actor, id: 'scorer' } }, ['same-person']],
    [
      'not where the guide has none',
      { opened: { ...opened, item: { ...opened.item, experts: undefined } } },
      ['not-in-this-state'],
    ],
  ])('%s', (_name, change, expected) => {
    const asked = { task, application, opened, actor, ...change };
    expect(answerOf(() => requireInviting(asked).status)).toEqual(expected);
  });
});

describe('an invitation', () => {
  const event = (expert: string, before?: Invitation) =>
    answerOf(() => {
      const next = invited(context, expert, before);
      return 'stands' in next ? 'stands' : next.note.event;
    });

  it.each<[string, string, Invitation | undefined, unknown]>([
    ['of somebody new', 'new', undefined, 'expert-invited'],
    ['of whoever was invited before', 'new', invitationOf('new'), 'stands'],
    ['of whoever has scored', 'scorer', invitationOf('scorer', { status: 'scored' }), 'stands'],
    ['of whoever has declined', 'new', invitationOf('new', { status: 'declined' }), 'stands'],
    ['that was taken back', 'new', invitationOf('new', { status: 'revoked' }), 'expert-invited'],
    ['of oneself', actor.id, undefined, ['same-person']],
    ['of who prepared the application', 'preparer', undefined, ['same-person']],
  ])('%s', (_name, expert, before, expected) => {
    expect(event(expert, before)).toEqual(expected);
  });

  it('is kept with whoever invited, and in the history with whom', () => {
    const next = invited(context, 'new', undefined);
    expect(next).toMatchObject({
      to: { version: application.version + 1, updatedAt: at, scores: application.scores },
      note: { actor: { id: actor.id }, stage: 'expert', department: 'gz-miit', note: 'new' },
      invitation: invitationOf('new', { invitedBy: actor.id }),
    });
  });
});

describe('an invitation that is taken back', () => {
  it.each<[string, Invitation | undefined, unknown]>([
    ['is revoked', invitationOf('new'), 'invitation-revoked'],
    ['stays so', invitationOf('new', { status: 'revoked' }), undefined],
    ['is not one that has scored', invitationOf('scorer', { status: 'scored' }), ['not-in-this-state']],
    ['is not one that was declined', invitationOf('new', { status: 'declined' }), ['not-in-this-state']],
    ['is not one to another application', invitationOf('new', { applicationId: 'other' }), ['not-found']],
    ['is one that there is', undefined, ['not-found']],
  ])('%s', (_name, invitation, expected) => {
    expect(answerOf(() => revoked(context, invitation)?.note.event)).toEqual(expected);
  });

  it('takes a voided score of its expert with it', () => {
    expect(revoked(context, invitationOf('scorer'))?.to.scores).toEqual({});
  });
});

describe('an invitation that is declined', () => {
  const decline = (invitation: Invitation, change: Partial<ApplicationIn<'sign-off'>> = {}) =>
    declined({ invitation, application: { ...application, ...change } }, '与项目负责人同校', at);
  const scoredBy = invitationOf('scorer', { status: 'scored' });

  it.each<[string, Invitation, Partial<ApplicationIn<'sign-off'>>, unknown]>([
    ['before a score', invitationOf('new'), {}, 'expert-declined'],
    ['after a score', scoredBy, {}, 'expert-declined'],
    ['after a score that an approval counted on', scoredBy, { signOffs: approved }, ['not-in-this-state']],
    ['without a score, after an approval', invitationOf('new'), { signOffs: approved }, 'expert-declined'],
    ['again', invitationOf('new', { status: 'declined' }), {}, undefined],
    ['after it was taken back', invitationOf('new', { status: 'revoked' }), {}, ['not-in-this-state']],
  ])('%s', (_name, invitation, change, expected) => {
    expect(answerOf(() => decline(invitation, change)?.note.event)).toEqual(expected);
  });

  it('keeps why, and takes the score back', () => {
    expect(decline(scoredBy)).toMatchObject({
      to: { scores: {} },
      note: { actor: { id: 'scorer', role: 'expert' }, stage: 'expert' },
      invitation: { status: 'declined', settledAt: at, reason: '与项目负责人同校' },
    });
  });

  it('is of an application under review', () => {
    const elsewhere = { invitation: invitationOf('new'), application: signedOffApplication() };
    expect(answerOf(() => declined(elsewhere, '忙', at))).toEqual(['not-in-this-state']);
  });
});

describe('a correction', () => {
  const corrected = (facts: object) =>
    submittedApplication(
      { ...content, facts: { ...content.facts, ...facts } },
      { scores: { scorer: score } },
    );

  it('voids the scores of what it changed, where the item has experts', () => {
    const changed = corrected({ servedEnterprises: 65 });
    expect(voidedExperts(corrected({}), opened)).toEqual([]);
    expect(voidedExperts(changed, opened)).toEqual(['scorer']);
    const without = { ...opened, item: { ...opened.item, experts: undefined } };
    expect(voidedExperts(changed, without)).toEqual([]);
  });

  it('opens again the invitations that had scored, and no others', () => {
    expect(openAgain(invitationOf('scorer', { status: 'scored', settledAt: at }))).toEqual(
      invitationOf('scorer'),
    );
    for (const status of ['open', 'declined', 'revoked'] as const) {
      expect(openAgain(invitationOf('scorer', { status }))).toBeUndefined();
    }
    expect(openAgain(undefined)).toBeUndefined();
  });
});
