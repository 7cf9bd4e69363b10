// The settings of schemas have to stand before the first of them is made.
import './zod-settings.ts';
import type { HashedEntry } from '../../../functions/register/register-file.ts';
import {
  compareWithPublished,
  compareWithRoot,
  recompute,
} from '../../../functions/register/verify-register.ts';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { ask } from './api.ts';

/** What a browser found when it recomputed the register of a year. */
export interface Verified {
  readonly faults: readonly { readonly day: string; readonly entry?: string; readonly words: Bilingual }[];
  readonly entries: number;
  readonly days: number;
  /** The last published root, to be noted down. */
  readonly lastRoot: { readonly day: string; readonly root: string } | undefined;
  readonly comparedWith: 'published' | 'noted';
}

interface Downloaded {
  readonly openingRoot: string;
  readonly entries: readonly HashedEntry[];
  readonly next?: string;
}

/**
 * Downloads the register of a year and recomputes it with the code that made it: hashes, order and roots, compared with the
 * published roots and, where one is given, with a root that somebody noted down.
 * @throws Problem, Offline
 */
export async function verifyRegister(year: number, known: string): Promise<Verified> {
  let openingRoot = '';
  const entries: HashedEntry[] = [];
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const part = await ask('GET /v1/register/download', {
      query: { year, format: 'json', ...(cursor && { cursor }) },
    });
    // Asked for as JSON, it is the file of register-file.ts.
    const file = part.body as unknown as Downloaded;
    if (isFirst) openingRoot = file.openingRoot;
    entries.push(...file.entries);
    cursor = file.next;
  }
  const { items: published } = (await ask('GET /v1/register/roots', { query: { year } })).body;
  const recomputed = recompute({ year, openingRoot, entries });
  const faults = [
    ...recomputed.faults,
    ...compareWithPublished(recomputed, published),
    ...(known === '' ? [] : compareWithRoot(recomputed, known)),
  ];
  const last = published.at(-1);
  return {
    faults: faults.map(({ day, entry, fault }) => ({
      day,
      ...(entry !== undefined && { entry }),
      words: inWords(fault),
    })),
    entries: entries.length,
    days: published.length,
    lastRoot: last && { day: last.day, root: last.root },
    comparedWith: known === '' ? 'published' : 'noted',
  };
}

const chinese: readonly (readonly [RegExp, string])[] = [
  [/^is not of (\d+)$/, '不属于 $1 年'],
  [/^stands there twice$/, '重复登记'],
  [/^is out of order$/, '顺序不对'],
  [/^does not have the hash that stands beside it$/, '内容与旁边的哈希不符'],
  [/^no day has the root (\w+).*$/, '没有哪一天的根哈希是 $1：截至该日的登记已不相同'],
  [/^stands after (\S+), which the root is of.*$/, '晚于该根哈希所属的 $1：请用更晚的根核验'],
  [/^its root is (\w+), and (\w+) was published.*$/, '重新计算的根哈希为 $1，公布的是 $2'],
  [/^no root of it was published$/, '没有公布当日的根哈希'],
];

function inWords(fault: string): Bilingual {
  const known = chinese.find(([pattern]) => pattern.test(fault));
  return { zh: known ? fault.replace(...known) : '与公布的登记不符', en: fault };
}
