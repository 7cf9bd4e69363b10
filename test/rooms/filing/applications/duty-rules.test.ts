import { describe, expect, it } from 'vitest';
import type { ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import {
  organisationsOf,
  requireNoDecider,
  requireOtherDeciders,
  requireOutsider,
  requireSeparateDuties,
} from '../../../../functions/filing/applications/duty-rules.ts';
import type { Stage } from '../../../../functions/filing/applications/lifecycle.ts';
import { dcmmContent, publishedUscc } from '../../../builders/content.ts';
import { signedOffApplication } from '../../../builders/signed-off-application.ts';
import { answerOf } from '../../../support/answer-of.ts';
import { people } from '../../../support/rooms.ts';

const predecessor = '914403001922038216';
const at = '2026-11-23T02:00:00.000Z';
const continued = dcmmContent({
  enterprise: { ...dcmmContent().enterprise, predecessors: [publishedUscc, predecessor] },
});
const application = signedOffApplication(continued, {
  deciders: { reviewer: 'step-1', scorer: 'expert' },
  submission: { ...signedOffApplication().submission, by: 'admin', earlierBy: ['former-admin'] },
  reopenings: [{ reason: '公章遗失', by: 'asker', at, approvedBy: 'agreed', approvedAt: at }],
  signOffs: {
    '1.gz-miit': {
      ...{ taskId: '', step: 1, kind: 'recommend', department: 'gz-miit' },
      decision: {
        ...{ outcome: 'recommended', by: 'reviewer', onBehalfOf: 'absentee', at },
        basis: { submission: 1, version: 2, hash: '', factsHash: '', documentsHash: '' },
      },
    },
  } satisfies ApplicationIn<'sign-off'>['signOffs'],
});

describe('an application', () => {
  it('is of its applicant and of those that it continues, each once', () => {
    expect(organisationsOf(application)).toEqual([publishedUscc, predecessor]);
  });

  it.each([
    ['its applicant', publishedUscc, ['forbidden']],
    ['one that it continues', predecessor, ['forbidden']],
    ['another one', '9144030071526726XG', undefined],
    ['none', undefined, undefined],
  ])('is no matter for people of %s', (_, organisation, expected) => {
    const { organisation: __, ...anybody } = { ...people.reviewer, organisation: undefined };
    const actor = { ...anybody, ...(organisation !== undefined && { organisation }) };
    expect(answerOf(() => requireOutsider(application, actor))).toEqual(expected);
  });

  it('is not prepared by who has decided on it', () => {
    expect(answerOf(() => requireNoDecider(application, 'scorer'))).toEqual(['same-person']);
    expect(answerOf(() => requireNoDecider(application, 'nobody'))).toBeUndefined();
  });
});

describe('a decision', () => {
  it.each<[string, string[], Stage, 'refused' | 'taken']>([
    ['by who has decided nothing', ['new'], 'step-2', 'taken'],
    ['again in the same stage', ['reviewer'], 'step-1', 'taken'],
    ['in another stage', ['reviewer'], 'step-2', 'refused'],
    ['for somebody who decided in another stage', ['new', 'reviewer'], 'step-2', 'refused'],
    ['in a step by an expert', ['scorer'], 'step-1', 'refused'],
    ['by who prepared it', ['preparer'], 'step-1', 'refused'],
    ['by who submitted it', ['admin'], 'step-1', 'refused'],
    ['by who submitted it before its correction', ['former-admin'], 'step-1', 'refused'],
    ['by who asked for its reopening', ['asker'], 'step-1', 'refused'],
    ['on another reopening by who asked for the last', ['asker'], 'reopening-2', 'taken'],
  ])('%s is %s', (_, persons, stage, expected) => {
    const answer = answerOf(() => requireSeparateDuties(application, stage, persons));
    expect(answer).toEqual(expected === 'taken' ? undefined : ['same-person']);
  });

  it.each<[string, string, string[], 'refused' | 'taken']>([
    ['of a step by who decided for another department of it', 'gz-stb', ['reviewer'], 'refused'],
    ['of a step by whom another department was decided for', 'gz-stb', ['absentee'], 'refused'],
    ['of a step for the same department', 'gz-miit', ['reviewer'], 'taken'],
    ['of a step by others', 'gz-stb', ['new'], 'taken'],
  ])('%s: %s %j is %s', (_, department, persons, expected) => {
    const answer = answerOf(() => requireOtherDeciders(application, { step: 1, department }, persons));
    expect(answer).toEqual(expected === 'taken' ? undefined : ['same-person']);
  });
});
