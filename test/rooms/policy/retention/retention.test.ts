import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { keptDays } from '../../../../functions/filing/dossiers/dossier.ts';
import { dueBefore, retainedKinds } from '../../../../functions/policy/retention/retention-schema.ts';
import { PrivacySchema, showPrivacy } from '../../../../functions/policy/retention/show-privacy.ts';
import { compilePolicy, readRetentionText } from '../../../../policy/compile.ts';

const text = readFileSync(new URL('../../../../policy/retention.yaml', import.meta.url), 'utf8');
const { retention } = compilePolicy();

/** Days by which the stores let a kind end, as their files have them. */
function daysIn(file: string, name: string): number {
  const source = readFileSync(new URL(`../../../../functions/${file}`, import.meta.url), 'utf8');
  return Number(new RegExp(`const ${name} = (\\d+)`).exec(source)?.[1]);
}

describe('the schedule of retention', () => {
  it('says of every kind in both languages what it is, from when it counts, who sees it and on which ground', () => {
    const shown = PrivacySchema.parse(showPrivacy(retention));
    expect(shown.kinds.map(({ kind }) => kind)).toEqual(retainedKinds);
    for (const { title, from, readers, ground } of shown.kinds) {
      for (const said of [title, from, readers, ground]) {
        expect(said.zh).toMatch(/\p{Script=Han}/u);
        expect(said.zh).not.toMatch(/[a-z]{2}/i);
        expect(said.en).not.toMatch(/\p{Script=Han}/u);
      }
    }
  });

  it('says of every period who fixes it: a law alone that of logs', () => {
    const set = retainedKinds.flatMap((kind) => {
      const { does, ...entry } = retention.kinds[kind];
      return 'period' in entry ? [[kind, entry.period.setBy]] : [];
    });
    expect(set.filter(([, by]) => by === 'law')).toEqual([['logs', 'law']]);
  });

  it('is what the stores and the bucket do that let things end by themselves', () => {
    const stated = (kind: (typeof retainedKinds)[number]) =>
      'period' in retention.kinds[kind] ? retention.kinds[kind].period.days : undefined;
    expect(stated('dossiers')).toBe(keptDays);
    expect(stated('messages')).toBe(daysIn('news/messages/notification-store.ts', 'keptSeconds'));
    expect(stated('mails')).toBe(daysIn('news/mail/mail-record.ts', 'keptSeconds'));
    expect(stated('addresses')).toBe(daysIn('news/messages/contact-store.ts', 'keptDays'));
    expect(stated('reviewDrafts')).toBe(daysIn('review/tasks/task-store.ts', 'draftKeptSeconds'));
  });

  it('counts back from now in days of 24 hours', () => {
    const now = new Date('2026-12-01T02:00:00Z');
    expect(dueBefore(retention, 'unfinishedUploads', now).toISOString()).toBe('2026-11-17T02:00:00.000Z');
  });

  it('is another notice with every change', () => {
    const { hash } = showPrivacy(retention);
    const { data } = readRetentionText(text.replace('days: 1825', 'days: 1826'), 'retention.yaml');
    expect(data && showPrivacy(data).hash).not.toBe(hash);
    expect(showPrivacy(compilePolicy().retention).hash).toBe(hash);
  });

  it.each([
    ['a kind that is left out', /\n {2}mails:[\s\S]*?(?=\n {2}addresses:)/, '', /kinds\.mails: /],
    ['a kind that nobody knows', 'kinds:\n', 'kinds:\n  photographs: {}\n', /photographs/],
    ['a period of no days', 'days: 730', 'days: 0', /kinds\.drafts\.period\.days: /],
    [
      'a period that nobody sets',
      'days: 730, setBy: authority',
      'days: 730',
      /kinds\.drafts\.period\.setBy: /,
    ],
    ['what is kept with a period', 'does: kept', 'does: deleted', /kinds\.supportedApplications/],
    ['what the function is to delete and does not', 'by: sweep', 'by: expiry', /kinds\.drafts\.by: /],
    ['one language alone', ', en: their last change', '', /kinds\.drafts\.from\.en: /],
  ])('refuses %s, with its place', (_, from, to, fault) => {
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    expect(readRetentionText(changed, 'retention.yaml').faults.join('\n')).toMatch(fault);
  });
});
