import { describe, expect, it } from 'vitest';
import { seed as beginning } from '../support/seed.ts';
import { guardKey } from './guards.ts';
import { playTwoPeople, type SubjectName, subjects } from './two-people.ts';

/** Schedules of each subject; and those within which the absence of a condition has to show. */
const [played, enough] = [100, 400];

const history = (put: string, row: string) => [
  `Put ${put}: attribute_not_exists(pk)`,
  `Put ${put}: state.version = :version`,
  `Put ${put}: state.status = :status`,
  `Put ${put}: state.historyHash = :hash`,
  `Put ${row}: attribute_not_exists(pk)`,
];
const interest = 'ConditionCheck people PERSON/INTERESTS: attribute_not_exists(of:91440101MA0000001X)';
const check = 'ConditionCheck people ACCESS/STATE: ';

/** What each condition, or those that hold the same together, keep from happening. */
const needed: readonly (readonly [SubjectName, string, readonly string[]])[] = [
  ['listings', 'somebody decides with an interest', [interest]],
  [
    'listings',
    'another proposal is decided on than was seen',
    ['Put registry CREDIT/PROPOSAL: state.contentHash = :hash'],
  ],
  ['accounts', 'two decide otherwise', history('budget BANK-ACCOUNT/STATE', 'budget BANK-ACCOUNT/HISTORY')],
  ['grants', 'two decide otherwise', history('people ACCESS/STATE', 'people ACCESS/HISTORY')],
  [
    'grants',
    'somebody who applies is granted a role',
    ['ConditionCheck people IDENTITY/PERSON: attribute_not_exists(pk)'],
  ],
  [
    'grants',
    'somebody grants whose role has ended, or applies who has one',
    [
      'attribute_not_exists(pk)',
      'state.version = :version',
      'state.status = :status',
      'state.historyHash = :hash',
    ].map((part) => `${check}${part}`),
  ],
  ['exceptions', 'somebody decides with an interest', [interest]],
  [
    'exceptions',
    'two are proposed at once',
    ['Put applications LATE-EXCEPTIONS/NEWEST: attribute_not_exists(pk)'],
  ],
  [
    'exceptions',
    'two are proposed at once after another',
    ['Put applications LATE-EXCEPTIONS/NEWEST: exceptionId = :newest'],
  ],
  ['exceptions', 'two decide otherwise', ['Put applications LATE-EXCEPTIONS/OF: state.status = :status']],
  ['guides', 'two decide otherwise', ['Put policy GUIDE-PROPOSALS/*: state.status = :proposed']],
  [
    'guides',
    'a guide is published that was compared with another',
    ['Put policy GUIDES/STATE: attribute_not_exists(pk)'],
  ],
];

/** The first schedule in which something does not hold without some conditions. */
async function firstFault(name: SubjectName, absent: readonly string[]): Promise<number | undefined> {
  const left = new Set(absent);
  for (let seed = 0; seed < enough; seed += 1) {
    try {
      await playTwoPeople(name, seed, { ignores: (guard) => !guard.holds && left.has(guardKey(guard)) });
    } catch {
      return seed;
    }
  }
  return undefined;
}

describe('what takes two people', { timeout: 120_000 }, () => {
  it.each(Object.keys(subjects) as SubjectName[])(
    'takes them, whatever happens at once: %s',
    async (name) => {
      for (let seed = beginning; seed < beginning + played; seed += 1) {
        try {
          await playTwoPeople(name, seed);
        } catch (error) {
          expect.fail(`seed ${seed}: ${error}`);
        }
      }
    },
  );

  it.each(needed)('of %s needs its condition, or %s', async (name, _, absent) => {
    expect(await firstFault(name, absent)).toBeTypeOf('number');
  });
});
