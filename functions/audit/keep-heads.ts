import type { KeyObject } from 'node:crypto';
import type { Clock } from '../shared/clock.ts';
import { shanghaiDate } from '../shared/shanghai-date.ts';
import {
  type HeadsStatement,
  headsHash,
  headsList,
  headsOf,
  type SignedHeads,
  signedText,
  statementHash,
} from './heads.ts';
import type { StoredVerification } from './verify-stored.ts';

/** Signs with a key that nobody can read. */
export interface Signer {
  sign(text: Buffer): Promise<{ readonly keyId: string; readonly signature: string }>;
  /** What its signatures are verified by. */
  publicKey(): Promise<KeyObject>;
}

/** Keeps objects that nobody can replace or delete before their time. */
export interface HeadsKeeper {
  keep(name: string, content: string | Uint8Array): Promise<void>;
  /** Names that begin so. */
  names(below: string): Promise<string[]>;
  /** @throws when there is none of the name. */
  read(name: string): Promise<string>;
}

/** Says by whose clock something was there: a time-stamp token (RFC 3161) over a SHA-256. */
export interface TimestampAuthority {
  stamp(text: Buffer): Promise<Uint8Array>;
}

export interface KeepHeadsParts {
  readonly signer: Pick<Signer, 'sign'>;
  readonly keeper: Pick<HeadsKeeper, 'keep'>;
  /** Default: nobody but our own clock says when. */
  readonly timestamps?: TimestampAuthority | undefined;
  readonly clock: Clock;
}

/**
 * Signs the heads of a day and keeps them where they cannot be written anew: the list, the statement with its signature,
 * and the time-stamp token over what was signed. Every run keeps its own, under its instant.
 * @param before what the run before in the same night kept.
 */
export async function keepHeads(
  { signer, keeper, timestamps, clock }: KeepHeadsParts,
  { heads, breaks, next }: StoredVerification,
  standing: Pick<HeadsStatement, 'register' | 'guides'>,
  before: HeadsStatement | undefined,
): Promise<SignedHeads> {
  const now = clock();
  const list = headsList(heads);
  const statement: HeadsStatement = {
    day: shanghaiDate(now),
    at: now.toISOString(),
    ...standing,
    heads: heads.length,
    headsHash: headsHash(list),
    breaks: breaks.length,
    leg: (before?.leg ?? 0) + 1,
    previous: before ? statementHash(before) : null,
    unverified: next ?? null,
  };
  const signed = { statement, ...(await signer.sign(signedText(statement))) };
  const name = `${headsOf(statement.day)}${statement.at}`;
  await keeper.keep(`${name}.txt`, list);
  await keeper.keep(`${name}.json`, `${JSON.stringify(signed)}\n`);
  if (timestamps) await keeper.keep(`${name}.tsr`, await timestamps.stamp(signedText(statement)));
  return signed;
}
