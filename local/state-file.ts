import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type * as z from 'zod';

/**
 * Reads a small JSON file of the data dir; undefined when there is none.
 * Throws with the file's name when its content is not what the schema says.
 */
export function readState<T>(path: string, schema: z.ZodType<T>): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return undefined;
    throw fault;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${path} is damaged; start with --reset to begin with empty data`, { cause });
  }
}

/** Replaces a small JSON file at once: a crash leaves the old or the new content, never a part. */
export function writeState(path: string, value: unknown): void {
  const text = JSON.stringify(value);
  try {
    writeFileSync(`${path}.new`, text);
  } catch (fault) {
    if (!(fault instanceof Error && 'code' in fault && fault.code === 'ENOENT')) throw fault;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, text);
  }
  renameSync(`${path}.new`, path);
}
