import { describe, expect, it } from 'vitest';
import type { Application, ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import {
  isTaken,
  type ReopeningDecision,
  refused,
  reopened,
  requested,
  requireAsked,
} from '../../../../functions/review/sign-off/reopening-decision.ts';
import type { Actor } from '../../../../functions/shared/actor.ts';
import { DomainError } from '../../../../functions/shared/errors.ts';
import { returnedApplication } from '../../../builders/signed-off-application.ts';
import { people, policy } from '../../../support/rooms.ts';

const now = new Date('2026-12-01T02:00:00Z');
const { operator: first, secondOperator: second } = people;

const lapsed = (overrides: Partial<ApplicationIn<'lapsed'>> = {}): ApplicationIn<'lapsed'> => ({
  ...returnedApplication(),
  status: 'lapsed',
  reasons: [],
  ...overrides,
});
const request = { reason: '公章遗失', by: first.id, at: '2026-11-30T02:00:00.000Z' };
const turnedDown = { ...request, refused: { reason: '无新理由', by: second.id, at: request.at } };
const insider: Actor = { ...second, organisation: lapsed().organisation };
const preparer: Actor = { ...second, id: 'preparer' };
const reviewer: Actor = { ...second, id: 'reviewer' };

/** What a decision comes to: the event of its note, `stays`, or the code of its refusal. */
function outcome(decide: () => { readonly note: { readonly event: string } } | undefined): string {
  try {
    return decide()?.note.event ?? 'stays';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

describe('a request to reopen', () => {
  it.each<[string, Application, Actor, string, string]>([
    ['what lapsed', lapsed(), first, request.reason, 'reopening-requested'],
    ['what has not lapsed', returnedApplication(), first, request.reason, 'not-in-this-state'],
    ['again with the same words', lapsed({ reopening: request }), first, request.reason, 'stays'],
    ['again with other words', lapsed({ reopening: request }), first, '其他理由', 'already-exists'],
    ['what a colleague asked for', lapsed({ reopening: request }), second, request.reason, 'already-exists'],
    ['after a refusal', lapsed({ reopening: turnedDown }), first, request.reason, 'reopening-requested'],
    ['for the own employer', lapsed(), insider, request.reason, 'forbidden'],
    ['what one has prepared', lapsed(), preparer, request.reason, 'same-person'],
    ['what one has decided on', lapsed(), reviewer, request.reason, 'same-person'],
    [
      'for the own employer, what was asked for',
      lapsed({ reopening: request }),
      insider,
      '',
      'already-exists',
    ],
  ])('%s', (_name, application, actor, reason, expected) => {
    expect(outcome(() => requested(application, reason, { actor, now }))).toBe(expected);
  });
});

describe('a decision on a request to reopen', () => {
  const asked = lapsed({ reopening: request });
  it.each<[string, Application, Actor, string]>([
    ['by another operator', asked, second, 'reopening-refused'],
    ['by who asked', asked, first, 'same-person'],
    ['by who decided in the review', asked, reviewer, 'same-person'],
    ['by an insider', asked, insider, 'forbidden'],
    ['that nobody made', lapsed(), second, 'not-in-this-state'],
    ['that is refused', lapsed({ reopening: turnedDown }), second, 'not-in-this-state'],
    ['of what is no longer lapsed, by who asked', returnedApplication(), first, 'not-in-this-state'],
  ])('%s', (_name, application, actor, expected) => {
    const decide = () => refused(requireAsked(application, actor), '无新理由', { actor, now });
    expect(outcome(decide)).toBe(expected);
  });

  it('that approves gives the last correction a new time, and keeps who asked and who approved', async () => {
    const { item } = await policy.requireItem(asked.guide, asked.content.item);
    const { calendar } = policy;
    const context = { actor: second, now, item, calendar };
    const { to, note, reopening } = reopened(requireAsked(asked, second), undefined, context);
    expect(note).toEqual({
      at: now.toISOString(),
      actor: { id: second.id, role: 'operator' },
      event: 'reopened',
      stage: 'reopening-1',
    });
    expect(reopening).toBe(1);
    expect(to).toMatchObject({
      status: 'returned',
      version: asked.version + 1,
      submission: { number: 1, reopening: 1 },
      deciders: { ...asked.deciders, [second.id]: 'reopening-1' },
      reopenings: [{ ...request, approvedBy: second.id, approvedAt: now.toISOString() }],
    });
    expect(to).not.toHaveProperty('reasons');
    expect(to).not.toHaveProperty('reopening');
    const [before, after] = [asked.corrections.at(-1), to.corrections.at(-1)];
    expect(after?.items).toEqual(before?.items);
    expect(Date.parse(after?.dueAt ?? '')).toBeGreaterThan(now.getTime());
  });

  it.each<[string, Application, Actor, ReopeningDecision['outcome'], boolean]>([
    ['a refusal by who refused', lapsed({ reopening: turnedDown }), second, 'refuse', true],
    ['a refusal by another', lapsed({ reopening: turnedDown }), first, 'refuse', false],
    ['an approval of what was refused', lapsed({ reopening: turnedDown }), second, 'approve', false],
    ['a decision that is still to come', asked, second, 'approve', false],
  ])('knows %s', (_name, application, actor, decision, expected) => {
    expect(isTaken(application, actor, { outcome: decision, reason: '' })).toBe(expected);
  });
});
