import { createHash } from 'node:crypto';
import * as z from 'zod';
import { DateSchema, InstantSchema } from '../shared/schemas.ts';

const HashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** What fixes the register through a day: no entry up to it can change without another root. It is never changed. */
export const RegisterRootSchema = z.strictObject({
  day: DateSchema,
  entries: z.int().min(0),
  merkleRoot: HashSchema,
  /** Root of the day before; zeros where the register begins. */
  previous: HashSchema,
  root: HashSchema,
  /** Absent as long as the day can take an entry: its root is provisional. */
  closedAt: InstantSchema.optional(),
});
export type RegisterRoot = z.output<typeof RegisterRootSchema>;

/** Days that roots are made for: `entries` by day, the others have none. */
export interface Days {
  readonly from: string;
  /** Inclusive. */
  readonly to: string;
  /** Hashes of the entries of each day that has some, in their order. */
  readonly entries: ReadonlyMap<string, readonly string[]>;
}

/** What the first day of a register follows. */
export const genesisRoot = '0'.repeat(64);

/**
 * The roots of days in a row. Every day has one, so that a day without entries is told from one that is left out:
 * SHA-256 of `<root before>\n<day>\n<Merkle root of the day's entries>\n`, all in lower-case hexadecimal digits.
 */
export function rootsOf(opening: string, { from, to, entries }: Days): RegisterRoot[] {
  const roots: RegisterRoot[] = [];
  let previous = opening;
  for (let day = from; day <= to; day = dayAfter(day)) {
    const hashes = entries.get(day) ?? [];
    const merkle = merkleRoot(hashes);
    const root = sha256(`${previous}\n${day}\n${merkle}\n`);
    roots.push({ day, entries: hashes.length, merkleRoot: merkle, previous, root });
    previous = root;
  }
  return roots;
}

/** The day after a day. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}

/**
 * Merkle tree hash of RFC 9162 over entries whose hashes are given: two neighbours make a node, one without a neighbour
 * goes up as it is. Of no entries: the hash of nothing.
 */
export function merkleRoot(leaves: readonly string[]): string {
  let level = leaves;
  while (level.length > 1) {
    const below = level;
    level = Array.from({ length: Math.ceil(below.length / 2) }, (_, node) => {
      const [left = '', right] = [below[2 * node], below[2 * node + 1]];
      return right === undefined ? left : sha256(Buffer.from(`01${left}${right}`, 'hex'));
    });
  }
  return level[0] ?? hashOfNothing;
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

const hashOfNothing = sha256('');
