import { deepStrictEqual } from 'node:assert';
import { parseArgs } from 'node:util';
import type { Content } from '../../functions/filing/applications/content.ts';
import type { EligibilityResult } from '../../functions/filing/applications/eligibility-result.ts';
import { evaluate, evaluateConditions } from '../../functions/filing/eligibility/evaluate.ts';
import { guidesInMemory, PolicyBook } from '../../functions/policy/guides/policy-book.ts';
import { compilePolicy } from '../../policy/compile.ts';
import { boundaryContents, failingContents, qualifyingContent } from '../builders/qualifying-contents.ts';
import { itemByHand } from './eligibility-by-hand.ts';

const target = 0.2;
const version = '2026.1';
const at = new Date('2026-11-23T02:00:00Z');
const day = '2026-11-23';
const roundMs = 60;

/**
 * `npm run bench -- eligibility [--json] [--rounds N]`: evaluations of the whole sample guide a second, each item once
 * with a content that qualifies, against the same conditions written by hand in TypeScript. The first line is the whole
 * report with the hash of its inputs, the second the conditions alone, of which the hash hides the difference. Both
 * sides take turns, so that what else the machine does weighs on both alike.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '15' } },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds is a whole number from 1');
  const items = await loadItems();
  for (const item of items) assertSame(item);
  const results = [
    compare(
      'eligibility',
      rounds,
      () => {
        for (const { opened, content } of items) evaluate(opened, content, at);
      },
      () => {
        for (const { byHand, content } of items) byHand.report(content, at);
      },
    ),
    compare(
      'eligibility-conditions',
      rounds,
      () => {
        for (const { opened, content } of items) evaluateConditions(opened, content, day);
      },
      () => {
        for (const { byHand, content } of items) byHand.conditions(content, day);
      },
    ),
  ];
  for (const result of results) console.log(JSON.stringify(result));
  if (values.json) return;
  const slow = results.filter(({ ratio }) => ratio < target).map(({ name }) => name);
  console.error(slow.length === 0 ? `all from ${target}` : `below ${target}: ${slow.join(', ')}`);
}

async function loadItems() {
  const compiled = compilePolicy();
  const policy = new PolicyBook(compiled, guidesInMemory(compiled.guides));
  const ids = compiled.guides.find((guide) => guide.version === version)?.items.map(({ id }) => id) ?? [];
  return Promise.all(
    ids.map(async (id) => {
      const opened = await policy.requireItem(version, id);
      return { opened, byHand: itemByHand(opened), content: qualifyingContent(id) };
    }),
  );
}

/** What is measured has to answer the same, whatever the contents. */
function assertSame({ opened, byHand, content }: Awaited<ReturnType<typeof loadItems>>[number]): void {
  const { item } = opened;
  const contents: Content[] = [
    content,
    ...boundaryContents(item.id),
    ...item.conditions.flatMap((condition) => failingContents(item.id, condition.id)),
    ...item.facts.map(({ id }) => {
      const { [id]: _, ...facts } = content.facts;
      return { ...content, facts };
    }),
  ];
  for (const one of contents) {
    const report: EligibilityResult = evaluate(opened, one, at);
    deepStrictEqual(byHand.report(one, at), report);
  }
}

function compare(name: string, rounds: number, measured: () => void, byHand: () => void) {
  rate(measured);
  rate(byHand);
  const pairs = Array.from({ length: rounds }, () => ({ measured: rate(measured), byHand: rate(byHand) }));
  return {
    name,
    perSecond: Math.round(median(pairs.map((pair) => pair.measured))),
    handwrittenPerSecond: Math.round(median(pairs.map((pair) => pair.byHand))),
    ratio: Math.round(median(pairs.map((pair) => pair.measured / pair.byHand)) * 1000) / 1000,
  };
}

/** How often a second something runs, over some dozens of milliseconds. */
function rate(run: () => void): number {
  const start = performance.now();
  let runs = 0;
  let passed = 0;
  while (passed < roundMs) {
    for (let index = 0; index < 20; index += 1) run();
    runs += 20;
    passed = performance.now() - start;
  }
  return (runs / passed) * 1000;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
