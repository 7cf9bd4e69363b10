import { deepStrictEqual } from 'node:assert';
import { parseArgs } from 'node:util';
import {
  type AllocationCandidate,
  type AllocationTerms,
  allocate,
} from '../../functions/money/allocation/allocate.ts';
import { randomOf } from '../simulation/random.ts';

const sizes = [5_000, 100_000, 1_000_000] as const;
const most = 1_000_000;
const targets = { ratio: 0.5, growth: 14 };
const unit = 100;

/** Terms that are measured; awards are those of the plain method only for the first. */
const modes = {
  'pro-rata': { mode: 'pro-rata', residue: 'largest-remainder' },
  ranked: { mode: 'ranked', residue: 'largest-remainder' },
  'quota-monotone': { mode: 'pro-rata', residue: 'quota-monotone' },
} as const satisfies Record<string, Pick<AllocationTerms, 'mode' | 'residue'>>;

/**
 * `npm run bench -- allocation [--json] [--rounds N]`: time of the allocator against largest remainders computed
 * plainly on BigInt, over the same claims in the order of ids. Both take turns, so that what else the machine does
 * weighs on both alike; each counts with its median. `growth` is the allocator's time for a million claims over that
 * for a hundred thousand.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '5' } },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds is a whole number from 1');
  const times = new Map<string, number>();
  const results = sizes.flatMap((n) => {
    const { candidates, pool } = makeCandidates(n);
    // The quota method's steps grow with all claims over the smallest: it is for thousands of claims.
    const run = Object.entries(modes).filter(([mode]) => (mode === 'quota-monotone') === (n === 5_000));
    return run.map(([mode, terms]) => {
      const measured = measure(candidates, pool, terms, rounds);
      times.set(`${mode} ${n}`, measured.ms);
      const before = times.get(`${mode} ${n / 10}`);
      const growth = before === undefined ? {} : { growth: rounded(measured.ms / before) };
      const result = { n, mode, ratio: rounded(measured.ms / measured.plainMs), ...growth };
      console.log(JSON.stringify(result));
      if (!values.json) {
        console.error(`${mode}: ${Math.round(measured.ms)} ms, plain ${Math.round(measured.plainMs)} ms`);
      }
      return result;
    });
  });
  if (values.json) return;
  const last = results.find(({ n, mode }) => n === most && mode === 'pro-rata');
  const met = last && last.ratio <= targets.ratio && (last.growth ?? 0) <= targets.growth;
  console.error(`pro-rata at ${most}: ${met ? 'within' : 'beyond'} ${JSON.stringify(targets)}`);
}

/** Ceilings of 20,000 to 3,000,000 yuan, many of them at round amounts, and money for three fifths of them. */
function makeCandidates(n: number): { candidates: AllocationCandidate[]; pool: number } {
  const random = randomOf(n);
  const candidates = Array.from({ length: n }, (_, index) => ({
    applicationId: `01K${String(index).padStart(23, '0')}`,
    ceilingFen: 2_000_000 + (index % 4 === 0 ? 1_000_000 * random.below(299) : random.below(298_000_001)),
    submittedAt: '2026-03-01T00:00:00.000Z',
    score: random.below(101),
  }));
  const total = candidates.reduce((sum, { ceilingFen }) => sum + ceilingFen, 0);
  return { candidates, pool: Math.floor(total * 0.6) };
}

function measure(
  candidates: readonly AllocationCandidate[],
  pool: number,
  terms: Pick<AllocationTerms, 'mode' | 'residue'>,
  rounds: number,
) {
  const whole: AllocationTerms = { ...terms, unit: 'yuan', minimumPayableFen: 0 };
  const own = () => allocate(candidates, whole, pool);
  const plain = () => plainly(candidates, pool);
  if (terms === modes['pro-rata']) {
    deepStrictEqual(
      own().shares.map(({ shareFen }) => shareFen),
      plain().map(Number),
    );
  }
  const pairs = Array.from({ length: rounds }, () => ({ own: time(own), plain: time(plain) }));
  return { ms: median(pairs.map((pair) => pair.own)), plainMs: median(pairs.map((pair) => pair.plain)) };
}

/** Largest remainders as one would write them down, in the order of the claims. */
function plainly(candidates: readonly AllocationCandidate[], pool: number): bigint[] {
  const step = BigInt(unit);
  const left = BigInt(pool);
  const ceilings = candidates.map(({ ceilingFen }) => BigInt(ceilingFen) - (BigInt(ceilingFen) % step));
  const total = ceilings.reduce((sum, ceiling) => sum + ceiling, 0n);
  const shares = ceilings.map((ceiling) => ((ceiling * left) / (total * step)) * step);
  const rest = (left - shares.reduce((sum, share) => sum + share, 0n)) / step;
  const remainders = ceilings.map((ceiling, index) => ({
    index,
    remainder: (ceiling * left) % (total * step),
  }));
  remainders.sort((a, b) => {
    if (a.remainder !== b.remainder) return a.remainder > b.remainder ? -1 : 1;
    return a.index - b.index;
  });
  for (const { index } of remainders.slice(0, Number(rest))) shares[index] = (shares[index] ?? 0n) + step;
  return shares;
}

function time(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
