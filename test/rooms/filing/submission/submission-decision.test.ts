import { describe, expect, it } from 'vitest';
import type { Application, ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import { type DocumentIn, isAwaited } from '../../../../functions/filing/documents/document.ts';
import {
  answered,
  requireSubmittable,
  type SubmissionContext,
  type Submittable,
  submitted,
} from '../../../../functions/filing/submission/submission-decision.ts';
import { dcmmContent, declared } from '../../../builders/content.ts';
import { awaitingDocument } from '../../../builders/document.ts';
import { returnedApplication, submittedApplication } from '../../../builders/signed-off-application.ts';
import { answerOf } from '../../../support/answer-of.ts';
import { people, policy } from '../../../support/rooms.ts';

const now = new Date('2026-11-24T02:00:00Z');
const at = now.toISOString();
const opened = await policy.requireItem('2026.1', 'dcmm');
const materials = opened.item.materials.map(({ id }) => id);
const actor = people.admin;

function accepted(material: string, overrides: Partial<DocumentIn<'accepted'>> = {}): DocumentIn<'accepted'> {
  const { status: _, ...declared } = awaitingDocument({ documentId: `of-${material}`, material });
  return { ...declared, status: 'accepted', verifiedAt: at, ...overrides };
}

function draft(overrides: Partial<ApplicationIn<'draft'>> = {}): ApplicationIn<'draft'> {
  const { submission: _, deciders: __, corrections: ___, ...rest } = submittedApplication();
  const { scores: ____, signOffs: _____, ...identity } = rest;
  return { ...identity, status: 'draft', version: 3, historyHash: 'h', ...overrides };
}

const returned = returnedApplication({ lapsesAt: '2026-11-25T16:00:00.000Z' });
const complete: SubmissionContext = {
  application: draft(),
  accepted: materials.map((material) => accepted(material)),
  opened,
  actor,
  now,
};
const submit = (change: Partial<SubmissionContext> = {}) => submitted({ ...complete, ...change });

describe('what may be handed in', () => {
  it.each<[string, Application, string, unknown]>([
    ['a draft', draft(), at, 'draft'],
    ['what was returned, in time', returned, at, 'returned'],
    ['what was returned, too late', returned, '2026-11-25T16:00:00.000Z', ['deadline-passed']],
    ['what was handed in', submittedApplication(), at, ['not-in-this-state']],
    ['what one has decided on', { ...returned, deciders: { [actor.id]: 'step-1' } }, at, ['same-person']],
  ])('%s', (_, application, instant, expected) => {
    expect(answerOf(() => requireSubmittable(application, actor, new Date(instant)).status)).toEqual(
      expected,
    );
  });
});

describe('a document that is still being sent', () => {
  const awaited = awaitingDocument({ documentId: 'coming', material: 'certificate' });
  const outcome = (change: Partial<SubmissionContext>) =>
    answerOf(() => submit(change).to.submission.documents.length);

  it('is waited for, or left out by whoever says so', () => {
    expect(outcome({ awaited: [awaited] })).toEqual(['incomplete', 'documents.certificate arrived']);
    expect(outcome({ awaited: [awaited], without: ['another'] })).toHaveLength(2);
    expect(outcome({ awaited: [awaited], without: ['coming'] })).toBe(materials.length);
  });

  it('is of concern to a correction where its material was returned', () => {
    const application = { ...returned, content: dcmmContent({ projectName: '更正后的名称' }) };
    const documents = materials.map((material) => accepted(material));
    const submission = { ...returned.submission, documents };
    const correcting = { application: { ...application, submission }, awaited: [awaited] };
    expect(outcome(correcting)).toBe(materials.length);
    const items = [{ path: 'documents.certificate', reason: { zh: '请更正', en: 'please correct it' } }];
    const [correction] = returned.corrections;
    if (!correction) throw new Error('nothing was returned');
    const open = { ...correcting.application, corrections: [{ ...correction, items }] };
    expect(outcome({ ...correcting, application: open })).toHaveLength(2);
  });

  it.each([
    ['2026-11-23T02:14:59.000Z', true],
    ['2026-11-23T02:15:00.000Z', false],
  ])('may still come at %s: %s', (instant, is) => {
    expect(isAwaited(awaited, new Date(instant))).toBe(is);
    const { status: _, ...declared } = awaited;
    expect(isAwaited({ ...declared, status: 'accepted', verifiedAt: at }, new Date(instant))).toBe(false);
  });
});

describe('a first submission', () => {
  const { to, note, corrects } = submit();

  it('is the first, of what the draft holds, by whom it was handed in', () => {
    expect(to).toMatchObject({
      status: 'submitted',
      version: 4,
      historyHash: 'h',
      submission: { number: 1, firstAt: at, at, by: actor.id },
      ...{ deciders: {}, corrections: [], scores: {}, signOffs: {} },
    });
    expect(to.submission.documents.map(({ material }) => material)).toEqual(materials);
    expect(corrects).toBeUndefined();
  });

  it('is noted with the hash of what was handed in', () => {
    expect(note).toMatchObject({ at, event: 'submitted', basisHash: to.submission.contentHash });
  });

  it.each<[string, Partial<SubmissionContext>]>([
    ['content', { application: draft({ content: dcmmContent({ projectName: '另一个项目' }) }) }],
    ['a document', { accepted: materials.map((material) => accepted(material, { sha256: 'b'.repeat(64) })) }],
    ['the guide', { opened: { ...opened, guide: { ...opened.guide, version: '2026.2' } } }],
  ])('has another hash with another: %s', (_, change) => {
    expect(submit(change).to.submission.contentHash).not.toBe(to.submission.contentHash);
  });

  it('counts whoever gave a document among those who prepared it', () => {
    const given = materials.map((material) => accepted(material, { requestedBy: 'clerk' }));
    expect(submit({ accepted: given }).to.preparedBy).toEqual(['preparer', 'clerk']);
  });

  it('names every gap at once', () => {
    const content = dcmmContent({ facts: { ...declared, level: 3 } });
    expect(answerOf(() => submit({ application: draft({ content }), accepted: [] }))).toEqual([
      'incomplete',
      'facts.certificateNumber missing-fact',
      'facts.certificateValidTo missing-fact',
      ...materials.map((material) => `documents.${material} required-material`),
    ]);
  });

  it('is another person’s to make where the guide says so, and whoever gave a document is none', () => {
    const strict = {
      ...opened,
      item: { ...opened.item, duties: { submitterDiffersFromPreparer: true as const } },
    };
    const byActor = materials.map((material) => accepted(material, { requestedBy: actor.id }));
    expect(answerOf(() => submit({ opened: strict }).to.status)).toBe('submitted');
    expect(answerOf(() => submit({ opened: strict, accepted: byActor }))).toEqual(['same-person']);
    const application: Submittable = draft({ preparedBy: [actor.id] });
    expect(answerOf(() => submit({ opened: strict, application }))).toEqual(['same-person']);
    expect(answerOf(() => submit({ application }).to.status)).toBe('submitted');
  });
});

describe('a correction', () => {
  const before = materials.map((material) => ({
    documentId: `of-${material}`,
    material,
    sha256: 'a'.repeat(64),
  }));
  const held = { ...returned, submission: { ...returned.submission, documents: before } };
  const corrected = (items: string[], documents = complete.accepted) => {
    const reason = { zh: '请更正', en: 'please correct it' };
    const asked = held.corrections.map((one) => ({ ...one, items: items.map((path) => ({ path, reason })) }));
    return submit({ application: { ...held, corrections: asked }, accepted: documents });
  };

  it('is the next submission, under the date of the first, and keeps what was decided', () => {
    const { to, note, corrects } = corrected(['projectName']);
    expect(to).toMatchObject({
      submission: { number: 2, firstAt: held.submission.firstAt, at, by: actor.id, earlierBy: ['admin'] },
      deciders: held.deciders,
      corrections: [{ correctedAt: at }],
    });
    expect(note.event).toBe('corrected');
    expect(corrects).toBe(1);
  });

  it('holds new documents of what was returned, and no others', () => {
    const fresh = (material: string) => accepted(material, { documentId: `new-${material}` });
    const [first = '', ...others] = materials;
    const documents = [...complete.accepted, ...materials.map(fresh)];
    const { to } = corrected([`documents.${first}`], documents);
    expect(to.submission.documents.map(({ documentId }) => documentId)).toEqual([
      ...materials.map((material) => `of-${material}`),
      `new-${first}`,
    ]);
    expect(others).not.toEqual([]);
  });
});

describe('an answer to a key that was used before', () => {
  const { applicationId } = returned;
  const submittedAgain = submittedApplication(undefined, { applicationId });

  it.each<[string, { applicationId: string; number: number }, Application, unknown]>([
    ['is the application as it stands', { applicationId, number: 1 }, submittedAgain, 'submitted'],
    [
      'is none for another application',
      { applicationId: 'other', number: 1 },
      submittedAgain,
      ['idempotency-key-reused'],
    ],
    [
      'is none once that submission was returned',
      { applicationId, number: 1 },
      returned,
      ['idempotency-key-reused'],
    ],
    [
      'is the application again once a later one was returned',
      { applicationId, number: 1 },
      { ...returned, submission: { ...returned.submission, number: 2 } },
      'returned',
    ],
  ])('%s', (_, earlier, application, expected) => {
    expect(answerOf(() => answered(earlier, application).status)).toEqual(expected);
  });
});
