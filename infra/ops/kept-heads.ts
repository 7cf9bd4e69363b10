import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  type HeadsStatement,
  headsHash,
  SignedHeadsSchema,
  signedText,
} from '../../functions/audit/heads.ts';
import { OpsError } from './guide-file.ts';

/** Hashes of the newest rows of a day, by `kind id`. */
export type KeptHeads = ReadonlyMap<string, string>;

/**
 * The heads of a day as they were kept: a list, and the statement about it, named alike with `.txt` and `.json`.
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
