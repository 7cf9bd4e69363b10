import { describe, expect, it } from 'vitest';
import type { Application, ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import {
  drafted,
  type Editable,
  edited,
  requireEditable,
  requireSameItem,
} from '../../../../functions/filing/applications/draft-decision.ts';
import { dcmmContent, publishedUscc } from '../../../builders/content.ts';
import { returnedApplication, submittedApplication } from '../../../builders/signed-off-application.ts';
import { answerOf } from '../../../support/answer-of.ts';
import { people } from '../../../support/rooms.ts';

const now = new Date('2026-11-24T02:00:00Z');
const at = now.toISOString();
const { preparer, admin } = people;
const begun = {
  ...{ applicationId: '01J00000000000000000000001', organisation: publishedUscc, guide: '2026.1' },
  ...{ content: dcmmContent(), now },
};
const draft = drafted({ ...begun, actor: preparer }).to;
const returned = returnedApplication({ lapsesAt: '2026-11-25T16:00:00.000Z' });

describe('a new draft', () => {
  it('is the first version, of whoever began it', () => {
    expect(draft).toMatchObject({
      status: 'draft',
      version: 1,
      createdBy: preparer.id,
      preparedBy: [preparer.id],
    });
  });

  it.each([
    ['preparer', preparer],
    ['organisation-admin', admin],
  ])('is noted as of a %s', (role, actor) => {
    const { note } = drafted({ ...begun, actor });
    expect(note).toEqual({ at, actor: { id: actor.id, role }, event: 'created' });
  });
});

describe('what may be changed', () => {
  it.each<[string, Application, string, unknown]>([
    ['a draft, on its version', draft, '"1"', 'draft'],
    ['a draft, on another version', draft, '"2"', ['version-mismatch']],
    ['what was returned', returned, `"${returned.version}"`, 'returned'],
    ['what was handed in, whatever its version', submittedApplication(), '"9"', ['not-in-this-state']],
    [
      'what one has decided on',
      { ...returned, deciders: { [preparer.id]: 'step-1' } },
      '"9"',
      ['same-person'],
    ],
  ])('%s', (_, application, ifMatch, expected) => {
    expect(answerOf(() => requireEditable(application, preparer, ifMatch).status)).toEqual(expected);
  });

  it('is not the item of a correction', () => {
    expect(answerOf(() => requireSameItem(returned, returned.content.item))).toBeUndefined();
    expect(answerOf(() => requireSameItem(returned, 'open-source'))).toEqual([
      'invalid-request',
      'item open-to-correction',
    ]);
  });
});

describe('an edit', () => {
  const edit = (application: Editable, content: Application['content'], instant = now) =>
    edited({ application, guide: '2026.2', content, actor: admin, now: instant });
  const renamed = { ...returned.content, projectName: '更正后的项目名称' };

  it('is the next version, by one more who prepared it', () => {
    const { to, note } = edit(draft, renamed);
    expect(to).toMatchObject({
      ...{ status: 'draft', version: 2, guide: '2026.2', updatedAt: at, createdBy: preparer.id },
      ...{ preparedBy: [preparer.id, admin.id], content: renamed },
    });
    expect(note).toEqual({ at, actor: { id: admin.id, role: 'organisation-admin' }, event: 'edited' });
  });

  it('names nobody twice', () => {
    const twice = edited({ application: draft, guide: '2026.1', content: renamed, actor: preparer, now }).to;
    expect(twice.preparedBy).toEqual([preparer.id]);
  });

  it('of a correction keeps what was decided', () => {
    const { to } = edit(returned, renamed);
    expect(to as ApplicationIn<'returned'>).toMatchObject({
      ...{ status: 'returned', deciders: returned.deciders, corrections: returned.corrections },
    });
  });

  it.each<[string, Application['content'], Date, unknown]>([
    [
      'names each place that was not returned',
      { ...renamed, direction: 'platform', facts: { ...renamed.facts, level: 5 } },
      now,
      ['invalid-request', 'direction open-to-correction', 'facts.level open-to-correction'],
    ],
    ['comes in time', renamed, new Date('2026-11-25T16:00:00Z'), ['deadline-passed']],
  ])('of a correction %s', (_, content, instant, expected) => {
    expect(answerOf(() => edit(returned, content, instant))).toEqual(expected);
  });
});
