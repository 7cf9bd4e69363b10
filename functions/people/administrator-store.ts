import * as z from 'zod';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { shanghaiDate } from '../shared/shanghai-date.ts';
import type { Table } from '../shared/table.ts';
import { people } from '../shared/tables.ts';
import type { OrganisationCode } from '../shared/vocabulary.ts';

const { administrator } = people.entities;
const SeenSchema = z.object({ person: z.string(), seenOn: z.string() });

/** Who was seen as an administrator of an organisation, and on which day last, in DynamoDB. */
export class AdministratorStore {
  readonly #table: Table<'people'>;
  readonly #clock: Clock;
  /** What is known to be kept of today. */
  readonly #seen = new Set<string>();

  constructor(table: Table<'people'>, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  /** Notes that somebody is here as an administrator; of anybody else nothing is kept. */
  async see({ id: person, roles, organisation }: Actor): Promise<void> {
    if (organisation === undefined || !roles.includes('organisation-admin')) return;
    const seenOn = shanghaiDate(this.#clock());
    const known = `${organisation} ${person} ${seenOn}`;
    if (this.#seen.has(known)) return;
    await this.#table.tryWrite(
      this.#table.update(administrator.key({ organisation, person }), {
        set: 'SET person = :person, seenOn = :day',
        when: 'attribute_not_exists(seenOn) OR seenOn < :day',
        values: { ':person': person, ':day': seenOn },
      }),
    );
    this.#seen.add(known);
  }

  /** Everybody who was seen as an administrator of an organisation on the day of an instant or after it. */
  async seenSince(organisation: OrganisationCode, instant: Date): Promise<string[]> {
    const day = shanghaiDate(instant);
    const items = await this.#table.all(administrator.of({ organisation }));
    return items
      .map((item) => SeenSchema.parse(item))
      .filter(({ seenOn }) => seenOn >= day)
      .map(({ person }) => person);
  }
}
