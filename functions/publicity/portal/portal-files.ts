import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** Ways that a file is kept in, in the order in which they are preferred (RFC 9110 content codings). */
export const codings = ['br', 'gzip'] as const;

/** What the build says of the portal's files, by their paths. */
export const PortalIndexSchema = z.record(
  z.string().startsWith('/'),
  z.object({
    type: z.string(),
    /** Entity tag of the file as it is; a coding's name is added to it for a coded one. */
    hash: z.string(),
    /** Codings that it is kept in beside. */
    codings: z.array(z.enum(codings)),
  }),
);
export type PortalIndex = z.output<typeof PortalIndexSchema>;

/** The files of the portal as they lie beside a door's bundle. */
export interface PortalFiles {
  readonly index: PortalIndex;
  /** Bytes of a file in one of its codings, or as it is. */
  read(path: string, coding: (typeof codings)[number] | undefined): Buffer;
}

/** Opens the files that the build left in a directory. @throws Error when there are none. */
export function openPortalFiles(directory: string): PortalFiles {
  const index = PortalIndexSchema.parse(JSON.parse(readFileSync(join(directory, 'index.json'), 'utf8')));
  const read = new Map<string, Buffer>();
  return {
    index,
    read: (path, coding) => {
      const name = coding === undefined ? path : `${path}.${coding}`;
      const known = read.get(name) ?? readFileSync(join(directory, 'files', name));
      read.set(name, known);
      return known;
    },
  };
}
