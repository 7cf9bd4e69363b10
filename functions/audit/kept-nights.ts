import { verify } from 'node:crypto';
import { shanghaiDate } from '../shared/shanghai-date.ts';
import type { FoundBreak } from './find-break.ts';
import {
  type HeadsStatement,
  headsHash,
  headsOf,
  SignedHeadsSchema,
  signedText,
  statementHash,
} from './heads.ts';
import type { HeadsKeeper, Signer } from './keep-heads.ts';

/** What the runs of a night have kept. */
export interface KeptNight {
  /** What they say, in the order in which they were made. */
  readonly statements: readonly HeadsStatement[];
  /** Hashes of the newest rows by `kind id`, and what is kept of rows with witnesses by their names. */
  readonly heads: ReadonlyMap<string, string>;
  /** What of it was not signed by the key, or is another list. */
  readonly breaks: readonly FoundBreak[];
}

interface KeptParts {
  readonly keeper: HeadsKeeper;
  readonly signer: Signer;
}

const dayMs = 86_400_000;
/** How far back a night is looked for that came to its end. */
const mostDays = 14;

/** The newest statement of a day, or undefined. */
export async function newestStatement(keeper: HeadsKeeper, day: string): Promise<HeadsStatement | undefined> {
  const name = (await statementsOf(keeper, day)).at(-1);
  return name === undefined
    ? undefined
    : SignedHeadsSchema.parse(JSON.parse(await keeper.read(name))).statement;
}

/** What a night has kept, of its runs since it was last begun. */
export async function keptNight({ keeper, signer }: KeptParts, day: string): Promise<KeptNight> {
  const names = await statementsOf(keeper, day);
  const read = await Promise.all(
    names.map(async (name) => ({ name, ...SignedHeadsSchema.parse(JSON.parse(await keeper.read(name))) })),
  );
  const runs = read.slice(
    Math.max(
      0,
      read.findLastIndex(({ statement }) => statement.leg === 1),
    ),
  );
  const heads = new Map<string, string>();
  const breaks: FoundBreak[] = [];
  const key = runs.length > 0 ? await signer.publicKey() : undefined;
  for (const [index, { name, statement, signature }] of runs.entries()) {
    const list = await keeper.read(name.replace(/\.json$/, '.txt'));
    const before = runs[index - 1]?.statement;
    const isSigned =
      key !== undefined && verify('sha256', signedText(statement), key, Buffer.from(signature, 'base64'));
    const fault = !isSigned
      ? 'it is not signed by the key'
      : headsHash(list) !== statement.headsHash
        ? 'its list of heads is another'
        : statement.previous !== (before ? statementHash(before) : null)
          ? 'it does not follow the run before'
          : undefined;
    if (fault !== undefined) breaks.push({ kind: 'heads', id: day, row: name, fault });
    for (const line of fault === undefined ? (list.match(/.+/g) ?? []) : []) {
      const at = line.lastIndexOf(' ');
      heads.set(line.slice(0, at), line.slice(at + 1));
    }
  }
  return { statements: runs.map(({ statement }) => statement), heads, breaks };
}

/**
 * What the nights before have kept: the newest of everything, back to the last night that came to its end.
 * @param now of the night that is compared with them.
 */
export async function earlierNights(parts: KeptParts, now: Date): Promise<KeptNight> {
  const heads = new Map<string, string>();
  const breaks: FoundBreak[] = [];
  const statements: HeadsStatement[] = [];
  for (let back = 1; back <= mostDays; back += 1) {
    const night = await keptNight(parts, shanghaiDate(new Date(now.getTime() - back * dayMs)));
    breaks.push(...night.breaks);
    statements.unshift(...night.statements);
    for (const [name, head] of night.heads) if (!heads.has(name)) heads.set(name, head);
    if (night.statements.at(-1)?.unverified === null) break;
  }
  return { statements, heads, breaks };
}

async function statementsOf(keeper: HeadsKeeper, day: string): Promise<string[]> {
  return (await keeper.names(headsOf(day))).filter((name) => name.endsWith('.json')).sort();
}
