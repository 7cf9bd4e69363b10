import { describe, expect, it } from 'vitest';
import { type Round, RoundSchema } from '../../../../functions/money/rounds/round.ts';
import {
  abandoned,
  advanced,
  closed,
  committed,
  failed,
  noticed,
  planDecided,
  replanned,
  roundTransitions,
} from '../../../../functions/money/rounds/round-lifecycle.ts';
import { DomainError } from '../../../../functions/shared/errors.ts';
import type { StepNote } from '../../../../functions/shared/history.ts';
import { plannedLine, roundIn } from '../../../builders/round.ts';

type Status = Round['status'];
type Step = { readonly to: Round; readonly note: StepNote } | undefined;

const at = '2026-11-24T02:00:00.000Z';
const by = { by: 'somebody', at };
const approve = { outcome: 'approve', planHash: 'plan' } as const;
const failure = { error: 'Error', cause: 'cause', at };
const none: ReadonlySet<never> = new Set();

/** Every step, with the ways that it takes. */
const steps: readonly (readonly [
  string,
  (round: Round) => Step,
  Readonly<Partial<Record<Status, Status>>>,
])[] = [
  ['is closed', (round) => closed(round, by), { open: 'frozen' }],
  ['has its plan approved', (round) => planDecided(round, approve, by), { planned: 'approved' }],
  [
    'has its plan refused',
    (round) => planDecided(round, { ...approve, outcome: 'refuse', reason: 'no' }, by),
    { planned: 'refused' },
  ],
  ['is planned once more', (round) => replanned(round, 'why', by), { planned: 'frozen', refused: 'frozen' }],
  [
    'is given up',
    (round) => abandoned(round, 'why', by),
    { open: 'abandoned', planned: 'abandoned', refused: 'abandoned' },
  ],
  ['is committed', (round) => committed(round, [], at), { approved: 'committed' }],
  [
    'goes on with its awards',
    (round) => advanced(round, none, at),
    { noticed: 'ordered', ordered: 'closed' },
  ],
  [
    'fails',
    (round) => failed(round, failure),
    { open: 'failed', frozen: 'failed', planned: 'failed', refused: 'failed', approved: 'failed' },
  ],
];

/** Statuses from which a step is a silent nothing, not a refusal. */
const silent = ['goes on with its awards', 'fails'];

describe.each(steps)('a round that %s', (name, step, ways) => {
  it.each(Object.keys(roundTransitions) as Status[])('does so from %s, or is refused', (status) => {
    const round = roundIn<Status>(status);
    const next = ways[status];
    if (next === undefined) {
      if (silent.includes(name)) expect(step(round)).toBeUndefined();
      else expect(() => step(round)).toThrow(new DomainError('not-in-this-state'));
      return;
    }
    const { to, note } = step(round) ?? {};
    expect(to).toMatchObject({ status: next, version: round.version + 1 });
    expect(roundTransitions[status]).toContain(next);
    expect(RoundSchema.parse(to)).toMatchObject({ status: next });
    expect(note).toMatchObject({ at });
  });
});

describe('a plan', () => {
  const round = roundIn('planned', { replannings: [{ by: 'replanner', at, reason: 'why' }] });

  it.each(['opener', 'closer', 'replanner'])('is not decided by its %s', (person) => {
    expect(() => planDecided(round, approve, { by: person, at })).toThrow(new DomainError('same-person'));
  });

  it('is not decided by a look at another', () => {
    const other = { ...approve, planHash: 'other' };
    expect(() => planDecided(round, other, by)).toThrow(new DomainError('version-mismatch'));
  });

  it('is not in a round that is planned once more, nor is a decision', () => {
    const { to, replaced } = replanned(roundIn('refused'), 'why', by);
    expect(to).not.toHaveProperty('plan');
    expect(to).not.toHaveProperty('decision');
    expect(to).toMatchObject({ plansMade: 1, replannings: [{ ...by, reason: 'why' }] });
    expect(replaced.plan.number).toBe(1);
  });

  it('waits for nobody when a round is given up before it was closed', () => {
    expect(abandoned(roundIn('open'), 'why', by).planNumber).toBeUndefined();
    expect(abandoned(roundIn('planned'), 'why', by).planNumber).toBe(1);
  });
});

describe('the money of a round', () => {
  const reservation = { totalFen: 1000, committedFen: 300, releasedFen: 0 };

  it('goes back when it fails, but for what is committed', () => {
    const step = failed(roundIn('approved', { reservation }), failure);
    expect(step?.movements).toMatchObject([{ kind: 'release', of: 'reservation', amountFen: 700 }]);
    expect(step?.to.reservation).toEqual({ ...reservation, releasedFen: 700 });
  });

  it('is none before it is reserved', () => {
    expect(failed(roundIn('approved', { reservation: undefined }), failure)?.movements).toEqual([]);
  });

  it('goes back when it is committed, but for what is committed', () => {
    const { to, movements } = committed(roundIn('approved', { reservation }), [], at);
    expect(movements).toMatchObject([{ kind: 'release', of: 'reservation', amountFen: 700 }]);
    expect(noticed(to, at).to).toMatchObject({ status: 'noticed', noticedAt: at });
  });

  it('is not given back while a line is still to be committed', () => {
    const { line } = plannedLine('1'.repeat(26), 100);
    expect(() => committed(roundIn('approved'), [line], at)).toThrow('not committed yet');
  });
});

describe('the awards of a round', () => {
  it.each([
    ['noticed', 'allocated'],
    ['noticed', 'noticed'],
    ['ordered', 'ordered'],
  ] as const)('keep it %s while one of them is %s', (status, award) => {
    expect(advanced(roundIn<Status>(status), new Set([award, 'withdrawn']), at)).toBeUndefined();
  });
});
