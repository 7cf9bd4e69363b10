import { describe, expect, it } from 'vitest';
import type { Application } from '../../../../functions/filing/applications/application.ts';
import {
  competitionFactOf,
  countedProjects,
  withCount,
} from '../../../../functions/filing/eligibility/competition-rules.ts';
import { qualifyingContent } from '../../../builders/qualifying-contents.ts';
import { submittedApplication } from '../../../builders/signed-off-application.ts';
import { policy } from '../../../support/rooms.ts';

const opened = await policy.requireItem('2026.1', 'open-source');
const fact = 'competitiveProjectsThisYear';
const own = { applicationId: 'M', firstAt: '2026-11-23T02:00:00.000Z' };

/** Another application of the enterprise. */
function other(status: string, applicationId = 'A', submission: object = {}): Application {
  const { submission: made, ...rest } = submittedApplication();
  return { ...rest, status, applicationId, submission: { ...made, ...submission } } as unknown as Application;
}

describe('competitive projects of a year', () => {
  it.each([
    ['itself alone', [], 1],
    ['itself once', [other('sign-off', 'M')], 1],
    ['those under review, in a pool and paid', ['sign-off', 'pooled', 'closed'].map((one) => other(one)), 4],
    ['what was recognised and what is with its applicant', [other('recognised'), other('returned')], 3],
    [
      'nothing that has ended or has not begun',
      ['draft', 'withdrawn', 'ineligible', 'refused', 'lapsed', 'duplicate', 'cancelled'].map((one) =>
        other(one),
      ),
      1,
    ],
    ['what came before it', [other('submitted', 'A', { firstAt: '2026-11-23T01:59:59.000Z' })], 2],
    ['nothing that came after it', [other('submitted', 'A', { firstAt: '2026-11-23T02:00:01.000Z' })], 1],
    ['of two at one instant the first by its id', [other('submitted', 'A'), other('submitted', 'Z')], 2],
    ['a later one that has passed before', [other('submitted', 'Z', { number: 2 })], 2],
  ])('count %s', (_what, others, expected) => {
    expect(countedProjects(own, others)).toBe(expected);
  });

  it('count whatever was handed in for one that is not', () => {
    expect(countedProjects(undefined, [other('submitted', 'Z'), other('draft')])).toBe(2);
  });

  it('are never fewer than counted, nor fewer than stated', () => {
    const content = qualifyingContent('open-source');
    expect(withCount(opened, content, 3).facts[fact]).toBe(3);
    expect(withCount(opened, { ...content, facts: { ...content.facts, [fact]: 2 } }, 1).facts[fact]).toBe(2);
  });

  it('are counted where the guide asks a competitive item for them', async () => {
    expect(competitionFactOf(opened)).toBe(fact);
    expect(competitionFactOf(await policy.requireItem('2026.1', 'dcmm'))).toBeUndefined();
    const unasked = { ...opened, item: { ...opened.item, competition: 'inclusive' as const } };
    expect(competitionFactOf(unasked)).toBeUndefined();
    expect(withCount(unasked, qualifyingContent('open-source'), 9)).toEqual(qualifyingContent('open-source'));
  });
});
