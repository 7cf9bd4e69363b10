import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../shared/records.ts';
import type { Bilingual } from '../../shared/text.ts';
import { type ChangeEffect, effectOf, isConstant } from './guide-effects.ts';
import type { Guide } from './guide-schema.ts';
import { type GuideStep, placeInWords, valueInWords, valueText } from './guide-words.ts';

/** One difference between two guides. */
export interface GuideChange {
  /** Names and ids on the way to it, e.g. `items.dcmm.conditions.level.expression`. */
  readonly path: string;
  /** Undefined where there was nothing. */
  readonly old?: string | undefined;
  /** Undefined where there is nothing any more. */
  readonly new?: string | undefined;
  readonly effect: ChangeEffect;
  readonly sentence: Bilingual;
}

type Steps = readonly GuideStep[];

/**
 * What a guide has otherwise than what stands, each difference by itself, in the order of the guide.
 * @param standing undefined when there is no guide yet: every item is new then.
 */
export function guideChanges(standing: Guide | undefined, guide: Guide): GuideChange[] {
  return differences([], standing ?? { pools: [], items: [] }, guide);
}

function differences(steps: Steps, before: unknown, after: unknown): GuideChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  const lists = listsOf(before, after);
  if (lists) return entryDifferences(steps, ...lists);
  if (isRecord(before) && isRecord(after) && before['kind'] === after['kind'] && !isDuration(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => differences([...steps, name], before[name], after[name]));
  }
  return [changeOf(steps, before, after), ...hollowConditions(steps, before, after)];
}

/** Both as lists, where both are; where one is missing, it is no list but says something else. */
function listsOf(before: unknown, after: unknown): [unknown[], unknown[]] | undefined {
  return Array.isArray(before) && Array.isArray(after) ? [before, after] : undefined;
}

function entryDifferences(steps: Steps, before: unknown[], after: unknown[]): GuideChange[] {
  const [earlier, later] = [keyed(before), keyed(after)];
  const gone = [...earlier].filter(([key]) => !later.has(key));
  const changes = [
    ...gone.flatMap(([entry, value]) => differences([...steps, { entry }], value, undefined)),
    ...[...later].flatMap(([entry, value]) => differences([...steps, { entry }], earlier.get(entry), value)),
  ];
  // The same entries in another order: of steps that is another course, of tiers and candidates another rank.
  return changes.length > 0 ? changes : [changeOf(steps, [...earlier.keys()], [...later.keys()])];
}

/** Entries by what tells them apart: their ids, themselves, or what they are about; the second one of a name has a number. */
function keyed(entries: readonly unknown[]): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const entry of entries) {
    const name = nameOf(entry);
    let key = name;
    for (let number = 2; found.has(key); number += 1) key = `${name}#${number}`;
    found.set(key, entry);
  }
  return found;
}

function nameOf(entry: unknown): string {
  if (!isRecord(entry)) return String(entry);
  const { id, kind, by, fact } = entry;
  return id === undefined ? [kind, by ?? fact].flat().join(' ') : String(id);
}

function isDuration(value: object): boolean {
  return 'days' in value || 'seconds' in value;
}

/** What is new may ask nothing, too. */
function hollowConditions(steps: Steps, before: unknown, after: unknown): GuideChange[] {
  if (before !== undefined || !isRecord(after) || !Array.isArray(after['conditions'])) return [];
  return after['conditions'].flatMap(({ id, expression }) =>
    isConstant(expression)
      ? [changeOf([...steps, 'conditions', { entry: id }, 'expression'], undefined, expression)]
      : [],
  );
}

function changeOf(steps: Steps, before: unknown, after: unknown): GuideChange {
  const name = steps.findLast((step) => typeof step === 'string') ?? '';
  const [old, now] = [before, after].map((value) => valueInWords(String(name), value));
  const place = placeInWords(steps);
  return {
    path: steps.map((step) => (typeof step === 'string' ? step : step.entry)).join('.'),
    ...(before !== undefined && { old: valueText(before) }),
    ...(after !== undefined && { new: valueText(after) }),
    effect: effectOf(steps.map((step) => (typeof step === 'string' ? step : '*')).join('.'), before, after),
    sentence: sentenceOf(
      place,
      before === undefined ? undefined : old,
      after === undefined ? undefined : now,
    ),
  };
}

function sentenceOf(place: Bilingual, old: Bilingual | undefined, now: Bilingual | undefined): Bilingual {
  if (!old) return { zh: `${place.zh}：新增${now?.zh}`, en: `${place.en}: new, ${now?.en}` };
  if (!now) return { zh: `${place.zh}：删除${old.zh}`, en: `${place.en}: taken out, ${old.en}` };
  return { zh: `${place.zh}：由${old.zh}改为${now.zh}`, en: `${place.en}: ${old.en} becomes ${now.en}` };
}
