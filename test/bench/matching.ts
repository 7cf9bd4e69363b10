import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { type FoldedName, fold } from '../../functions/registry/matching/fold.ts';
import { screen } from '../../functions/registry/matching/screen.ts';
import { learnVocabulary, Vocabulary } from '../../functions/registry/matching/vocabulary.ts';
import { measureLookUps } from './matching-look-ups.ts';

/** Names that the vocabulary is learnt from: the product learns from a sample of this size too. */
const sampleSize = 10_000;
const hardNegative = 'neg_sibling';

interface Query {
  readonly kind: string;
  /** The award that the query is another writing of; none for a negative. */
  readonly award: string | undefined;
  readonly enterprise: string;
  readonly text: string;
}

interface Candidate {
  readonly id: string;
  readonly name: FoldedName;
}

interface Answer {
  readonly query: Query;
  readonly found: string | undefined;
  readonly probability: number;
}

/**
 * `npm run bench -- matching --data DIR [--json] [--sample N]`: reads awards.tsv (id, USCC, name) and queries.tsv
 * (query, class, true award or \N, USCC, text), screens each query against its enterprise's awards, and prints a line a
 * class and a summary. The vocabulary is learnt from a sample of the awards; the queries' answers are only counted.
 * Recall is the share of queries whose best candidate is the true award; at 1 % or 5 % false alarms only those count
 * that score above what so many of the siblings score. The time is that of folding and scoring one query. Look-ups are those in the
 * whole registry: what they read, at each size that the awards suffice for.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
      sample: { type: 'string', default: String(sampleSize) },
    },
  });
  if (values.data === undefined) throw new Error('--data names the folder of awards.tsv and queries.tsv');
  const queries = await readQueries(join(values.data, 'queries.tsv'));
  const wanted = new Set(queries.map(({ enterprise }) => enterprise));
  const awardsFile = join(values.data, 'awards.tsv');
  const registry = await readAwards(awardsFile, wanted, Number(values.sample));
  const startedAt = performance.now();
  const vocabulary = new Vocabulary(learnVocabulary(registry.sample));
  const learntMs = performance.now() - startedAt;

  // Once to warm up, as a door that has served a few requests is warm.
  screenAll(queries.slice(0, 500), registry.blocks, vocabulary);
  const { answers, times } = screenAll(queries, registry.blocks, vocabulary);

  const kinds = [...new Set(queries.map(({ kind }) => kind))].filter((kind) =>
    queries.some((query) => query.kind === kind && query.award !== undefined),
  );
  const siblings = answers
    .filter(({ query }) => query.kind === hardNegative)
    .map(({ probability }) => probability)
    .sort((a, b) => b - a);
  const recalls = (above: number) => kinds.map((kind) => recall(answers, kind, above));
  const plain = recalls(Number.NEGATIVE_INFINITY);
  for (const [index, kind] of kinds.entries()) {
    console.log(JSON.stringify({ class: kind, recallAt1: round(plain[index] ?? 0) }));
  }
  times.sort((a, b) => a - b);
  console.log(
    JSON.stringify({
      awards: registry.count,
      recallAt1: round(mean(plain)),
      recallAt1pctFalseAlarms: round(mean(recalls(thresholdFor(siblings, 0.01)))),
      recallAt5pctFalseAlarms: round(mean(recalls(thresholdFor(siblings, 0.05)))),
      p50Ms: round(quantile(times, 0.5)),
      p95Ms: round(quantile(times, 0.95)),
      lookUps: await measureLookUps(rows(awardsFile), queries),
    }),
  );
  if (!values.json) {
    console.error(`vocabulary learnt from ${registry.sample.length} names in ${Math.round(learntMs)} ms`);
    console.error(`1 % of siblings score above ${round(thresholdFor(siblings, 0.01))}`);
  }
}

function screenAll(
  queries: readonly Query[],
  blocks: ReadonlyMap<string, readonly Candidate[]>,
  vocabulary: Vocabulary,
): { answers: Answer[]; times: number[] } {
  const times: number[] = [];
  const answers = queries.map((query): Answer => {
    const block = blocks.get(query.enterprise) ?? [];
    const startedAt = performance.now();
    const [best] = screen(fold(query.text), block, vocabulary, 0);
    times.push(performance.now() - startedAt);
    return { query, found: best?.candidate.id, probability: best?.probability ?? 0 };
  });
  return { answers, times };
}

async function readQueries(file: string): Promise<Query[]> {
  const queries: Query[] = [];
  for await (const [, kind = '', award = '', enterprise = '', text = ''] of rows(file)) {
    queries.push({ kind, award: award === '\\N' ? undefined : award, enterprise, text });
  }
  return queries;
}

/** The blocks of the wanted enterprises, and a sample of all names: each as likely as another (reservoir). */
async function readAwards(file: string, wanted: ReadonlySet<string>, size: number) {
  const blocks = new Map<string, Candidate[]>();
  const sample: { enterprise: string; text: string }[] = [];
  const random = seeded(1);
  let count = 0;
  for await (const [id = '', enterprise = '', text = ''] of rows(file)) {
    if (wanted.has(enterprise)) {
      const block = blocks.get(enterprise) ?? [];
      block.push({ id, name: fold(text) });
      blocks.set(enterprise, block);
    }
    count += 1;
    const place = count <= size ? count - 1 : Math.floor(random() * count);
    if (place < size) sample[place] = { enterprise, text };
  }
  return {
    count,
    blocks,
    sample: sample.map(({ enterprise, text }) => ({ enterprise, name: fold(text) })),
  };
}

async function* rows(file: string): AsyncGenerator<string[]> {
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    if (line !== '') yield line.split('\t');
  }
}

function recall(answers: readonly Answer[], kind: string, above: number): number {
  const asked = answers.filter(({ query }) => query.kind === kind && query.award !== undefined);
  const right = asked.filter(({ query, found, probability }) => found === query.award && probability > above);
  return right.length / asked.length;
}

/** The score above which at most this share of the descending scores lies. */
function thresholdFor(scores: readonly number[], share: number): number {
  return scores[Math.floor(scores.length * share)] ?? Number.NEGATIVE_INFINITY;
}

function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? 0;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

/** A small linear congruential generator: the sample is the same at each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
