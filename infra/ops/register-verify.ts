import { readFileSync } from 'node:fs';
import { CsvError, parse } from 'csv-parse/sync';
import * as z from 'zod';
import { registerRoutes } from '../../functions/contracts/register.ts';
import {
  type HashedEntry,
  HashedEntrySchema,
  RegisterFileSchema,
  registerColumns,
} from '../../functions/register/register-file.ts';
import {
  compareWithPublished,
  compareWithRoot,
  firstDifference,
  type HeldRegister,
  type RegisterFault,
  recompute,
} from '../../functions/register/verify-register.ts';
import { byteOrderMark, unguarded } from '../../functions/shared/csv.ts';
import { readFromApi, type Target } from './api-call.ts';
import { OpsError } from './guide-file.ts';

/** What a register is compared with: a root that somebody noted down, or those that an environment publishes. */
export type Witness = { readonly root: string } | { readonly target: Target };

/** What a verification found. */
export interface RegisterVerification {
  readonly year: number;
  readonly entries: number;
  /** The last day that has an entry, with its root as it is recomputed. */
  readonly lastDay: string | undefined;
  readonly root: string | undefined;
  /** Where the register differs; what comes first stands first. */
  readonly faults: readonly RegisterFault[];
}

/**
 * Recomputes the register of a year from its files, given in their order, and compares it. Without a witness it only
 * shows the root that follows from the files.
 * @throws OpsError when a file is none of the register's, or the API does not answer.
 */
export async function verifyRegister(
  files: readonly string[],
  witness: Witness | undefined,
): Promise<RegisterVerification> {
  const held = joined(files.map(readRegister));
  const found = recompute(held);
  const faults = [...found.faults];
  if (witness && 'root' in witness) faults.push(...compareWithRoot(found, witness.root));
  if (witness && 'target' in witness) {
    const published = await publishedRoots(witness.target, held.year);
    const [first] = compareWithPublished(found, published);
    if (first) {
      const original = await publishedEntries(witness.target, held.year);
      faults.push(first);
      const entry = firstDifference(held.entries, original, first.day);
      if (entry) faults.push(entry);
    }
  }
  const { lastDay } = found;
  return {
    year: held.year,
    entries: held.entries.length,
    lastDay,
    root: lastDay === undefined ? undefined : found.roots.get(lastDay),
    faults: faults.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0)),
  };
}

function joined(parts: readonly HeldRegister[]): HeldRegister {
  const [first] = parts;
  if (!first) throw new OpsError('name a file of the register');
  if (parts.some(({ year, openingRoot }) => year !== first.year || openingRoot !== first.openingRoot)) {
    throw new OpsError('the files are not parts of one register: their year or opening root differs');
  }
  return { ...first, entries: parts.flatMap(({ entries }) => entries) };
}

/** A downloaded file, JSON or CSV. @throws OpsError with the place of the first thing that does not belong there. */
function readRegister(file: string): HeldRegister {
  try {
    const text = readFileSync(file, 'utf8');
    return text.startsWith('{') ? RegisterFileSchema.parse(JSON.parse(text)) : readCsv(text);
  } catch (error) {
    if (error instanceof z.ZodError) {
      const [issue] = error.issues;
      const place = (issue?.path ?? []).map(String).join('.');
      throw new OpsError(`${file}: ${place}: ${issue?.message ?? 'is not of the register'}`);
    }
    if (error instanceof SyntaxError || error instanceof CsvError || isSystemError(error)) {
      throw new OpsError(`${file}: ${error.message}`);
    }
    if (error instanceof OpsError) throw new OpsError(`${file}: ${error.message}`);
    throw error;
  }
}

function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}

function readCsv(text: string): HeldRegister {
  if (!text.startsWith(byteOrderMark)) throw new OpsError('line 1: the byte order mark is missing');
  const [head = [], ...records]: string[][] = parse(text.slice(1), { recordDelimiter: ['\r\n', '\n'] });
  if (head.join() !== registerColumns.join()) {
    throw new OpsError(`line 1: the columns are not ${registerColumns.join(',')}`);
  }
  const rows = records.map(rowOf);
  const openingRoots = new Set(rows.map(({ openingRoot }) => openingRoot));
  const [openingRoot, another] = openingRoots;
  if (openingRoot === undefined) throw new OpsError('there is no entry: take the file as JSON');
  if (another !== undefined) {
    throw new OpsError(
      `line ${rows.findIndex((row) => row.openingRoot === another) + 2}: another opening root`,
    );
  }
  const entries = rows.map(({ entry }) => entry);
  return { year: Number(entries[0]?.day.slice(0, 4)), openingRoot, entries };
}

const WrittenSchema = z.string().regex(/^(0|[1-9]\d*)$/, { error: 'is not a whole number' });

function rowOf(cells: readonly string[], index: number): { entry: HashedEntry; openingRoot: string } {
  const row = Object.fromEntries(
    registerColumns.map((column, place) => [column, unguarded(cells[place] ?? '')]),
  );
  const { openingRoot = '', orderedFen, paidFen, recoveredFen, number, amountFen, ...texts } = row;
  const counted = z
    .record(z.string(), WrittenSchema.transform(Number))
    .safeParse({ orderedFen, paidFen, recoveredFen, number, amountFen });
  const numbers = counted.data ?? {};
  const entry = HashedEntrySchema.safeParse({
    ...texts,
    number: numbers['number'],
    amountFen: numbers['amountFen'],
    standing: {
      orderedFen: numbers['orderedFen'],
      paidFen: numbers['paidFen'],
      recoveredFen: numbers['recoveredFen'],
    },
  });
  if (counted.success && entry.success) return { entry: entry.data, openingRoot };
  const issue = (counted.error ?? entry.error)?.issues[0];
  const day = `${row['day']}#${row['applicationId']}#${row['event']}`;
  throw new OpsError(`line ${index + 2} (${day}): ${issue?.path.join('.')}: ${issue?.message}`);
}

async function publishedRoots(target: Target, year: number) {
  const answer = await readFromApi(target, `/v1/register/roots?year=${year}`);
  return registerRoutes.listRegisterRoots.response.body.parse(answer).items;
}

async function publishedEntries(target: Target, year: number): Promise<HashedEntry[]> {
  const entries: HashedEntry[] = [];
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({
      year: String(year),
      format: 'json',
      ...(cursor !== undefined && { cursor }),
    });
    const part = RegisterFileSchema.parse(await readFromApi(target, `/v1/register/download?${query}`));
    entries.push(...part.entries);
    cursor = part.next;
  } while (cursor !== undefined);
  return entries;
}
