import { describe, expect, it } from 'vitest';
import type { Application } from '../../../../functions/filing/applications/application.ts';
import {
  currentCorrection,
  requireInTime,
  requireOpenChanges,
  requireOpenMaterial,
} from '../../../../functions/filing/applications/correction-rules.ts';
import { declared } from '../../../builders/content.ts';
import { returnedApplication, submittedApplication } from '../../../builders/signed-off-application.ts';
import { answerOf } from '../../../support/answer-of.ts';

const lapsesAt = '2026-11-25T16:00:00.000Z';
const before = new Date('2026-11-25T15:59:59.999Z');
const reason = { zh: '请更正', en: 'please correct it' };
const returned = returnedApplication({
  lapsesAt,
  items: ['projectName', 'facts.level', 'documents.certificate'].map((path) => ({ path, reason })),
});
const draft = { ...returned, status: 'draft' } as unknown as Application;
const closed = (path: string) => ['invalid-request', `${path} open-to-correction`];

describe('a correction', () => {
  it('is the last that was asked for', () => {
    const later = { ...returned.corrections[0], round: 2 } as (typeof returned.corrections)[number];
    expect(currentCorrection({ ...returned, corrections: [...returned.corrections, later] }).round).toBe(2);
  });

  it('may come until it lapses, and not at that instant', () => {
    expect(answerOf(() => requireInTime(returned, before))).toBeUndefined();
    expect(answerOf(() => requireInTime(returned, new Date(lapsesAt)))).toEqual(['deadline-passed']);
  });

  it.each<[string, Application, string, Date, unknown]>([
    ['every material of a draft, at any time', draft, 'undertaking', new Date('2030-01-01'), undefined],
    ['what was returned', returned, 'certificate', before, undefined],
    ['what was not returned', returned, 'undertaking', before, closed('documents.undertaking')],
    ['what was returned, too late', returned, 'certificate', new Date(lapsesAt), ['deadline-passed']],
    ['of what was handed in', submittedApplication(), 'certificate', before, ['not-in-this-state']],
  ])('opens materials: %s', (_, application, material, now, expected) => {
    expect(answerOf(() => requireOpenMaterial(application, material, now))).toEqual(expected);
  });

  it.each<[string, Partial<Application['content']>, unknown]>([
    ['nothing', {}, undefined],
    [
      'what was returned',
      { projectName: '新名称', facts: { ...returned.content.facts, level: 5 } },
      undefined,
    ],
    ['a fact beside it', { facts: { ...returned.content.facts, colour: 'red' } }, closed('facts.colour')],
    [
      'a fact that is gone',
      { facts: { ...declared, level: 3, certificateNumber: 'DCMM-2026-0001' } },
      closed('facts.certificateValidTo'),
    ],
    [
      'anything of the enterprise',
      { enterprise: { ...returned.content.enterprise, kind: 'branch' } },
      closed('enterprise'),
    ],
  ])('lets change: %s', (_, change, expected) => {
    const content = { ...returned.content, ...change };
    expect(answerOf(() => requireOpenChanges(returned, content, before))).toEqual(expected);
  });
});
