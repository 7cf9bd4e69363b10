import { describe, expect, it } from 'vitest';
import type { SubmissionRecord } from '../../../../functions/filing/applications/submissions.ts';
import { basisChanged, holdsStill } from '../../../../functions/review/sign-off/basis-decision.ts';
import { submittedApplication } from '../../../builders/signed-off-application.ts';

const first = submittedApplication();
const now = { ...first, submission: { ...first.submission, number: 2, contentHash: 'd'.repeat(64) } };
const draft = { ...first, status: 'draft' as const, submission: undefined };
const [old, current] = [first.submission.contentHash, now.submission.contentHash];

describe('what a decision is based on', () => {
  it.each([
    ['stands: the task and the content of now', 2, current, true],
    ['stands: the task of now, of which no content was asked for', 2, undefined, true],
    ['has changed: another content was looked at', 2, old, false],
    ['has changed: the task is of an earlier submission', 1, current, false],
    ['has changed: the task and the content are of an earlier submission', 1, old, false],
  ])('%s', (_, submission, seen, expected) => {
    expect(holdsStill(now, { task: { submission }, seen })).toBe(expected);
  });

  it('stands where nothing was ever submitted', () => {
    expect(holdsStill(draft, { task: { submission: 1 } })).toBe(true);
  });

  it.each([
    ['what was looked at', old, 1, ['projectName']],
    ['the task’s submission, where no content is named', undefined, 1, ['projectName']],
    ['something that was never submitted', 'x'.repeat(64), 1, []],
  ])('names what changed since %s', (_, seen, submission, paths) => {
    const { documents, at } = first.submission;
    const record = (number: number, contentHash: string, projectName: string): SubmissionRecord => ({
      ...{ number, at, contentHash, documents, content: { ...first.content, projectName } },
    });
    const { code, faults } = basisChanged(now, { task: { submission }, seen }, [
      record(1, old, '原名称'),
      record(2, current, '新名称'),
    ]);
    expect(code).toBe('basis-changed');
    expect(faults.map(({ path }) => path)).toEqual(paths);
  });
});
