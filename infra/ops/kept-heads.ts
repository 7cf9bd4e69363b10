import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  type HeadsStatement,
  headsHash,
  SignedHeadsSchema,
  signedText,
  statementHash,
} from '../../functions/audit/heads.ts';
import { OpsError } from './guide-file.ts';

/** What the runs of a night have kept. */
export interface KeptNight {
  /** The statements in the order in which they were made. */
  readonly statements: readonly HeadsStatement[];
  readonly heads: KeptHeads;
}

/** Hashes of the newest rows of a day, by `kind id`. */
export type KeptHeads = ReadonlyMap<string, string>;

/**
 * The heads of a night, of one run after another.
 * @throws OpsError as `keptHeads`, and when runs are missing between, or are of several nights.
 */
export function keptNight(signed: readonly string[], key: string): KeptNight {
  const runs = signed.map((file) => ({ file, ...keptHeads(file, key) }));
  runs.sort((one, other) => one.statement.leg - other.statement.leg);
  for (const [index, { file, statement }] of runs.entries()) {
    const before = runs[index - 1]?.statement;
    if (before ? statement.previous !== statementHash(before) : statement.leg !== 1) {
      throw new OpsError(
        `${file}: the run before it, number ${statement.leg - 1} of its night, is not among them`,
      );
    }
  }
  return {
    statements: runs.map(({ statement }) => statement),
    heads: new Map(runs.flatMap(({ heads }) => [...heads])),
  };
}

/**
 * The heads of a run as they were kept: a list, and the statement about it, named alike with `.txt` and `.json`.
 * @param signed file of the statement with its signature.
 * @param key file of the public key, PEM, as somebody noted it down.
 * @throws OpsError when the signature is not that of the key, or the list is another.
 */
export function keptHeads(
  signed: string,
  key: string,
): { readonly statement: HeadsStatement; readonly heads: KeptHeads } {
  const { statement, signature } = SignedHeadsSchema.parse(JSON.parse(read(signed)));
  const isSigned = verify(
    'sha256',
    signedText(statement),
    createPublicKey(read(key)),
    Buffer.from(signature, 'base64'),
  );
  if (!isSigned) throw new OpsError(`${signed}: the signature is not one of this key over this statement`);
  const list = read(signed.replace(/\.json$/, '.txt'));
  if (headsHash(list) !== statement.headsHash) throw new OpsError(`${signed}: the list of heads is another`);
  const lines = list.split('\n').filter((line) => line !== '');
  return {
    statement,
    heads: new Map(
      lines.flatMap((line) => {
        const at = line.lastIndexOf(' ');
        // Of pools `ledger verify` tells.
        return line.startsWith('pool ') ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
      }),
    ),
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new OpsError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
