import * as z from 'zod';
import { RoleSchema } from '../shared/actor.ts';
import { listPage, type PageRequest } from '../shared/cursor.ts';
import type { Bounds } from '../shared/keys.ts';
import type { PersonalRead, ReadRecorder } from '../shared/personal-read.ts';
import { personalData } from '../shared/route.ts';
import { InstantSchema } from '../shared/schemas.ts';
import { shanghaiDate } from '../shared/shanghai-date.ts';
import type { Item, Table } from '../shared/table.ts';
import { reads } from '../shared/tables.ts';

/** Who was given what of others, as auditors see it. */
export const ReadSchema = z
  .object({
    requestId: z.string(),
    at: InstantSchema,
    person: z.string(),
    roles: z.array(RoleSchema).meta({ description: 'By which the route let them in' }),
    grants: z.array(z.string()).meta({ description: 'What these roles rest on' }),
    route: z.string(),
    personal: z.array(z.enum(personalData)),
    of: z.record(z.string(), z.string()).meta({ description: 'What the request named' }),
    applications: z.array(z.string()).meta({ description: 'Of which applications it told' }),
    documents: z.array(z.string()),
    reason: z.string().optional(),
  })
  .meta({ id: 'PersonalRead' });

/** Which reads are asked for. */
interface Sought {
  readonly person?: string | undefined;
  readonly application?: string | undefined;
  /** In Shanghai. */
  readonly day?: string | undefined;
}

const { read } = reads.entities;

/** Reads of several applications stand together: a row is in an index once. */
const several = 'SEVERAL';
/** Cursor of the first page of those, and what cursors within them begin with. */
const severalCursor = 'several_';

/** What officials were given of others' personal data: rows are added, and none is changed. */
export class ReadStore implements ReadRecorder {
  readonly #table: Table<'reads'>;

  constructor(table: Table<'reads'>) {
    this.#table = table;
  }

  async record(one: PersonalRead): Promise<void> {
    const { person, at, requestId, applications } = one;
    const key = read.key({ person, at, requestId });
    const day = shanghaiDate(new Date(at));
    const about = applications.length > 1 ? several : applications[0];
    const attributes = {
      ...one,
      ...read.entry('byDay', { day, at, requestId }),
      ...(about !== undefined && read.entry('byApplication', { about, at, requestId })),
    };
    const isNew = await this.#table.tryWrite(this.#table.putNew(key, attributes));
    if (isNew) return;
    const standing = await this.#table.get(key);
    if (standing?.['route'] !== one.route) throw new Error(`another read stands at ${requestId}`);
  }

  /**
   * Reads of a person, of an application or of a day, newest first, narrowed by the others. A page can be short or empty;
   * of an application those that told of it alone come before those that told of several.
   * @throws DomainError invalid-request for a foreign cursor.
   */
  async list({ person, application, day }: Sought, page: PageRequest, today: string) {
    const narrowing = { person, application, day };
    const options = { ...page, narrowing, newestFirst: true };
    const ofApplication = application !== undefined && {
      filter: 'contains(#applications, :application)',
      names: { '#applications': 'applications' },
      values: { ':application': application },
    };
    if (person !== undefined) {
      const bounds = day === undefined ? undefined : withinDay(day, read.prefix);
      return parsed(
        await listPage(this.#table, read.of({ person }, bounds), { ...options, ...ofApplication }),
      );
    }
    if (application === undefined) {
      return parsed(await listPage(this.#table, read.listed('byDay', { day: day ?? today }), options));
    }
    const bounds = day === undefined ? undefined : withinDay(day, '');
    if (page.cursor?.startsWith(severalCursor)) {
      const cursor = page.cursor.slice(severalCursor.length) || undefined;
      const range = read.listed('byApplication', { about: several }, bounds);
      const found = parsed(await listPage(this.#table, range, { ...options, ...ofApplication, cursor }));
      return {
        ...found,
        nextCursor: found.nextCursor === undefined ? undefined : `${severalCursor}${found.nextCursor}`,
      };
    }
    const range = read.listed('byApplication', { about: application }, bounds);
    const { items, nextCursor } = parsed(await listPage(this.#table, range, options));
    return { items, nextCursor: nextCursor ?? severalCursor };
  }
}

function parsed({ items, nextCursor }: { readonly items: Item[]; readonly nextCursor: string | undefined }) {
  return { items: items.map((item) => ReadSchema.parse(item)), nextCursor };
}

/** Sort keys of a day in Shanghai: instants in them are of UTC. */
function withinDay(day: string, prefix: string): Bounds {
  const begins = new Date(`${day}T00:00:00+08:00`);
  const ends = new Date(begins.getTime() + 86_400_000 - 1);
  return { from: `${prefix}${begins.toISOString()}`, to: `${prefix}${ends.toISOString()}~` };
}
